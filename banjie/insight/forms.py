"""Parse what the report pages are asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.dateparse import parse_date, parse_datetime

from banjie.insight.period import DEFAULT, NAMES, Period, custom, period_named
from banjie.insight.queries.breaches import Cursor
from banjie.insight.queries.ledger import Narrowed
from banjie.insight.queries.statistics import Asked
from banjie.rulebook.program import Program

_LONGEST_NUMBER = 18


def asked_of(sent: QueryDict, programs: Sequence[Program], today: date) -> Asked | None:
    """Read which rulebook, period, unit and class a page is asked for; None while no rulebook is active.

    Raises:
        InvalidInput: the days of a custom period are wrong.
    """
    if not programs:
        return None
    slugs = [program.slug for program in programs]
    book = text(sent, "book", 60) or slugs[0]
    return Asked(book, _period(sent, today), number(sent, "unit"), text(sent, "type"))


def _period(sent: QueryDict, today: date) -> Period:
    """Read the period by its name, or by its days, which may stand in either order: the form is sent at each change."""
    first, last = _day(sent, "first"), _day(sent, "last")
    if first is None and last is None:
        name = sent.get("period", DEFAULT)
        return period_named(name if name in NAMES else DEFAULT, today)
    days = sorted(day for day in (first, last) if day)
    named = (period_named(name, today) for name in NAMES if name != "custom")
    return next((p for p in named if [p.first, p.last] == [days[0], days[-1]]), None) or custom(days[0], days[-1])


def query_of(asked: Asked, **changed: object) -> str:
    """Return the query string that asks for the same again, with some of it changed; empty values are left out."""
    values: dict[str, object] = {"book": asked.book, "unit": asked.unit_id, "type": asked.type_name}
    if "period" not in changed:
        values |= {"first": asked.period.first, "last": asked.period.last}
    return urlencode({key: value for key, value in (values | changed).items() if value not in (None, "")})


def narrowed_of(sent: QueryDict, choices: Mapping[str, Sequence[tuple[str, str]]]) -> Narrowed:
    """Read what a ledger is narrowed to; what is none of a column's `choices` counts for nothing."""
    only, number_part = text(sent, "state"), text(sent, "number").strip()
    values = {column: text(sent, f"c-{column}") for column in choices}
    known = {column: value for column, value in values.items() if value in {key for key, _title in choices[column]}}
    return Narrowed(only if only in ("open", "ended") else "", known.pop("ticket.state", ""), number_part, known)


def narrowed_query(narrowed: Narrowed) -> dict[str, str]:
    """Return the parts of a query string that narrow a ledger so again."""
    values = {"ticket.state": narrowed.state, **narrowed.values}
    return {"state": narrowed.only, "number": narrowed.number, **{f"c-{column}": value for column, value in values.items() if value}}


def cursor_of(sent: QueryDict) -> Cursor | None:
    """Read where a page of the breach list begins; nonsense means the first page."""
    moment, _sep, pk = sent.get("after", "").rpartition("_")
    try:
        at = parse_datetime(moment)
    except ValueError:
        return None
    if at is None or at.tzinfo is None or not _is_number(pk):
        return None
    return Cursor(at, int(pk))


def cursor_text(cursor: Cursor | None) -> str:
    """Write a cursor for an address."""
    return f"{cursor.at.isoformat()}_{cursor.id}" if cursor else ""


def text(sent: QueryDict, name: str, most: int = 40) -> str:
    """Read a short text."""
    return sent.get(name, "").replace("\x00", "")[:most]


def number(sent: QueryDict, name: str) -> int | None:
    """Read a record's number; nonsense means none."""
    found = sent.get(name, "")
    return int(found) if _is_number(found) else None


def _is_number(found: str) -> bool:
    return found.isascii() and found.isdigit() and len(found) <= _LONGEST_NUMBER


def _day(sent: QueryDict, name: str) -> date | None:
    try:
        return parse_date(sent.get(name, ""))
    except ValueError:
        return None
