"""Working-time arithmetic against a model that walks minute by minute, and laws that hold for every calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from banjie.worktime.arithmetic import Duration, DurationKind, Hours, WorkCalendar, add, between, is_working, next_opening
from tests.worktime.slow_model import HOURS, WEEKS, SlowModel

MODEL_DAYS = 10
#: A zone and a day shortly before its clocks change (or before nothing happens, in China).
PLACES = [
    ("Asia/Shanghai", date(2026, 9, 28)),
    ("Europe/Berlin", date(2026, 3, 26)),
    ("Europe/Berlin", date(2026, 10, 22)),
    ("America/New_York", date(2026, 3, 5)),
    ("America/New_York", date(2026, 10, 29)),
    ("America/Sao_Paulo", date(2018, 11, 1)),  # midnight itself is skipped
    ("America/Sao_Paulo", date(2018, 2, 15)),  # midnight happens twice
    ("Australia/Lord_Howe", date(2026, 4, 2)),  # by half an hour
    ("Pacific/Apia", date(2011, 12, 27)),  # a whole day is left out
]
KINDS = st.sampled_from([DurationKind.WORKING_HOURS, DurationKind.WORKING_DAYS])
SOME_DURATION = st.one_of(
    st.integers(1, 400 * 3600 * 10**6).map(lambda n: Duration(DurationKind.WORKING_HOURS, n)),
    st.integers(1, 120).map(lambda n: Duration.working_days(Fraction(n, 2))),
)
INSTANTS = st.datetimes(datetime(2010, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))
APART = st.timedeltas(timedelta(0), timedelta(days=500))


@st.composite
def placed_calendars(draw: st.DrawFn) -> tuple[WorkCalendar, date]:
    zone, first = draw(st.sampled_from(PLACES))
    special = draw(st.dictionaries(st.integers(0, MODEL_DAYS).map(lambda n: first + timedelta(days=n)), HOURS, max_size=4))
    return WorkCalendar("drawn", ZoneInfo(zone), draw(WEEKS), special), first


@st.composite
def calendars(draw: st.DrawFn) -> WorkCalendar:
    zone = draw(st.sampled_from(sorted({zone for zone, _ in PLACES})))
    special = draw(st.dictionaries(st.dates(date(2010, 1, 1), date(2035, 1, 1)), HOURS, max_size=20))
    return WorkCalendar("drawn", ZoneInfo(zone), draw(WEEKS), special)


@pytest.mark.req("PLT-03")
@settings(max_examples=50, deadline=None)
@given(placed_calendars(), st.integers(0, 5 * 1440), st.integers(1, 4000), st.integers(1, 10), KINDS)
def test_adding_agrees_with_walking_minute_by_minute(
    placed: tuple[WorkCalendar, date], offset: int, minutes: int, half_days: int, kind: DurationKind
) -> None:
    calendar, first = placed
    model = SlowModel(calendar, first, MODEL_DAYS)
    start = datetime(first.year, first.month, first.day, tzinfo=calendar.tz).astimezone(UTC) + timedelta(minutes=offset)
    days = Fraction(half_days, 2)
    duration = Duration.working_days(days) if kind is DurationKind.WORKING_DAYS else Duration.working_time(timedelta(minutes=minutes))
    expected = model.add(start, days if kind is DurationKind.WORKING_DAYS else Fraction(minutes), kind)
    assume(expected is not None)

    end = add(start, duration, calendar)

    # Shares of a day are kept to a thousandth of a billionth, so the last microsecond may round either way.
    assert expected is not None
    assert abs(end - expected) <= timedelta(microseconds=1 if kind is DurationKind.WORKING_DAYS else 0)


@pytest.mark.req("PLT-03")
@settings(max_examples=50, deadline=None)
@given(placed_calendars(), st.integers(0, 9 * 1440), st.integers(0, 9 * 1440), KINDS)
def test_measuring_agrees_with_walking_minute_by_minute(
    placed: tuple[WorkCalendar, date], one: int, other: int, kind: DurationKind
) -> None:
    calendar, first = placed
    model = SlowModel(calendar, first, MODEL_DAYS)
    midnight = datetime(first.year, first.month, first.day, tzinfo=calendar.tz).astimezone(UTC)
    start, end = sorted((midnight + timedelta(minutes=one), midnight + timedelta(minutes=other)))

    measured = between(start, end, calendar, kind)

    expected = model.between(start, end, kind)
    if kind is DurationKind.WORKING_HOURS:
        assert measured.timedelta == timedelta(minutes=int(expected))
    else:
        assert abs(measured.days - expected) <= Fraction(2, 10**12)


@settings(max_examples=25, deadline=None)
@given(placed_calendars(), st.integers(0, 9 * 1440))
def test_being_open_agrees_with_walking_minute_by_minute(placed: tuple[WorkCalendar, date], offset: int) -> None:
    calendar, first = placed
    at = datetime(first.year, first.month, first.day, tzinfo=calendar.tz).astimezone(UTC) + timedelta(minutes=offset)

    assert is_working(at, calendar) == SlowModel(calendar, first, MODEL_DAYS).is_working(at)


@settings(deadline=None)
@given(calendars(), INSTANTS, SOME_DURATION)
def test_adding_then_measuring_gives_the_duration_back(calendar: WorkCalendar, start: datetime, duration: Duration) -> None:
    end = add(start, duration, calendar)

    measured = between(start, end, calendar, duration.kind)

    if duration.kind is DurationKind.WORKING_HOURS:
        assert measured == duration
    else:
        earlier = between(start, end - timedelta(microseconds=1), calendar, duration.kind)
        assert earlier < duration <= measured


@settings(deadline=None)
@given(calendars(), INSTANTS, APART, KINDS)
def test_measuring_then_adding_gives_the_end_back(calendar: WorkCalendar, start: datetime, apart: timedelta, kind: DurationKind) -> None:
    end = next_opening(start + apart, calendar) + timedelta(microseconds=1)  # inside working time

    assert add(start, between(start, end, calendar, kind), calendar) == end
    assert add(end, between(end, start, calendar, kind), calendar) == next_opening(start, calendar)


@settings(deadline=None)
@given(calendars(), INSTANTS, st.timedeltas(timedelta(0), timedelta(days=9)), SOME_DURATION, st.integers(0, 10**13))
@example(
    WorkCalendar("all", ZoneInfo("UTC"), (((0, 1440),),) * 7), datetime(2026, 1, 1, tzinfo=UTC), timedelta(0), Duration.working_days(1), 0
)
def test_a_later_start_or_a_longer_limit_never_ends_earlier(
    calendar: WorkCalendar, start: datetime, later: timedelta, duration: Duration, more: int
) -> None:
    end = add(start, duration, calendar)

    assert end > start
    assert add(start + later, duration, calendar) >= end
    assert add(start, Duration(duration.kind, duration.amount + more), calendar) >= end


@settings(deadline=None)
@given(calendars(), INSTANTS, SOME_DURATION)
def test_looking_back_is_the_mirror_of_looking_ahead(calendar: WorkCalendar, end: datetime, duration: Duration) -> None:
    start = add(end, -duration, calendar)

    assert start < end
    assert is_working(start, calendar)
    assert between(start, end, calendar, duration.kind) >= duration
    assert between(start + timedelta(microseconds=1), end, calendar, duration.kind) < duration


@settings(deadline=None)
@given(calendars(), INSTANTS, APART, APART, KINDS)
def test_measures_add_up(calendar: WorkCalendar, one: datetime, near: timedelta, far: timedelta, kind: DurationKind) -> None:
    two, three = one + near, one + far

    whole = between(one, three, calendar, kind)

    assert between(one, two, calendar, kind) + between(two, three, calendar, kind) == whole
    assert between(three, one, calendar, kind) == -whole


@given(HOURS)
def test_the_model_draws_sorted_hours_without_overlap(hours: Hours) -> None:
    points = [point for interval in hours for point in interval]

    assert points == sorted(points)
