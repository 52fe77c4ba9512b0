"""Chinese public holidays: published years exactly, later years as estimates that say so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from banjie.kernel.errors import InvalidInput, NotPermitted
from banjie.people.models import AdminEvent
from banjie.worktime.drafts import DayEntry, Kind, Source
from banjie.worktime.models import CalendarVersion
from banjie.worktime.publicholidays import PUBLISHED_YEARS, public_holidays
from banjie.worktime.queries import UnknownCalendar, draft_of, load_calendar
from banjie.worktime.shipped import OFFICE, ROUND_THE_CLOCK
from banjie.worktime.verbs.import_holidays import import_holidays
from banjie.worktime.verbs.install_shipped import install_shipped_calendars
from banjie.worktime.verbs.save_calendar import save_calendar
from tests.cast import Cast
from tests.worktime.calendars import CN_OFFICE, EIGHT, cn, weekday_draft

NOW = datetime.fromisoformat("2026-11-22T10:00+08:00")


@pytest.mark.req("PLT-03")
@pytest.mark.parametrize(
    "day",
    [
        "2024-02-04", "2024-02-18", "2024-04-07", "2024-04-28", "2024-05-11", "2024-09-14", "2024-09-29", "2024-10-12",
        "2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11",
        "2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10",
    ],
)  # fmt: skip
def test_a_published_make_up_workday_is_worked_although_it_is_a_weekend(day: str) -> None:
    on = date.fromisoformat(day)

    assert on.weekday() >= 5
    assert CN_OFFICE.hours_on(on) == CN_OFFICE.weekly[0]


@pytest.mark.parametrize(
    "day", ["2024-02-12", "2024-10-07", "2025-01-28", "2025-05-05", "2025-10-08", "2026-01-02", "2026-02-23", "2026-06-19", "2026-10-07"]
)
def test_a_published_holiday_is_free_although_it_is_a_weekday(day: str) -> None:
    on = date.fromisoformat(day)

    assert on.weekday() < 5
    assert not CN_OFFICE.is_working_day(on)


def test_a_year_that_is_not_published_is_estimated_and_says_so() -> None:
    year = max(PUBLISHED_YEARS) + 1

    days = public_holidays(year)

    assert date(year, 10, 1) in {day.date for day in days}
    assert all(day.estimated and day.source is Source.ESTIMATED and day.kind is Kind.HOLIDAY for day in days)
    assert not any(day.estimated for day in public_holidays(year - 1))


@pytest.mark.req("PLT-03")
def test_shipped_calendars_are_installed_once(cast: Cast) -> None:
    first = install_shipped_calendars(by=cast.admin.actor, at=NOW)
    again = install_shipped_calendars(by=cast.admin.actor, at=NOW)

    assert {version.calendar.code for version in first} == {OFFICE, ROUND_THE_CLOCK}
    assert again == []
    assert not load_calendar(OFFICE).is_working_day(date(2026, 10, 1))
    assert load_calendar(ROUND_THE_CLOCK).hours_on(date(2026, 10, 1)) == ((0, 1440),)
    assert set(draft_of(first[-1]).days[-1:])  # holidays up to the next year
    assert max(day.date for day in draft_of(first[-1]).days).year == 2027


@pytest.mark.req("PLT-03")
def test_importing_replaces_estimates_and_leaves_what_people_entered(cast: Cast) -> None:
    party = DayEntry(date(2026, 10, 1), Kind.HALF_DAY, ((540, 720),), "周年庆")
    guess = DayEntry(date(2026, 3, 3), Kind.HOLIDAY, (), "猜的", Source.ESTIMATED, estimated=True)
    other_year = replace(guess, date=date(2027, 3, 3))
    save_calendar("office", weekday_draft(days=(guess, party, other_year)), by=cast.admin.actor, at=NOW)

    version = import_holidays("office", [2026, 2025], by=cast.admin.actor, at=NOW)

    days = {day.date: day for day in draft_of(version).days}
    assert version.number == 2
    assert version.note
    assert days[party.date] == party
    assert guess.date not in days
    assert days[other_year.date] == other_year
    assert days[date(2026, 10, 10)].kind is Kind.MAKE_UP_WORKDAY
    assert days[date(2025, 1, 28)].kind is Kind.HOLIDAY
    assert load_calendar("office").hours_on(date(2026, 10, 10)) == EIGHT
    assert AdminEvent.objects.filter(kind="calendar.saved").count() == 2


def test_importing_the_same_years_again_makes_no_new_version(cast: Cast) -> None:
    save_calendar("office", weekday_draft(), by=cast.admin.actor, at=NOW)
    first = import_holidays("office", [2026], by=cast.admin.actor, at=NOW)

    assert import_holidays("office", [2026], by=cast.admin.actor, at=NOW) == first


@pytest.mark.parametrize("years", [[], [1999], [2100], range(2010, 2050)])
def test_years_out_of_range_are_refused(cast: Cast, years: list[int]) -> None:
    save_calendar("office", weekday_draft(), by=cast.admin.actor, at=NOW)

    with pytest.raises(InvalidInput) as refused:
        import_holidays("office", years, by=cast.admin.actor, at=NOW)

    assert [error.field for error in refused.value.errors] == ["years"]
    assert CalendarVersion.objects.count() == 1


def test_only_who_may_manage_calendars_imports(cast: Cast) -> None:
    save_calendar("office", weekday_draft(), by=cast.admin.actor, at=NOW)

    with pytest.raises(NotPermitted):
        import_holidays("office", [2026], by=cast.li.actor, at=NOW)
    with pytest.raises(NotPermitted):
        install_shipped_calendars(by=cast.li.actor, at=NOW)
    with pytest.raises(UnknownCalendar):
        import_holidays("nothing", [2026], by=cast.admin.actor, at=NOW)


def test_a_holiday_shifts_working_day_limits(cast: Cast) -> None:
    save_calendar("office", weekday_draft(days=(DayEntry(date(2024, 11, 11), Kind.HOLIDAY),)), by=cast.admin.actor, at=NOW)

    assert not load_calendar("office").is_working_day(cn("2024-11-11 10:00").date())
