"""What a deadline's limit is for one ticket, and when it is due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from banjie.deadlines.registration import unit_limit
from banjie.rulebook import due
from banjie.rulebook.language import Deadline
from banjie.rulebook.program import Program
from banjie.worktime.arithmetic import add, at_time_of_day, between, end_of_day_after
from banjie.worktime.durations import Duration, DurationKind
from banjie.worktime.queries import load_version
from banjie.worktime.workcalendar import WorkCalendar

# The current version of each calendar, by its code; read together with the ticket.
CURRENT_CALENDARS = (
    "select coalesce(json_object_agg(c.code, (select v.id from worktime_calendarversion v where v.calendar_id = c.id order by v.number desc limit 1)), '{}'::json) "
    "from worktime_calendar c"
)


@dataclass(frozen=True, slots=True)
class Plan:
    """When a clock that starts now is due and warns, and by which limit."""

    due_at: datetime
    warn_at: datetime | None
    limit: Duration
    limit_text: str


@dataclass(frozen=True, slots=True)
class Subject:
    """Of a ticket, what its limits hang on: its type, the fields of its form, and the unit that it stands in."""

    type: str
    fields: Mapping[str, Any]
    unit_path: str


def limit_text(program: Program, text: str, subject: Subject) -> str:
    """Return the duration text of `within`: itself, or what the named limit says for this ticket (POS-19, BNK-12)."""
    limit = program.book.limits.get(text)
    if limit is None:
        return text
    if limit.per == "unit":
        return unit_limit(program.slug, text, subject.unit_path) or limit.otherwise or "unset"
    if isinstance(limit.values, str):
        return limit.values
    key = subject.type if limit.per == "type" else str(subject.fields.get(limit.per or "", ""))
    return limit.values.get(key) or limit.otherwise or "unset"


def plan(program: Program, spec: Deadline, calendar: WorkCalendar, start: datetime, subject: Subject) -> Plan | None:
    """Return the plan of a clock that starts at `start`; None when its limit is unset or its date field is empty."""
    if spec.within:
        text = limit_text(program, spec.within, subject)
        if text == "unset":
            return None
        length = due.duration(text)
        whole_days = day_limit(text, start, calendar)
        if whole_days is not None:
            return _clock_plan(spec, start, whole_days, calendar, text)
        return Plan(add(start, length, calendar), _warning(spec, start, length, calendar), length, text)
    if spec.by:
        due_at = at_time_of_day(start, due.time_of_day(spec.by), calendar)
        return _clock_plan(spec, start, due_at, calendar, spec.by)
    name, offset = due.field_offset(spec.due or "")
    value = subject.fields.get(name)
    if not value:
        return None
    due_at = _moment_of(value, calendar)
    if offset:
        sign, length = offset
        due_at = add(due_at, length if sign > 0 else -length, calendar)
    return _clock_plan(spec, start, due_at, calendar, spec.due or "")


def day_limit(text: str, start: datetime, calendar: WorkCalendar) -> datetime | None:
    """Return when a limit that runs to the end of a day is due; None for one that does not."""
    if not due.runs_to_the_end_of_day(text):
        return None
    length = due.duration(text)
    working = length.kind is DurationKind.WORKING_DAYS
    return end_of_day_after(start, int(length.days) if working else length.timedelta.days, calendar, working=working)


def _moment_of(value: str, calendar: WorkCalendar) -> datetime:
    """Return the moment that a field's value says; a date is over when its day is."""
    found = datetime.fromisoformat(value)
    if found.tzinfo is not None:
        return found
    return at_time_of_day(found.replace(tzinfo=calendar.tz), due.END_OF_DAY, calendar)


def _clock_plan(spec: Deadline, start: datetime, due_at: datetime, calendar: WorkCalendar, text: str) -> Plan:
    length = between(start, due_at, calendar, DurationKind.CLOCK)
    return Plan(due_at, _warning(spec, start, length, calendar), length, text)


def _warning(spec: Deadline, start: datetime, length: Duration, calendar: WorkCalendar) -> datetime | None:
    if spec.warn is None or length.amount <= 0:
        return None
    return add(start, Duration(length.kind, length.amount * spec.warn // 100), calendar)


def current_calendar(code: str) -> WorkCalendar:
    """Return the calendar's current version by one small query."""
    with connection.cursor() as cursor:
        cursor.execute(f"select ({CURRENT_CALENDARS}) ->> %s", [code])
        row = cursor.fetchone()
    assert row[0] is not None, f"calendar {code} is missing; activation checks that it exists"
    return load_version(int(row[0]))
