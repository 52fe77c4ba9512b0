"""A ticket's timeline as people read it: titles and values in words, names instead of ids."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from django.db import connection
from django.utils.translation import gettext as _

from banjie.kernel.phones import show_phone
from banjie.people.actor import Actor
from banjie.rulebook.language import Field_
from banjie.rulebook.program import Program
from banjie.tickets.access import visible_tickets
from banjie.tickets.possible import titled
from banjie.tickets.relations import title_of

MAX_EVENTS = 500
_SQL = """
select seq, at, kind, action, outcome, actor_name, door, from_state, to_state, payload::text, encode(digest, 'hex'),
       (select m.name from people_member m where m.id = case jsonb_typeof(payload -> 'assignee') when 'number' then (payload ->> 'assignee')::bigint end)
from tickets_event where ticket_id = %s and seq < %s order by seq desc limit %s
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline, ready to show."""

    seq: int
    at: datetime
    kind: str
    action: str
    title: str
    outcome: str
    actor: str
    door: str
    from_state: str
    to_state: str
    moved: bool
    details: tuple[tuple[str, str], ...]
    digest: str


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a timeline is rendered. Without `by` the numbers of linked tickets stay hidden."""

    language: str
    zone: ZoneInfo
    may_see_phones: bool
    by: Actor | None = None


def story(ticket_id: int, type_name: str, program: Program, reader: Reader, *, before: int = 2**31 - 1, limit: int = 100) -> list[Entry]:
    """Return up to `limit` entries, newest first. One query, and one more where fields name people or units."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL, [ticket_id, before, min(limit, MAX_EVENTS)])
        found = cursor.fetchall()
    rows = [(*row[:9], orjson.loads(row[9]), row[10]) for row in found]
    names = _names(program, (row[9] for row in rows))
    names |= {("member", row[9]["assignee"]): whole[11] for row, whole in zip(rows, found, strict=True) if whole[11]}
    linked = _visible_links((row[9] for row in rows), reader)
    kind = program.types[type_name]
    states = {key: titled(state, reader.language) for key, state in kind.process.states.items()}
    entries = []
    for seq, at, event_kind, action, outcome, actor, door, from_state, to_state, payload, digest in rows:
        rule = kind.actions.get(action)
        entries.append(
            Entry(
                seq=seq,
                at=at,
                kind=event_kind,
                action=action,
                title=titled(rule.spec, reader.language) if rule else event_title(event_kind),
                outcome=outcome,
                actor=actor,
                door=door,
                from_state=states.get(from_state, ""),
                to_state=states.get(to_state, ""),
                moved=from_state != to_state,
                details=_links(payload, linked) or _details(program, kind, payload, names, reader),
                digest=digest,
            )
        )
    return entries


def event_title(kind: str) -> str:
    """Return the words for an event that is no action of a person."""
    return {
        "warned": _("A limit runs out soon"),
        "breached": _("Limit exceeded"),
        "escalated": _("Escalated"),
        "paused": _("Clock paused"),
        "resumed": _("Clock goes on"),
        "replanned": _("Clock planned anew"),
        "attached": _("File attached"),
        "linked": _("Linked"),
        "unlinked": _("Link removed"),
        "corrected": _("Result corrected"),
        "phone_shown": _("Phone number shown"),
    }.get(kind, kind)


def _names(program: Program, payloads: Iterable[dict[str, Any]]) -> dict[tuple[str, int], str]:
    """Look up the names of all members and units that the payloads' fields mention; asks only when there are any."""
    fields = {kind: {name for name, field in program.book.fields.items() if field.kind == kind} for kind in ("person", "unit")}
    if not any(fields.values()):
        return {}
    mentioned = [(kind, value) for payload in payloads for kind, names in fields.items() for value in map(payload.get, names)]
    members, units = ({value for k, value in mentioned if k == kind and isinstance(value, int)} for kind in fields)
    if not members and not units:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "select 'member', id, name from people_member where id = any(%s) union all select 'unit', id, name from people_unit where id = any(%s)",
            [list(members), list(units)],
        )
        return {(row[0], row[1]): row[2] for row in cursor.fetchall()}


def _visible_links(payloads: Iterable[dict[str, Any]], reader: Reader) -> frozenset[str]:
    """Return which of the linked tickets that the payloads name the reader may see; asks only when there are any (invariant 6)."""
    numbers = {str(payload["linked"]) for payload in payloads if "linked" in payload}
    if not numbers or reader.by is None:
        return frozenset()
    return frozenset(visible_tickets(reader.by).filter(number__in=numbers).values_list("number", flat=True))


def _links(payload: dict[str, Any], visible: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """Return the other ticket of a link, by number only to who may see it."""
    if "linked" not in payload:
        return ()
    number = str(payload["linked"])
    told = (title_of(str(payload.get("relation"))), number if number in visible else _("a ticket that is not yours to see"))
    return (told, (_("Reason"), str(payload["why"]))) if "why" in payload else (told,)


def _details(
    program: Program, kind: Any, payload: dict[str, Any], names: dict[tuple[str, int], str], reader: Reader
) -> tuple[tuple[str, str], ...]:
    details = []
    for name, value in payload.items():
        if name in program.book.fields:
            field = program.field(name)
            details.append((titled(field, reader.language), shown(field, value, names, reader)))
        elif name in ("clock", "rule") and value in kind.process.deadlines:
            details.append((_("Limit"), titled(kind.process.deadlines[value], reader.language)))
        elif name == "assignee" and isinstance(value, int):
            details.append((_("Assigned to"), names.get(("member", value), str(value))))
        elif name == "unit_name":
            details.append((_("Handed to"), str(value)))
        elif name == "attempt":
            details.append((_("Attempt"), str(value)))
        elif name == "clause":
            details.append((_("Clause"), program.reference(str(value))))
        elif name == "due_at":
            details.append((_("Due"), _moment(str(value), reader.zone)))
        elif name in ("file", "to"):
            details.append((_("File") if name == "file" else _("With"), str(value)))
    return tuple(details)


def shown(field: Field_, value: Any, names: dict[tuple[str, int], str], reader: Reader) -> str:
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
        case "rows":
            return _("%(n)d rows") % {"n": len(value)}
    return f"{value} {field.unit}".strip()


def _moment(text: str, zone: ZoneInfo) -> str:
    try:
        return datetime.fromisoformat(text).astimezone(zone).strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return text
