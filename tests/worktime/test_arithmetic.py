"""Working-time arithmetic in single cases: what regulations say, and what other products got wrong."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from banjie.worktime.arithmetic import (
    Duration,
    DurationKind,
    Hours,
    NoWorkingTime,
    WorkCalendar,
    add,
    at_time_of_day,
    between,
    closing_time,
    end_of_day,
    end_of_working_day,
    is_working,
    next_opening,
    next_working_day,
    parse_duration,
    working_day_after,
)
from tests.worktime.calendars import CN_24H, CN_OFFICE, EIGHT, WEEKDAYS, cn


def due(start: str, limit: str, calendar: WorkCalendar = WEEKDAYS) -> str:
    return (
        add(cn(start), parse_duration(limit), calendar).astimezone(calendar.tz).strftime("%Y-%m-%d %H:%M:%S.%f").removesuffix(":00.000000")
    )


@pytest.mark.req("PLT-03", "CHC-09")
@pytest.mark.parametrize(
    ("start", "limit", "end"),
    [
        # 2026-11-23 is a Monday
        ("2026-11-23 10:00", "3 working days", "2026-11-26 10:00"),
        ("2026-11-27 10:00", "1 working day", "2026-11-30 10:00"),
        ("2026-11-23 09:00", "half a working day", "2026-11-23 14:30"),
        ("2026-11-23 16:30", "half a working day", "2026-11-24 11:00"),
        ("2026-11-23 09:00", "8 working hours", "2026-11-23 18:30"),
        ("2026-11-23 09:00", "1 working day", "2026-11-23 18:30"),
        ("2026-11-23 18:30", "1 working day", "2026-11-24 18:30"),
        ("2026-11-21 23:00", "1 working hour", "2026-11-23 10:00"),
        ("2026-11-23 12:30", "30 working minutes", "2026-11-23 14:00"),
        ("2026-11-23 11:59", "2 working minutes", "2026-11-23 13:31"),
        ("2026-11-27 18:00", "1 working hour", "2026-11-30 09:30"),
    ],
)
def test_working_time_ends_where_a_manager_would_count_it(start: str, limit: str, end: str) -> None:
    assert due(start, limit) == end


@pytest.mark.req("CHC-09")
def test_half_a_working_day_is_half_of_that_days_own_hours() -> None:
    short_monday = replace(WEEKDAYS, days={date(2026, 11, 23): ((540, 720),)})

    assert due("2026-11-23 09:00", "half a working day", short_monday) == "2026-11-23 10:30"
    assert due("2026-11-23 10:30", "1 working day", short_monday) == "2026-11-24 14:30"


@pytest.mark.req("PLT-03")
def test_clock_time_passes_also_when_nobody_works() -> None:
    assert due("2026-11-27 18:00", "24h") == "2026-11-28 18:00"
    assert due("2026-11-27 18:00", "2d") == "2026-11-29 18:00"


def test_clock_time_is_elapsed_time_over_a_clock_change() -> None:
    berlin = WorkCalendar("berlin", ZoneInfo("Europe/Berlin"), (((0, 1440),),) * 7)
    start = datetime(2026, 3, 28, 12, 0, tzinfo=berlin.tz)

    assert add(start, parse_duration("24h"), berlin).astimezone(berlin.tz) == datetime(2026, 3, 29, 13, 0, tzinfo=berlin.tz)
    assert between(start, datetime(2026, 3, 29, 12, 0, tzinfo=berlin.tz), berlin, DurationKind.WORKING_HOURS).timedelta == timedelta(
        hours=23
    )


@pytest.mark.parametrize(
    ("zone", "day", "hours", "minutes"),
    [
        ("Europe/Berlin", date(2026, 3, 29), ((150, 1440),), 21 * 60),  # 2:30 is skipped: work begins at 3:00
        ("Europe/Berlin", date(2026, 3, 29), ((60, 150),), 60),
        ("Europe/Berlin", date(2026, 3, 29), ((130, 150), (170, 175)), 0),
        ("Europe/Berlin", date(2026, 10, 25), ((150, 1440),), 22 * 60 + 30),  # 2:30 comes twice: work begins at the first
        ("Europe/Berlin", date(2026, 10, 25), ((0, 1440),), 25 * 60),
        ("America/New_York", date(2026, 3, 8), ((0, 150),), 120),
        ("America/Sao_Paulo", date(2018, 11, 4), ((0, 90),), 30),  # the day begins at 1:00
        ("Australia/Lord_Howe", date(2026, 10, 4), ((120, 180),), 30),
        ("Pacific/Apia", date(2011, 12, 30), ((0, 1440),), 0),  # the day never was
    ],
)
def test_a_clock_change_shortens_or_lengthens_the_hours_it_falls_into(zone: str, day: date, hours: Hours, minutes: int) -> None:
    calendar = WorkCalendar("changing", ZoneInfo(zone), ((),) * 7, {day: hours})
    start = datetime(day.year, day.month, day.day, tzinfo=calendar.tz) - timedelta(days=3)

    worked = between(start, start + timedelta(days=6), calendar, DurationKind.WORKING_HOURS)

    assert worked.timedelta == timedelta(minutes=minutes)


@pytest.mark.req("PLT-03")
def test_a_round_the_clock_calendar_never_closes_not_even_for_a_minute_at_midnight() -> None:
    midnight = cn("2026-11-23 00:00")
    around = [midnight + timedelta(seconds=n) for n in range(-61, 62)]

    assert all(is_working(at, CN_24H) for at in around)
    assert between(cn("2026-11-22 23:30"), cn("2026-11-23 00:30"), CN_24H, DurationKind.WORKING_HOURS).timedelta == timedelta(hours=1)
    assert due("2026-11-22 23:30", "1 working hour", CN_24H) == "2026-11-23 00:30"
    assert due("2026-01-01 00:00", "8760 working hours", CN_24H) == "2027-01-01 00:00"


def test_a_holiday_without_hours_is_a_holiday_and_not_overlooked() -> None:
    calendar = replace(WEEKDAYS, days={date(2026, 11, 23): ()})

    assert not calendar.is_working_day(date(2026, 11, 23))
    assert due("2026-11-23 09:00", "1 working hour", calendar) == "2026-11-24 10:00"


def test_days_that_are_not_set_in_the_week_do_no_harm() -> None:
    only_wednesday = WorkCalendar("wednesday", WEEKDAYS.tz, ((), (), EIGHT, (), (), (), ()))

    assert due("2026-11-23 09:00", "2 working days", only_wednesday) == "2026-12-02 18:30"


@pytest.mark.parametrize("limit", ["1 working hour", "1 working day"])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_calendar_without_working_time_raises_and_does_not_search_for_ever(limit: str, sign: int) -> None:
    idle = WorkCalendar("idle", WEEKDAYS.tz, ((),) * 7, {date(2026, 11, 2): EIGHT})

    with pytest.raises(NoWorkingTime):
        add(cn("2026-11-23 09:00"), parse_duration(limit) * (sign * 9), idle)


@pytest.mark.parametrize("search", [next_opening, closing_time], ids=["next_opening", "closing_time"])
def test_searches_in_a_calendar_without_working_time_raise(search: Callable[[datetime, WorkCalendar], datetime]) -> None:
    idle = WorkCalendar("idle", WEEKDAYS.tz, ((),) * 7)

    with pytest.raises(NoWorkingTime):
        search(cn("2026-11-23 09:00"), idle)


def test_a_calendar_with_an_hour_a_year_gives_up_in_good_time() -> None:
    rare = WorkCalendar("rare", WEEKDAYS.tz, ((),) * 7, {date(year, 6, 1): ((540, 600),) for year in range(2000, 2101)})
    begun = time.perf_counter()

    with pytest.raises(NoWorkingTime):
        add(cn("2026-11-23 09:00"), parse_duration("500 working hours"), rare)
    assert time.perf_counter() - begun < 5


@pytest.mark.parametrize("year", [1, 9999])
def test_dates_at_the_ends_of_time_are_refused_and_not_computed(year: int) -> None:
    far = datetime(year, 6, 1, tzinfo=WEEKDAYS.tz)

    with pytest.raises(NoWorkingTime):
        between(cn("2026-11-23 09:00"), far, WEEKDAYS, DurationKind.WORKING_HOURS)


def test_a_time_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 11, 23, 9, 0)

    for kind in DurationKind:
        with pytest.raises(ValueError, match="zone"):
            add(naive, Duration(kind, 10**9), WEEKDAYS)


def test_nothing_to_add_leaves_the_start_where_it_is() -> None:
    assert add(cn("2026-11-22 03:00"), Duration.working_days(0), WEEKDAYS) == cn("2026-11-22 03:00")


def test_a_paused_limit_goes_on_with_what_was_left() -> None:
    limit = parse_duration("3 working days")
    used = between(cn("2026-11-23 10:00"), cn("2026-11-24 11:30"), WEEKDAYS, limit.kind)

    resumed = add(cn("2026-11-30 09:00"), limit - used, WEEKDAYS)

    # Used: one day and 1.5 of 8 hours. Left: 1 day and 6.5 hours.
    assert resumed.astimezone(WEEKDAYS.tz) == cn("2026-12-01 17:00")


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-11-23 08:59", "2026-11-23 09:00"),
        ("2026-11-23 09:00", "2026-11-23 09:00"),
        ("2026-11-23 11:59", "2026-11-23 11:59"),
        ("2026-11-23 12:00", "2026-11-23 13:30"),
        ("2026-11-27 18:30", "2026-11-30 09:00"),
    ],
)
def test_an_opening_belongs_to_working_time_and_a_closing_does_not(at: str, opens: str) -> None:
    assert next_opening(cn(at), WEEKDAYS) == cn(opens)
    assert is_working(cn(at), WEEKDAYS) == (at == opens)


@pytest.mark.req("CHC-01", "CHC-03")
@pytest.mark.parametrize(("days", "end"), [(0, "2024-11-08 18:00"), (1, "2024-11-11 18:00"), (3, "2024-11-13 18:00")])
def test_whole_working_days_end_when_that_day_closes(days: int, end: str) -> None:
    assert end_of_working_day(cn("2024-11-08 10:00"), days, CN_OFFICE) == cn(end)


def test_the_day_itself_does_not_count_even_before_it_opens() -> None:
    assert end_of_working_day(cn("2026-11-23 07:00"), 1, WEEKDAYS) == cn("2026-11-24 18:30")
    assert end_of_working_day(cn("2026-11-22 07:00"), 1, WEEKDAYS) == cn("2026-11-23 18:30")


def test_a_day_ends_at_midnight_and_work_when_it_closes() -> None:
    assert end_of_day(cn("2026-11-23 00:00"), WEEKDAYS) == cn("2026-11-24 00:00")
    assert end_of_day(cn("2026-11-22 23:59"), WEEKDAYS) == cn("2026-11-23 00:00")
    assert closing_time(cn("2026-11-23 18:30"), WEEKDAYS) == cn("2026-11-23 18:30")
    assert closing_time(cn("2026-11-23 18:31"), WEEKDAYS) == cn("2026-11-24 18:30")
    assert closing_time(cn("2026-11-21 10:00"), WEEKDAYS) == cn("2026-11-23 18:30")
    assert closing_time(cn("2026-11-23 10:00"), CN_24H) == cn("2026-11-24 00:00")


@pytest.mark.req("ECO-05")
@pytest.mark.parametrize(
    ("at", "options", "end"),
    [
        ("2026-11-27 13:59", {}, "2026-11-27 14:00"),
        ("2026-11-27 14:00", {}, "2026-11-28 14:00"),
        ("2026-11-27 14:00", {"working": True}, "2026-11-30 14:00"),
        ("2026-11-28 09:00", {"working": True}, "2026-11-30 14:00"),
        ("2026-11-27 16:00", {"same_day": True}, "2026-11-27 14:00"),
        ("2026-11-28 09:00", {"same_day": True, "working": True}, "2026-11-30 14:00"),
    ],
)
def test_by_two_o_clock(at: str, options: dict[str, bool], end: str) -> None:
    assert at_time_of_day(cn(at), 14 * 60, WEEKDAYS, **options) == cn(end)


def test_working_days_are_counted_forwards_and_backwards() -> None:
    friday = date(2026, 11, 27)

    assert next_working_day(friday, WEEKDAYS) == date(2026, 11, 30)
    assert working_day_after(friday, 6, WEEKDAYS) == date(2026, 12, 7)
    assert working_day_after(friday, -5, WEEKDAYS) == date(2026, 11, 20)
    assert working_day_after(friday, 0, WEEKDAYS) == friday


def test_limits_are_reckoned_within_microseconds() -> None:
    """The budget is 20 µs for clock time and 100 µs for working time; the bound here leaves room for a busy machine."""
    start = cn("2026-11-23 10:03:17.000021")

    for limit, bound in (("10m", 20e-6), ("40 working hours", 100e-6), ("3 working days", 100e-6), ("250 working days", 100e-6)):
        duration = parse_duration(limit)
        best = min(_timed(start, duration) for _ in range(200))

        assert best < bound, limit


def _timed(start: datetime, duration: Duration) -> float:
    begun = time.perf_counter()
    add(start, duration, CN_OFFICE)
    return time.perf_counter() - begun
