"""The periods of duties: when one begins, and when what is owed in it is due."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from banjie.rulebook import due
from banjie.rulebook.language import Duty
from banjie.worktime.arithmetic import at_time_of_day
from banjie.worktime.workcalendar import WorkCalendar

_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
# Missed periods are caught up as far back as this: a worker that stood still for a month, or over the end of a year.
CATCH_UP_DAYS = {"day": 31, "working_day": 31, "week": 62, "month": 124, "quarter": 184, "half_year": 366, "year": 732}


def period_start(duty: Duty, day: date) -> date:
    """Return the first day of the period that holds `day`."""
    if duty.every == "week":
        return day - timedelta(days=day.weekday())
    months = _MONTHS.get(duty.every)
    return day.replace(month=(day.month - 1) // months * months + 1, day=1) if months else day


def last_day(duty: Duty, first: date) -> date:
    """Return the last day of the period that begins on `first`."""
    if duty.every == "week":
        return first + timedelta(days=6)
    months = _MONTHS.get(duty.every)
    if not months:
        return first
    after = first.month - 1 + months
    return date(first.year + after // 12, after % 12 + 1, 1) - timedelta(days=1)


def due_at(duty: Duty, begin: datetime, calendar: WorkCalendar) -> datetime:
    """Return when a duty whose period begins at `begin` is due: a time of the period's last day."""
    last = datetime.combine(last_day(duty, begin.date()), datetime.min.time(), begin.tzinfo)
    return at_time_of_day(last, due.time_of_day(duty.until), calendar)
