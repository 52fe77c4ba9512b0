"""Read what the pages send: filters of lists, fields of actions. Rules are checked by the verbs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from banjie.kernel.errors import FieldError, InvalidInput
from banjie.people.models import Unit
from banjie.rulebook.language import Field_
from banjie.rulebook.program import ActionRule, Program
from banjie.tickets.payload import lenient
from banjie.tickets.queue import Filters

VIEWS = ("open", "mine", "overdue", "ended", "all")
MAX_ROWS = 200
MAX_ENTRY = 20_000
_CELL = re.compile(r"(?P<field>[a-z][a-z0-9_]{0,39})\.(?P<row>\d{1,3})\.(?P<column>[a-z][a-z0-9_]{0,39})\Z")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of a list asks for."""

    view: str = "open"
    book: str = ""
    type: str = ""
    state: str = ""
    unit_id: int | None = None
    text: str = ""
    after: str = ""
    law: str = ""

    def query(self, **changes: str) -> dict[str, str]:
        """Return the query string's parts, with changes; empty ones and the first view are left out."""
        unit = str(self.unit_id or "")
        kind = f"{self.book}:{self.type}" if self.book else self.type
        parts = {"view": self.view, "type": kind, "state": self.state, "unit": unit, "q": self.text, "book": self.law, **changes}
        return {name: value for name, value in parts.items() if value and (name, value) != ("view", "open")}

    @property
    def narrows(self) -> bool:
        return bool(self.type or self.state or self.unit_id or self.text or self.law)


def asked(sent: QueryDict) -> Asked:
    """Read the filters of the queue; unknown words count as not given, so that an old link still opens."""
    view = sent.get("view", "")
    book, _colon, kind = sent.get("type", "").rpartition(":")
    law = name_of(sent.get("book", ""))
    if law not in ("", "all", book):  # the type was chosen before, of another regulation
        book, kind = "", ""
    return Asked(
        view=view if view in VIEWS else "open",
        book=name_of(book),
        type=name_of(kind),
        state=name_of(sent.get("state", "")),
        unit_id=integer(sent.get("unit", "")),
        text=sent.get("q", "").replace("\x00", "").strip()[:200],
        after=sent.get("after", "")[:400],
        law=law,
    )


def filters_of(it: Asked, unit: Unit | None, versions: tuple[int, ...], now: datetime) -> Filters:
    """Return the filters of a list as tickets are asked for."""
    return Filters(
        view="open" if it.view in ("mine", "overdue") else it.view,
        book_versions=versions,
        type=it.type,
        state=it.state,
        unit_path=unit.path if unit else "",
        mine=it.view == "mine",
        overdue_at=now if it.view == "overdue" else None,
        text=it.text,
    )


def name_of(text: str) -> str:
    """Return a name of a rulebook, or "" for anything else."""
    return text if re.fullmatch(r"[a-z][a-z0-9_-]{0,59}", text) else ""


def integer(text: str) -> int | None:
    """Return a row's number, or None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def payload_of(program: Program, rule: ActionRule, sent: QueryDict, *, kept: Iterable[str] = ()) -> dict[str, Any]:
    """Return an action's fields as entered.

    Args:
        kept: fields shown masked: left empty they stay as they are.

    Raises:
        InvalidInput: an entry is so long that nobody typed it.
    """
    values: dict[str, Any] = {}
    for name in rule.fields:
        field = program.field(name)
        if field.value or (name not in rule.verb.demands and _is_as_drawn(name, sent)):
            continue
        if field.kind == "rows":
            values[name] = _rows(name, field, sent)
        elif field.kind == "file":
            values[name] = sent.getlist(name)
        elif field.kind == "yes_no" or name in sent:
            values[name] = sent.get(name, "")
        if len(str(values.get(name, ""))) > MAX_ENTRY:
            message = _("“%(title)s” is far too long: %(n)d characters.") % {"title": field.title, "n": len(str(values[name]))}
            raise InvalidInput(clause=program.reference(rule.clause), errors=[FieldError(name, message)])
    return {name: value for name, value in values.items() if not (name in set(kept) and value == "")}


def typed_of(program: Program, rule: ActionRule, sent: QueryDict, *, kept: Iterable[str] = ()) -> dict[str, Any]:
    """Return what can be read of a form while somebody fills it: what is not right yet counts as empty."""
    return lenient(program, rule, payload_of(program, rule, sent, kept=kept), ZoneInfo(settings.TIME_ZONE))


def states_of(sent: QueryDict) -> dict[str, str]:
    """Return how each conditional field of a form is drawn in the browser now."""
    return {key.removeprefix("state."): str(value) for key, value in sent.items() if key.startswith("state.")}


def _is_as_drawn(name: str, sent: QueryDict) -> bool:
    """Tell whether a field holds what the form was drawn with: the person said nothing about it, and may not undo another's change."""
    drawn = sent.get(f"was.{name}")
    return drawn is not None and " ".join(drawn.split()) == " ".join(sent.get(name, "").split())


def _rows(name: str, field: Field_, sent: QueryDict) -> list[dict[str, str]]:
    rows: dict[int, dict[str, str]] = {}
    for key in sent:
        found = _CELL.match(key)
        if found and found["field"] == name and found["column"] in field.fields and int(found["row"]) < MAX_ROWS:
            rows.setdefault(int(found["row"]), {})[found["column"]] = str(sent[key])
    return [row for _place, row in sorted(rows.items()) if any(value.strip() for value in row.values())]


def version_of(sent: QueryDict) -> int | None:
    """Return the ticket's version that the person saw: after a conflict the one that he was then shown."""
    return integer(sent.get("expect_now", "")) or integer(sent.get("expect", ""))


def back_of(request: HttpRequest) -> str:
    """Return the page of this site to go back to after an action, or ""."""
    wanted = request.POST.get("back", "") or request.GET.get("back", "")
    is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted[:300] if is_ours else ""
