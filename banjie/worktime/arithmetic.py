"""Working-time arithmetic: when a limit ends, how much of it is used, when is the next working day.

Everything here is pure: it takes a `WorkCalendar`, reads no clock and no database. Times are aware; results are UTC.

The rule behind all of it: each calendar has a *measure* that only grows while it works, in working time or in working
days. A working day grows the second measure by one, evenly over that day's own hours, so at 10:00 of a day of
9:00-12:00 and 13:30-18:30 it stands at 1/8 of the day. `add` looks for the instant at which the measure has grown by the
duration; `between` reads how far it has grown. Hence:

- "3 working days" from Monday 10:00 end on Thursday at 10:00 when the days are alike, and on the same share of a
  shorter day; "half a working day" from opening is half of that day's own hours (requirements 5, no. 40);
- a start outside working time counts from the next opening;
- an end that fits both a closing and the next opening is the closing: 8 hours from 9:00 end at closing time;
- `between(start, add(start, d))` is `d`, to the microsecond; `add(start, between(start, end))` is `end` whenever `end`
  is working time; both grow with each argument.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from banjie.worktime.durations import Duration, DurationKind
from banjie.worktime.spelling import BadDuration, format_duration, parse_duration
from banjie.worktime.workcalendar import SPAN_DAYS, Hours, NoWorkingTime, WorkCalendar, microseconds, moment

__all__ = [
    "BadDuration",
    "Duration",
    "DurationKind",
    "Hours",
    "NoWorkingTime",
    "WorkCalendar",
    "add",
    "at_time_of_day",
    "between",
    "closing_time",
    "end_of_day",
    "end_of_working_day",
    "format_duration",
    "is_working",
    "next_opening",
    "next_working_day",
    "parse_duration",
    "working_day_after",
]

#: A calendar without working time for longer than this is not searched further; saving allows at most 366 days of it.
MAX_IDLE_DAYS = 448
#: Nothing is placed or measured over more than this.
MAX_REACH_DAYS = 60 * 366


def add(start: datetime, duration: Duration, calendar: WorkCalendar) -> datetime:
    """Return when `duration`, begun at `start`, is over; a negative duration looks back ("2 working days before").

    The result is the earliest such instant (looking back: the latest). A duration of zero returns `start`.

    Raises:
        NoWorkingTime: the calendar never works that long within reach.
        ValueError: `start` has no time zone.
    """
    if start.tzinfo is None:
        raise ValueError("a time without a zone cannot be placed in a calendar")
    if duration.kind is DurationKind.CLOCK or not duration.amount:
        return start.astimezone(UTC) + timedelta(microseconds=duration.amount)
    return moment(_forward(start, duration, calendar) if duration.amount > 0 else _backward(start, duration, calendar))


def _forward(start: datetime, duration: Duration, calendar: WorkCalendar) -> int:
    kind, instant = duration.kind, microseconds(start)
    index = first = calendar.span_index(instant)
    span = calendar.span(index)
    target = span.measure(kind, instant) + duration.amount
    idle = 0
    while target > (size := span.size(kind)):
        target -= size
        idle = _checked_idle(0 if size else idle + 1, index - first, calendar)
        index += 1
        span = calendar.span(index)
    return span.earliest(kind, target)


def _backward(start: datetime, duration: Duration, calendar: WorkCalendar) -> int:
    kind, instant = duration.kind, microseconds(start)
    index = first = calendar.span_index(instant)
    span = calendar.span(index)
    target = span.measure(kind, instant) + duration.amount
    idle = 0
    while target < 0:
        index -= 1
        span = calendar.span(index)
        size = span.size(kind)
        target += size
        idle = _checked_idle(0 if size else idle + 1, first - index, calendar)
    return span.latest(kind, target)


def _checked_idle(idle: int, spans: int, calendar: WorkCalendar) -> int:
    if idle * SPAN_DAYS >= MAX_IDLE_DAYS or spans * SPAN_DAYS > MAX_REACH_DAYS:
        raise NoWorkingTime(f"calendar {calendar.name} has too little working time to reach the end of this limit")
    return idle


def between(start: datetime, end: datetime, calendar: WorkCalendar, kind: DurationKind) -> Duration:
    """Measure from `start` to `end`; negative when `end` is earlier. `limit - between(...)` is what is left of a limit.

    Raises:
        NoWorkingTime: the two are more than 60 years apart.
        ValueError: a time has no time zone.
    """
    low, high = microseconds(start), microseconds(end)
    if kind is DurationKind.CLOCK:
        return Duration(kind, high - low)
    if high < low:
        return -between(end, start, calendar, kind)
    index, last = calendar.span_index(low), calendar.span_index(high)
    _checked_idle(0, last - index, calendar)
    whole = sum(calendar.span(n).size(kind) for n in range(index, last))
    return Duration(kind, whole + calendar.span(last).measure(kind, high) - calendar.span(index).measure(kind, low))


def is_working(at: datetime, calendar: WorkCalendar) -> bool:
    """Tell whether `at` is working time; an opening belongs to it, a closing does not."""
    return next_opening(at, calendar) == at


def next_opening(at: datetime, calendar: WorkCalendar) -> datetime:
    """Return `at` when it is working time, else the next opening.

    Raises:
        NoWorkingTime: no opening within reach.
    """
    kind, instant = DurationKind.WORKING_HOURS, microseconds(at)
    index = calendar.span_index(instant)
    span = calendar.span(index)
    worked = span.measure(kind, instant)
    idle = 0
    while worked >= span.size(kind):
        idle = _checked_idle(idle + 1, 0, calendar)
        index, worked = index + 1, 0
        span = calendar.span(index)
    return moment(max(instant, span.latest(kind, worked)))


def end_of_day(at: datetime, calendar: WorkCalendar) -> datetime:
    """Return 24:00 of the local day of `at`, whether or not anybody works: the first instant of the next day."""
    return moment(calendar.instant(calendar.local_date(at) + timedelta(days=1), 0))


def closing_time(at: datetime, calendar: WorkCalendar) -> datetime:
    """Return when work ends for the day: the last closing of the day of `at`, or of the next working day if that is past.

    Raises:
        NoWorkingTime: no working day within reach.
    """
    instant, day = microseconds(at), calendar.local_date(at)
    hours = calendar.hours_on(day)
    if hours and (closes := calendar.instant(day, hours[-1][1])) >= instant:
        return moment(closes)
    return _closing_on(next_working_day(day, calendar), calendar)


def end_of_working_day(start: datetime, days: int, calendar: WorkCalendar) -> datetime:
    """Return the closing of the `days`-th working day after the day of `start`, which itself does not count.

    This is how "within 3 working days" reads when a regulation means whole days: a complaint of Friday 10:00 with
    1 working day is due when Monday closes (CHC-01, CHC-03). With 0 it is the closing of the day itself.

    Raises:
        NoWorkingTime: the calendar has fewer working days within reach.
    """
    if days == 0:
        return closing_time(start, calendar)
    return _closing_on(working_day_after(calendar.local_date(start), days, calendar), calendar)


def _closing_on(day: date, calendar: WorkCalendar) -> datetime:
    return moment(calendar.instant(day, calendar.hours_on(day)[-1][1]))


def at_time_of_day(at: datetime, minute: int, calendar: WorkCalendar, *, same_day: bool = False, working: bool = False) -> datetime:
    """Return the next time the local clock shows `minute` (840 is "by 14:00", ECO-05), strictly after `at`.

    Args:
        at: from when on.
        minute: minutes after midnight; 1440 is the end of the day.
        calendar: gives the zone and the working days.
        same_day: stay on the day of `at` even if that time is past ("before 14:00 of the order's day").
        working: pass over days on which nobody works (with `same_day`: the day of `at` or the next working day).

    Raises:
        NoWorkingTime: `working`, and no working day within reach.
    """
    day = calendar.local_date(at)
    if working and not calendar.is_working_day(day):
        return moment(calendar.instant(next_working_day(day, calendar), minute))
    due = calendar.instant(day, minute)
    if same_day or due > microseconds(at):
        return moment(due)
    return moment(calendar.instant(next_working_day(day, calendar) if working else day + timedelta(days=1), minute))


def end_of_day_after(at: datetime, days: int, calendar: WorkCalendar, *, working: bool) -> datetime:
    """Return the end of the n-th day, or working day, after the day of `at`, which does not count ("within 3 working days").

    Raises:
        NoWorkingTime: `working`, and no working day within reach.
    """
    day = calendar.local_date(at)
    for _n in range(days if working else 0):
        day = next_working_day(day, calendar)
    return moment(calendar.instant(day if working else day + timedelta(days=days), 1440))


def next_working_day(day: date, calendar: WorkCalendar) -> date:
    """Return the first working day after `day`.

    Raises:
        NoWorkingTime: none within reach.
    """
    return working_day_after(day, 1, calendar)


def working_day_after(day: date, count: int, calendar: WorkCalendar) -> date:
    """Return the `count`-th working day after `day` (negative: before). With 0 it is `day` itself.

    Raises:
        NoWorkingTime: the calendar has fewer working days within reach.
    """
    step = timedelta(days=1 if count > 0 else -1)
    left, idle, walked = abs(count), 0, 0
    while left:
        day += step
        walked += 1
        idle = 0 if calendar.is_working_day(day) else idle + 1
        if idle > MAX_IDLE_DAYS or walked > MAX_REACH_DAYS:
            raise NoWorkingTime(f"calendar {calendar.name} has too few working days")
        left -= idle == 0
    return day
