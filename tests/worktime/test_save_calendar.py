"""Saving a calendar: versions that never change, and refusals of what cannot be reckoned with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from banjie.kernel.errors import InvalidInput, NotPermitted, StaleVersion
from banjie.people.models import AdminEvent
from banjie.worktime import events
from banjie.worktime.drafts import MAX_DAYS, DayEntry, Kind
from banjie.worktime.events import CalendarChanged
from banjie.worktime.models import Calendar, CalendarDay, CalendarVersion
from banjie.worktime.queries import UnknownCalendar, calendar_lines, current_version_ids, load_calendar, load_version, version_of
from banjie.worktime.verbs.save_calendar import UnusableCalendar, save_calendar
from tests.cast import Cast
from tests.worktime.calendars import EIGHT, weekday_draft

NOW = datetime.fromisoformat("2026-11-22T10:00+08:00")
MONDAY = date(2026, 11, 23)


@pytest.fixture
def announced() -> Iterator[list[CalendarChanged]]:
    heard: list[CalendarChanged] = []
    events.reactions.append(heard.append)
    yield heard
    events.reactions.remove(heard.append)


@pytest.mark.req("PLT-03")
def test_a_change_makes_a_new_version_and_leaves_the_old_one_as_it_was(cast: Cast, announced: list[CalendarChanged]) -> None:
    first = save_calendar("office", weekday_draft(), by=cast.admin.actor, at=NOW)
    free = DayEntry(MONDAY, Kind.HOLIDAY, (), "盘点")

    second = save_calendar("office", weekday_draft(days=(free,), note="盘点"), expect=1, by=cast.admin.actor, at=NOW)

    assert (first.number, second.number) == (1, 2)
    assert second.created_by == cast.admin.member
    assert load_version(first.pk).is_working_day(MONDAY)
    assert not load_calendar("office").is_working_day(MONDAY)
    assert load_calendar("office", 1).version == first.pk
    assert load_calendar("office").version == second.pk == version_of("office")
    assert current_version_ids() == {second.pk}
    assert [(one.version_id, one.previous_id) for one in announced] == [(first.pk, None), (second.pk, first.pk)]
    assert [entry.subject for entry in AdminEvent.objects.order_by("id")] == ["office v1", "office v2"]


def test_saving_the_same_again_makes_no_version(cast: Cast, announced: list[CalendarChanged]) -> None:
    draft = weekday_draft(days=(DayEntry(MONDAY, Kind.MAKE_UP_WORKDAY), DayEntry(date(2026, 1, 1), Kind.HOLIDAY)))
    first = save_calendar("office", draft, by=cast.admin.actor, at=NOW)

    assert save_calendar("office", replace(draft, note="又一次"), by=cast.admin.actor, at=NOW) == first
    assert len(announced) == 1


def test_a_new_title_needs_no_version_but_stands_in_the_log(cast: Cast) -> None:
    save_calendar("office", weekday_draft(), by=cast.admin.actor, at=NOW)

    save_calendar("office", weekday_draft(title="新行政班"), by=cast.admin.actor, at=NOW)

    assert Calendar.objects.get().title == "新行政班"
    assert CalendarVersion.objects.count() == 1
    assert AdminEvent.objects.filter(kind="calendar.retitled").exists()


def test_a_stale_editor_is_told_and_changes_nothing(cast: Cast) -> None:
    save_calendar("office", weekday_draft(), by=cast.admin.actor, at=NOW)
    save_calendar("office", weekday_draft(tz="Europe/Berlin"), expect=1, by=cast.admin.actor, at=NOW)

    with pytest.raises(StaleVersion):
        save_calendar("office", weekday_draft(tz="Asia/Tokyo"), expect=1, by=cast.admin.actor, at=NOW)
    with pytest.raises(UnusableCalendar):
        save_calendar("office", weekday_draft(), expect=0, by=cast.admin.actor, at=NOW)
    with pytest.raises(UnknownCalendar):
        save_calendar("other", weekday_draft(), expect=3, by=cast.admin.actor, at=NOW)

    assert load_calendar("office").tz.key == "Europe/Berlin"
    assert CalendarVersion.objects.count() == 2


def test_only_who_may_manage_calendars_saves(cast: Cast) -> None:
    for person in (cast.li, cast.boss_hn, cast.auditor, cast.mallory):
        with pytest.raises(NotPermitted):
            save_calendar("office", weekday_draft(), by=person.actor, at=NOW)

    assert not Calendar.objects.exists()


_SINCE = date(2026, 1, 1)


@pytest.mark.req("PLT-03")
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"weekly": ((),) * 7}, "weekly"),
        ({"weekly": (EIGHT,) * 5}, "weekly"),
        ({"weekly": (((540, 720), (700, 800)),) + ((),) * 6}, "weekly.0"),
        ({"weekly": ((),) * 6 + (((720, 540),),)}, "weekly.6"),
        ({"weekly": (((0, 1441),),) + ((),) * 6}, "weekly.0"),
        ({"weekly": (((600, 600),),) + ((),) * 6}, "weekly.0"),
        ({"tz": "China/Nowhere"}, "tz"),
        ({"title": " "}, "title"),
        ({"note": "x" * 201}, "note"),
        ({"days": (DayEntry(MONDAY, Kind.HOLIDAY, EIGHT),)}, "days.2026-11-23"),
        ({"days": (DayEntry(MONDAY, Kind.HALF_DAY),)}, "days.2026-11-23"),
        ({"days": (DayEntry(MONDAY, Kind.HOLIDAY), DayEntry(MONDAY, Kind.MAKE_UP_WORKDAY))}, "days.2026-11-23"),
        ({"days": (DayEntry(date(1700, 1, 1), Kind.HOLIDAY),)}, "days.1700-01-01"),
        ({"days": tuple(DayEntry(_SINCE + timedelta(days=n), Kind.HOLIDAY) for n in range(370))}, "days"),
        ({"days": tuple(DayEntry(_SINCE + timedelta(days=n), Kind.MAKE_UP_WORKDAY) for n in range(MAX_DAYS + 1))}, "days"),
    ],
)
def test_what_cannot_be_reckoned_with_is_refused_with_its_field(cast: Cast, changes: dict[str, object], field: str) -> None:
    with pytest.raises(UnusableCalendar) as refused:
        save_calendar("office", weekday_draft(**changes), by=cast.admin.actor, at=NOW)

    assert field in [error.field for error in refused.value.errors]
    assert all(error.message for error in refused.value.errors)
    assert not Calendar.objects.exists()


@pytest.mark.parametrize("code", ["", "Office", "中国", "9to5", "a" * 41, "a b"])
def test_a_code_that_rulebooks_cannot_write_is_refused(cast: Cast, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        save_calendar(code, weekday_draft(), by=cast.admin.actor, at=NOW)

    assert [error.field for error in refused.value.errors] == ["code"]


@pytest.mark.req("PLT-03")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE worktime_calendarversion SET tz = 'UTC'",
        "DELETE FROM worktime_calendarversion",
        "UPDATE worktime_calendarday SET kind = 'holiday', hours = '[]'",
        "DELETE FROM worktime_calendarday",
    ],
)
def test_the_database_itself_refuses_to_change_a_version(cast: Cast, statement: str) -> None:
    save_calendar("office", weekday_draft(days=(DayEntry(MONDAY, Kind.HALF_DAY, ((540, 720),)),)), by=cast.admin.actor, at=NOW)

    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_database_itself_refuses_to_add_a_day_to_a_version(cast: Cast) -> None:
    version = save_calendar("office", weekday_draft(), by=cast.admin.actor, at=NOW)

    with pytest.raises(IntegrityError, match="already stands"), transaction.atomic():
        CalendarDay.objects.create(version=version, date=MONDAY, kind=Kind.HOLIDAY, source="manual")


def test_a_loaded_version_costs_no_query_and_the_current_one_a_single_row(cast: Cast, django_assert_num_queries: object) -> None:
    save_calendar("office", weekday_draft(), by=cast.admin.actor, at=NOW)
    calendar = load_calendar("office")

    with django_assert_num_queries(1):  # type: ignore[operator]
        assert load_calendar("office") is calendar
    with pytest.raises(UnknownCalendar):
        load_calendar("nothing")
    with pytest.raises(UnknownCalendar):
        load_calendar("office", 9)


def test_the_list_counts_what_is_estimated(cast: Cast, django_assert_num_queries: object) -> None:
    guess = DayEntry(date(2027, 10, 1), Kind.HOLIDAY, (), "国庆节", estimated=True)
    save_calendar("office", weekday_draft(), by=cast.admin.actor, at=NOW)
    save_calendar("office", weekday_draft(days=(guess,)), by=cast.admin.actor, at=NOW)
    save_calendar("always", weekday_draft(weekly=(((0, 1440),),) * 7), by=cast.admin.actor, at=NOW)

    with django_assert_num_queries(2):  # type: ignore[operator]
        lines = calendar_lines()

    assert [(line.code, line.number, line.estimated, line.last_day) for line in lines] == [
        ("always", 1, 0, None),
        ("office", 2, 1, guess.date),
    ]
