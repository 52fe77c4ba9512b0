"""`WorkCalendar`: when an organisation works. Pure and immutable; one object is one version of a calendar.

Time is handled as whole microseconds since 1970 (UTC), in spans of 64 local days that are laid out once and kept.
Within a span everything is a bisection, so a limit of hours costs the same as one of weeks, and no minute is counted.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from banjie.worktime.durations import WORKING_DAY, DurationKind

#: Working intervals of one day in minutes after midnight, half open: ((540, 720), (810, 1080)). 1440 is 24:00.
Hours = tuple[tuple[int, int], ...]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SPAN_DAYS = 64
_EPOCH_DAY = EPOCH.toordinal()
_LAST_SPAN = (date.max.toordinal() - 1) // SPAN_DAYS - 1
_MICROSECOND = timedelta(microseconds=1)
_DAY = timedelta(days=1) // _MICROSECOND


class NoWorkingTime(ValueError):
    """The calendar has no working time within reach, so nothing ever falls due. Saving refuses such calendars."""


@dataclass(frozen=True, slots=True)
class Span:
    """Hold the working time of 64 consecutive local days, `[start, end)` in microseconds since 1970.

    A *measure* is how much working time (or how many working days) of the span lies before an instant.
    """

    start: int
    end: int
    opens: list[int]
    closes: list[int]
    before: list[int]
    """Working time before each interval."""
    days: list[int]
    """Working time before each working day, and after the last: one entry more than there are working days."""

    def size(self, kind: DurationKind) -> int:
        """Return the measure of the whole span."""
        return self.days[-1] if kind is DurationKind.WORKING_HOURS else (len(self.days) - 1) * WORKING_DAY

    def measure(self, kind: DurationKind, instant: int) -> int:
        """Return the measure before `instant`. A used part of a working day counts as its share of that day's hours."""
        at = bisect_right(self.opens, instant) - 1
        worked = 0 if at < 0 else self.before[at] + min(instant, self.closes[at]) - self.opens[at]
        if kind is DurationKind.WORKING_HOURS:
            return worked
        day = bisect_right(self.days, worked) - 1
        if day == len(self.days) - 1:
            return day * WORKING_DAY
        return day * WORKING_DAY + (worked - self.days[day]) * WORKING_DAY // (self.days[day + 1] - self.days[day])

    def earliest(self, kind: DurationKind, measure: int) -> int:
        """Return the first instant with at least this measure; `measure` is above zero and at most the size."""
        if kind is DurationKind.WORKING_DAYS:
            day, share = divmod(measure, WORKING_DAY)
            measure = self.days[day]
            if share:
                measure -= -share * (self.days[day + 1] - measure) // WORKING_DAY
        at = bisect_left(self.before, measure) - 1
        return self.opens[at] + measure - self.before[at]

    def latest(self, kind: DurationKind, measure: int) -> int:
        """Return the last instant with at most this measure; `measure` is at least zero and below the size."""
        if kind is DurationKind.WORKING_DAYS:
            day, share = divmod(measure, WORKING_DAY)
            measure = self.days[day]
            measure += -(-(share + 1) * (self.days[day + 1] - measure) // WORKING_DAY) - 1
        at = bisect_right(self.before, measure) - 1
        return self.opens[at] + measure - self.before[at]


@dataclass(frozen=True, eq=False)
class WorkCalendar:
    """Say when is working time (PLT-03).

    Attributes:
        name: code of the calendar, for messages.
        tz: the zone whose clock the hours are written in.
        weekly: hours of Monday to Sunday, sorted and not overlapping.
        days: hours of single dates that differ: holidays (no hours), make-up workdays, half days.
        version: id of the stored `CalendarVersion`; None for a calendar that is not stored.

    Hours begin and end when the local clock first shows their time or a later one, so a clock change shortens or
    lengthens the interval it falls into and nothing is counted twice.
    """

    name: str
    tz: ZoneInfo
    weekly: tuple[Hours, ...]
    days: Mapping[date, Hours] = field(default_factory=dict)
    version: int | None = None
    _spans: dict[int, Span] = field(default_factory=dict, init=False, repr=False)

    def hours_on(self, day: date) -> Hours:
        """Return the working intervals of a date; empty when nobody works."""
        hours = self.days.get(day)
        return self.weekly[day.weekday()] if hours is None else hours

    def is_working_day(self, day: date) -> bool:
        """Tell whether anybody works on a date."""
        return bool(self.hours_on(day))

    def local_date(self, at: datetime) -> date:
        """Return the date of an instant in the calendar's zone."""
        return at.astimezone(self.tz).date()

    def instant(self, day: date, minute: int) -> int:
        """Return the first microsecond at which the local clock shows `minute` of `day` or later."""
        wall = datetime.combine(day, time()) + timedelta(minutes=minute)
        first = wall.replace(tzinfo=self.tz)
        late = wall.replace(tzinfo=self.tz, fold=1)
        if first.utcoffset() < late.utcoffset():  # type: ignore[operator]
            return _skipped_until(microseconds(late.astimezone(UTC)), microseconds(first.astimezone(UTC)), self.tz)
        return microseconds(first.astimezone(UTC))

    def span_at(self, instant: int) -> Span:
        """Return the span that holds an instant."""
        return self.span(self.span_index(instant))

    def span_index(self, instant: int) -> int:
        """Return the number of the span that holds an instant."""
        index = (instant // _DAY + _EPOCH_DAY) // SPAN_DAYS
        if instant < self.span(index).start:
            return index - 1
        return index + 1 if instant >= self.span(index).end else index

    def span(self, index: int) -> Span:
        """Return span `index`, laid out at its first use.

        Raises:
            NoWorkingTime: the date lies outside of what a calendar can say.
        """
        return self._spans.get(index) or self._lay_out(index)

    def _lay_out(self, index: int) -> Span:
        if not 1 <= index <= _LAST_SPAN:
            raise NoWorkingTime(f"calendar {self.name}: the date is too far away")
        first = date.fromordinal(index * SPAN_DAYS)
        days = [
            [(opens, closes) for opens, closes in self._instants(first + timedelta(days=n)) if opens < closes] for n in range(SPAN_DAYS)
        ]
        intervals = [interval for day in days for interval in day]
        lengths = [closes - opens for opens, closes in intervals]
        span = Span(
            start=self.instant(first, 0),
            end=self.instant(first + timedelta(days=SPAN_DAYS), 0),
            opens=[opens for opens, _ in intervals],
            closes=[closes for _, closes in intervals],
            before=[0, *accumulate(lengths)][:-1],
            days=[0, *accumulate(sum(closes - opens for opens, closes in day) for day in days if day)],
        )
        self._spans[index] = span
        return span

    def _instants(self, day: date) -> Iterator[tuple[int, int]]:
        for opens, closes in self.hours_on(day):
            yield self.instant(day, opens), self.instant(day, closes)


def microseconds(at: datetime) -> int:
    """Return microseconds since 1970.

    Raises:
        ValueError: `at` has no time zone.
    """
    if at.tzinfo is None:
        raise ValueError("a time without a zone cannot be placed in a calendar")
    since = at - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def moment(instant: int) -> datetime:
    """Return the aware datetime (UTC) of microseconds since 1970."""
    return EPOCH + timedelta(microseconds=instant)


def _skipped_until(low: int, high: int, tz: ZoneInfo) -> int:
    """Return the instant in `(low, high]` at which the clock jumps forward, so that skipped times become that instant."""
    before = moment(low).astimezone(tz).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        if moment(middle).astimezone(tz).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high
