"""A slow and obviously right picture of working time: look at the wall clock minute by minute.

It shares nothing with the code under test but the shape of a calendar. Intervals begin and end on whole minutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from itertools import pairwise

from hypothesis import strategies as st

from banjie.worktime.arithmetic import DurationKind, Hours, WorkCalendar

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Minute:
    """A working minute: when it begins, and which share of its working day it is."""

    at: datetime
    share: Fraction


class SlowModel:
    """All working minutes of `days` local days from `first` on."""

    def __init__(self, calendar: WorkCalendar, first: date, days: int) -> None:
        by_day: dict[date, list[datetime]] = {}
        # Two days earlier, so that a clock put back around midnight is seen.
        at = datetime.combine(first - timedelta(days=2), time(), tzinfo=calendar.tz).astimezone(UTC)
        furthest = datetime.combine(first - timedelta(days=3), time())
        while furthest.date() < first + timedelta(days=days):
            # The wall clock may be put back; a shift that has begun goes on all the same.
            furthest = max(furthest, at.astimezone(calendar.tz).replace(tzinfo=None))
            minute = furthest.hour * 60 + furthest.minute
            hours = calendar.days.get(furthest.date(), calendar.weekly[furthest.weekday()])
            if any(opens <= minute < closes for opens, closes in hours):
                by_day.setdefault(furthest.date(), []).append(at)
            at += MINUTE
        self.minutes = [Minute(at, Fraction(1, len(day))) for day in by_day.values() for at in day]

    def weight(self, minute: Minute, kind: DurationKind) -> Fraction:
        """Say what a minute counts: itself in working hours, its share of the day in working days."""
        return minute.share if kind is DurationKind.WORKING_DAYS else Fraction(1)

    def between(self, start: datetime, end: datetime, kind: DurationKind) -> Fraction:
        """Add up the minutes from `start` to `end` (both whole minutes), in minutes or in working days."""
        return sum((self.weight(minute, kind) for minute in self.minutes if start <= minute.at < end), Fraction(0))

    def add(self, start: datetime, amount: Fraction, kind: DurationKind) -> datetime | None:
        """Return when `amount` minutes or working days are used up; None when that lies beyond the model."""
        left = amount
        for minute in self.minutes:
            if minute.at < start:
                continue
            weight = self.weight(minute, kind)
            if weight >= left:
                microseconds = left / weight * 60_000_000
                return minute.at + timedelta(microseconds=-(-microseconds.numerator // microseconds.denominator))
            left -= weight
        return None

    def is_working(self, at: datetime) -> bool:
        """Tell whether the whole minute that begins at `at` is worked."""
        return any(minute.at == at for minute in self.minutes)


def _intervals(points: list[int]) -> Hours:
    return tuple(pair for index, pair in enumerate(pairwise(sorted(points))) if index % 2 == 0)


#: Hours of a day: none, all, split at noon without a gap, or up to three spans.
HOURS: st.SearchStrategy[Hours] = st.one_of(
    st.sampled_from([(), ((0, 1440),), ((0, 720), (720, 1440)), ((540, 720), (810, 1080)), ((150, 1440),), ((0, 90),)]),
    st.lists(st.integers(0, 1440), min_size=2, max_size=6, unique=True).map(lambda points: _intervals(points[: len(points) // 2 * 2])),
)
WEEKS = st.tuples(*[HOURS] * 7).filter(any)
