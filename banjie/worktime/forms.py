"""Parse what the pages of this room send. The verbs check what it says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from django.http import HttpRequest, QueryDict
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from banjie.kernel.errors import FieldError, InvalidInput
from banjie.worktime.drafts import FIRST_YEAR, LAST_YEAR, CalendarDraft, DayEntry, Kind
from banjie.worktime.hours import parse_hours
from banjie.worktime.sheets import MAX_BYTES
from banjie.worktime.workcalendar import Hours


def week_draft(sent: QueryDict, before: CalendarDraft) -> CalendarDraft:
    """Return the draft with title, zone, week and note as the form says.

    Raises:
        InvalidInput: the hours of a weekday cannot be read.
    """
    errors: list[FieldError] = []
    weekly = tuple(_hours(sent, f"weekly.{weekday}", errors) for weekday in range(7))
    if errors:
        raise InvalidInput(errors=errors)
    return replace(before, title=sent.get("title", ""), tz=sent.get("tz", "").strip(), weekly=weekly, note=sent.get("note", ""))


def day_entry(sent: QueryDict) -> DayEntry:
    """Return what the form says about a date.

    Raises:
        InvalidInput: date, kind or hours cannot be read.
    """
    errors: list[FieldError] = []
    on, hours = chosen_date(sent), _hours(sent, "hours", errors)
    kind = sent.get("kind", "")
    if on is None:
        errors.append(FieldError("date", _("Choose a date.")))
    if kind not in Kind.values:
        errors.append(FieldError("kind", _("Choose what kind of day it is.")))
    if errors or on is None:
        raise InvalidInput(errors=errors)
    return DayEntry(on, Kind(kind), hours, sent.get("name", "").strip())


def chosen_date(sent: QueryDict) -> date | None:
    """Return the entered date, or None."""
    try:
        return parse_date(sent.get("date", ""))
    except ValueError:
        return None


def years(sent: QueryDict) -> range:
    """Return the years from `first` to `last`; empty when they cannot be read."""
    first, last = number(sent, "first"), number(sent, "last")
    return range(first, last + 1) if FIRST_YEAR <= first <= last <= LAST_YEAR else range(0)


def number(sent: QueryDict, name: str) -> int:
    """Return a whole number of at most nine digits, or 0."""
    text = sent.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def upload(request: HttpRequest) -> bytes:
    """Return the uploaded file, one byte more than allowed at most.

    Raises:
        InvalidInput: there is none.
    """
    file = request.FILES.get("file")
    if file is None or isinstance(file, list):
        raise InvalidInput(errors=[FieldError("file", _("Choose a file."))])
    content: bytes = file.read(MAX_BYTES + 1)
    return content


def first_of_month(asked: QueryDict, today: date) -> date:
    """Return the first day of the asked month ("2026-10"), or of today's."""
    try:
        first = date.fromisoformat(asked.get("month", "") + "-01")
    except ValueError:
        return today.replace(day=1)
    return first if FIRST_YEAR <= first.year <= LAST_YEAR else today.replace(day=1)


def _hours(sent: QueryDict, name: str, errors: list[FieldError]) -> Hours:
    try:
        return parse_hours(sent.get(name, ""))
    except ValueError as wrong:
        errors.append(FieldError(name, str(wrong)))
        return ()
