"""Uploading days: CSV and Excel, every error with its row, all or nothing."""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime

import pytest
import xlsxwriter
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from banjie.kernel.errors import InvalidInput, NotPermitted
from banjie.worktime.daysheet import COLUMNS, EXAMPLES, UnreadableDays, read_days
from banjie.worktime.drafts import DayEntry, Kind, Source
from banjie.worktime.models import CalendarVersion
from banjie.worktime.queries import draft_of, load_calendar
from banjie.worktime.verbs.import_days import import_days
from banjie.worktime.verbs.save_calendar import save_calendar
from tests.cast import Cast
from tests.worktime.calendars import EIGHT, weekday_draft

NOW = datetime.fromisoformat("2026-11-22T10:00+08:00")
TABLE = """日期,类型,时间,名称
2026-10-01,休息,,国庆节
2026/10/10,调休上班,,国庆节调休

2026年12月31日,半天,9:00-12:00,年终盘点
2026.11.11,其他,"08:00-12:00,13:00-22:00",大促
"""


def excel(rows: Sequence[Sequence[object]]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"default_date_format": "yyyy-mm-dd", "in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return file.getvalue()


@pytest.mark.req("PLT-03")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_of_days_becomes_a_new_version(cast: Cast, encoding: str) -> None:
    kept = DayEntry(date(2026, 1, 2), Kind.HOLIDAY, (), "元旦", Source.PUBLISHED)
    replaced = DayEntry(date(2026, 10, 10), Kind.HOLIDAY)
    save_calendar("office", weekday_draft(days=(kept, replaced)), by=cast.admin.actor, at=NOW)

    version = import_days("office", TABLE.encode(encoding), by=cast.admin.actor, at=NOW)

    days = {day.date: day for day in draft_of(version).days}
    calendar = load_calendar("office")
    assert version.number == 2
    assert days[kept.date] == kept
    assert days[date(2026, 12, 31)] == DayEntry(date(2026, 12, 31), Kind.HALF_DAY, ((540, 720),), "年终盘点", Source.FILE)
    assert calendar.hours_on(date(2026, 10, 10)) == EIGHT
    assert calendar.hours_on(date(2026, 11, 11)) == ((480, 720), (780, 1320))


def test_excel_dates_are_dates() -> None:
    upload = excel([[], ["date", "kind", "hours"], [date(2026, 10, 1), "holiday", ""], ["2026-10-02", "half day", "09:00-12:00"]])

    days = read_days(upload)

    assert [(day.date, day.kind) for day in days] == [(date(2026, 10, 1), Kind.HOLIDAY), (date(2026, 10, 2), Kind.HALF_DAY)]


def test_the_examples_of_the_template_are_accepted() -> None:
    assert len(read_days(excel([COLUMNS, *EXAMPLES]))) == len(EXAMPLES)


def test_every_wrong_row_is_named_and_nothing_is_changed(cast: Cast) -> None:
    save_calendar("office", weekday_draft(), by=cast.admin.actor, at=NOW)
    rows: list[list[object]] = [
        ["日期", "类型", "时间", "名称"],
        ["2026-10-01", "休息"],
        ["2026-02-30", "休息"],
        ["2026-10-02", "睡觉"],
        [],
        ["2026-10-03", "半天"],
        ["2026-10-04", "其他", "22:00-06:00"],
        ["2026-10-01", "休息"],
        ["2026-10-05", "其他", "9:00-12:00, 11:00-13:00"],
        ["2026-10-06", "休息", "", "名" * 61],
        [46296.5, "休息"],
    ]

    with pytest.raises(UnreadableDays) as refused, translation.override("en"):
        import_days("office", excel(rows), by=cast.admin.actor, at=NOW)

    assert [error.field for error in refused.value.errors] == [f"row.{n}" for n in (3, 4, 6, 7, 8, 9, 10, 11)]
    assert [error.message.split(":")[0] for error in refused.value.errors] == [f"Row {n}" for n in (3, 4, 6, 7, 8, 9, 10, 11)]
    assert "row 2" in refused.value.errors[4].message
    assert CalendarVersion.objects.count() == 1


@pytest.mark.parametrize(
    "upload",
    [
        b"", b"PK\x03\x04 no zip", b"\xff\xfe\xff", b"a\0b", b"date,kind\n", b"name,hours\nx,y\n", b"x" * (1024 * 1024 + 1),
        b"date,kind\n" + b"2026-10-01,holiday\n" * 6000, b'date,kind\n"' + b"x" * 200_000,
    ],
    ids=["empty", "broken zip", "no text", "binary", "no rows", "no headings", "too large", "too many rows", "endless cell"],
)  # fmt: skip
def test_unreadable_files_are_refused_with_a_sentence(upload: bytes) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_days(upload)

    assert refused.value.errors
    assert all(error.message for error in refused.value.errors)


def test_errors_are_listed_up_to_a_limit() -> None:
    with pytest.raises(UnreadableDays) as refused:
        read_days(b"date,kind\n" + b"soon,holiday\n" * 400)

    assert len(refused.value.errors) == 50


@given(
    st.one_of(st.binary(max_size=300), st.text(max_size=200).map(lambda text: ("date,kind,hours,name\n" + text).encode("utf-8", "ignore")))
)
def test_any_file_is_either_read_or_refused(upload: bytes) -> None:
    with suppress(InvalidInput):
        assert read_days(upload)


def test_only_who_may_manage_calendars_uploads(cast: Cast) -> None:
    save_calendar("office", weekday_draft(), by=cast.admin.actor, at=NOW)

    with pytest.raises(NotPermitted):
        import_days("office", TABLE.encode(), by=cast.zhang.actor, at=NOW)
