"""How values read."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from banjie.ui import filters

NOW = datetime(2025, 3, 4, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai


@pytest.mark.parametrize(
    ("seconds", "chinese", "english"),
    [
        (0, "0秒", "0 s"),
        (45, "45秒", "45 s"),
        (540, "9分钟", "9 min"),
        (7200, "2小时", "2 h"),
        (7260, "2小时1分", "2 h 1 min"),
        (176400, "2天1小时", "2 d 1 h"),
        (-60, "-1分钟", "-1 min"),
    ],
)
def test_a_duration_reads_in_its_two_largest_units(seconds: int, chinese: str, english: str) -> None:
    assert filters.duration(seconds) == chinese
    assert filters.duration(timedelta(seconds=seconds)) == chinese
    with translation.override("en"):
        assert filters.duration(seconds) == english


@pytest.mark.parametrize(
    ("hours", "words"), [(-1, "09:00"), (-11, "昨天 23:00"), (15, "明天 01:00"), (-24 * 20, "02-12 10:00"), (-24 * 400, "2024-01-29 10:00")]
)
def test_a_moment_is_as_short_as_now_allows(hours: int, words: str) -> None:
    assert filters.when(NOW + timedelta(hours=hours), NOW) == words


@pytest.mark.parametrize(("minutes", "words"), [(0, "刚刚"), (-3, "3分钟前"), (-125, "2小时前"), (-60 * 50, "2天前"), (30, "30分钟后")])
def test_a_relative_time_takes_now_from_its_caller(minutes: int, words: str) -> None:
    assert filters.ago(NOW + timedelta(minutes=minutes), NOW) == words


def test_times_are_shown_in_the_active_zone() -> None:
    assert filters.format_datetime(NOW) == "2025-03-04 10:00"
    assert filters.format_time(NOW) == "10:00"
    assert filters.format_date(datetime(2025, 3, 3, 17, 0, tzinfo=UTC)) == "2025-03-04"
    assert filters.format_date(date(2025, 3, 4)) == "2025-03-04"


def test_nothing_reads_as_a_dash() -> None:
    assert {filters.format_date(None), filters.when(None, NOW), filters.duration(None), filters.number(None), filters.percent(None)} == {
        "—"
    }


def test_numbers_are_grouped_and_shares_are_percent() -> None:
    assert filters.number(1234567) == "1,234,567"
    assert filters.number(1234.5, 2) == "1,234.50"
    assert filters.percent(0.9825) == "98.2%"
    assert [filters.file_size(n) for n in (999, 1_400_000, 20_000_000)] == ["999 B", "1.4 MB", "20.0 MB"]


def test_an_avatar_shows_given_name_or_letters() -> None:
    assert [filters.initials(name) for name in ("王小明", "Ann Example", "李雷", "")] == ["小明", "AE", "李雷", ""]


def test_a_sparkline_stays_in_its_box_even_when_flat() -> None:
    assert filters.sparkline([5]) == ""
    assert filters.sparkline([5, 5, 5]).split()[0] == "2.0,22.0"
