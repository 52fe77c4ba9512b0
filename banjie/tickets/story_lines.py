"""What the timeline says of one event: the payload's keys in words, and other tickets only to who may see them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils.translation import gettext as _

from banjie.kernel.phones import show_phone
from banjie.people.actor import Actor
from banjie.rulebook.language import Field_
from banjie.rulebook.program import Program, TypeProgram
from banjie.tickets.access import visible_tickets
from banjie.tickets.possible import titled
from banjie.tickets.relations import title_of

Names = Mapping[tuple[str, int], str]
Line = tuple[str, str]
# Keys under which an event names other tickets.
_OTHERS = ("linked", "opened", "parent", "not_repeated")


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a timeline is rendered. Without `by` the numbers of linked tickets stay hidden."""

    language: str
    zone: ZoneInfo
    may_see_phones: bool
    by: Actor | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What was looked up for a whole timeline: names by kind and id, numbers that the reader may see, and who reads."""

    names: Names
    visible: frozenset[str]
    reader: Reader


def named(program: Program, payloads: Iterable[dict[str, Any]]) -> dict[tuple[str, int], str]:
    """Look up the names of all members and units that the payloads' fields mention; asks only when there are any."""
    fields = {kind: {name for name, field in program.book.fields.items() if field.kind == kind} for kind in ("person", "unit")}
    if not any(fields.values()):
        return {}
    said = [one for payload in payloads for one in (payload, _before(payload))]
    mentioned = [(kind, value) for one in said for kind, names in fields.items() for value in map(one.get, names)]
    members, units = ({value for k, value in mentioned if k == kind and isinstance(value, int)} for kind in fields)
    if not members and not units:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "select 'member', id, name from people_member where id = any(%s) union all select 'unit', id, name from people_unit where id = any(%s)",
            [list(members), list(units)],
        )
        return {(row[0], row[1]): row[2] for row in cursor.fetchall()}


def _before(payload: dict[str, Any]) -> dict[str, Any]:
    """Return the values that a correction replaced."""
    before = payload.get("before")
    return before if isinstance(before, dict) else {}


def _others(payload: dict[str, Any]) -> Iterator[str]:
    for key in _OTHERS:
        value = payload.get(key)
        yield from (str(one) for one in (value if isinstance(value, list) else [value]) if one)


def visible_numbers(payloads: Iterable[dict[str, Any]], reader: Reader) -> frozenset[str]:
    """Return which of the other tickets that the payloads name the reader may see; asks only when there are any (invariant 6)."""
    numbers = {number for payload in payloads for number in _others(payload)}
    if not numbers or reader.by is None:
        return frozenset()
    return frozenset(visible_tickets(reader.by).filter(number__in=numbers).values_list("number", flat=True))


def details_of(program: Program, kind: TypeProgram, payload: dict[str, Any], known: Known) -> tuple[Line, ...]:
    """Return what an event says, in words; keys that only the machine needs are left out."""
    if "linked" in payload:
        told = (title_of(str(payload.get("relation"))), _number(payload["linked"], known))
        return (told, (_("Reason"), str(payload["why"]))) if "why" in payload else (told,)
    lines = []
    for name, value in payload.items():
        if name in program.book.fields:
            field = program.field(name)
            lines.append((titled(field, known.reader.language), shown(field, value, known.names, known.reader)))
        elif name in ("clock", "rule"):
            if value in kind.process.deadlines:
                lines.append((_("Limit"), titled(kind.process.deadlines[value], known.reader.language)))
        elif name == "clause":
            lines.append((_("Clause"), program.reference(str(value))))
        elif name in _WORDS:
            lines.append(_WORDS[name](value, known))
    return (*lines, *_corrected(program, _before(payload), known))


def _number(number: object, known: Known) -> str:
    return str(number) if number in known.visible else _("a ticket that is not yours to see")


def _numbers(numbers: object, known: Known) -> str:
    return "、".join(dict.fromkeys(_number(one, known) for one in numbers)) if isinstance(numbers, list) else ""


def _corrected(program: Program, before: dict[str, Any], known: Known) -> Iterator[Line]:
    for name, value in before.items():
        if name in program.book.fields and value not in (None, ""):
            field = program.field(name)
            told = _("%(field)s before") % {"field": titled(field, known.reader.language)}
            yield told, shown(field, value, known.names, known.reader)


_WORDS: dict[str, Callable[[Any, Known], Line]] = {
    "assignee": lambda value, known: (_("Assigned to"), known.names.get(("member", value), str(value))),
    "unit_name": lambda value, _known: (_("Handed to"), str(value)),
    "attempt": lambda value, _known: (_("Attempt"), str(value)),
    "due_at": lambda value, known: (_("Due"), _moment(str(value), known.reader.zone)),
    "file": lambda value, _known: (_("File"), str(value)),
    "to": lambda value, _known: (_("Signs in his stead"), str(value)),
    "behalf_of": lambda value, _known: (_("On behalf of"), str(value)),
    "signatures_missing": lambda value, _known: (_("Signatures still missing"), str(value)),
    "names": lambda value, _known: (_("Whose"), "、".join(map(str, value))),
    "opened": lambda value, known: (_("Opened below it"), _number(value, known)),
    "parent": lambda value, known: (_("Opened from"), _number(value, known)),
    "copied_to": lambda value, _known: (_("Copied to"), "、".join(map(str, value))),
    "not_repeated": lambda value, known: (_("Said to be another problem than"), _numbers(value, known)),
}


def shown(field: Field_, value: Any, names: Names, reader: Reader) -> str:
    """Return one value in words."""
    if value is None or value == "":
        return "—"
    match field.kind:
        case "choice":
            return titled(field.choices[value], reader.language) if value in field.choices else str(value)
        case "yes_no":
            return _("yes") if value else _("no")
        case "phone":
            return show_phone(str(value), reader.may_see_phones)
        case "datetime":
            return _moment(str(value), reader.zone)
        case "person":
            return names.get(("member", value), str(value))
        case "unit":
            return names.get(("unit", value), str(value))
        case "file":
            return "、".join(str(one["name"]) for one in value)
        case "rows":
            return _("%(n)d rows") % {"n": len(value)}
    return f"{value} {field.unit}".strip()


def _moment(text: str, zone: ZoneInfo) -> str:
    try:
        return datetime.fromisoformat(text).astimezone(zone).strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return text
