"""Durations as managers write them and people read them."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from fractions import Fraction

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from banjie.worktime.arithmetic import BadDuration, Duration, DurationKind, format_duration, parse_duration
from banjie.worktime.durations import SECOND, WORKING_DAY

CLOCK, HOURS, DAYS = DurationKind.CLOCK, DurationKind.WORKING_HOURS, DurationKind.WORKING_DAYS


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("10m", 600), ("4h", 14400), ("24h", 86400), ("2d", 172800), ("10分钟", 600), ("2小时", 7200), ("1天", 86400), ("1 week", 604800),
        ("1h30m", 5400), ("1小时30分", 5400), ("一个半小时", 5400), ("半小时", 1800), ("half an hour", 1800), ("十五分钟", 900),
        ("二十四小时", 86400), ("１０分钟", 600), ("within 5 minutes", 300), ("30分钟内", 1800), ("90秒", 90), ("1.5h", 5400), ("三十天", 2592000),
    ],
)  # fmt: skip
def test_clock_time_is_understood_in_both_languages(text: str, seconds: int) -> None:
    assert parse_duration(text) == Duration.clock(timedelta(seconds=seconds))


@pytest.mark.req("PLT-03")
@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("8 working hours", 28800), ("8个工作小时", 28800), ("8工作小时", 28800), ("8工时", 28800), ("90 working minutes", 5400),
        ("2 business hours", 7200), ("1小时30分钟工作时间", 5400),
    ],
)  # fmt: skip
def test_working_hours_are_understood_in_both_languages(text: str, seconds: int) -> None:
    assert parse_duration(text) == Duration.working_time(timedelta(seconds=seconds))


@pytest.mark.req("CHC-09")
@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("3 working days", 3), ("3个工作日", 3), ("三个工作日内", 3), ("0.5 working day", 0.5), ("半个工作日", 0.5), ("half working day", 0.5),
        ("half a working day", 0.5), ("1.5 workdays", 1.5), ("两个半工作日", 2.5), ("1 business day", 1),
    ],
)  # fmt: skip
def test_working_days_are_understood_in_both_languages(text: str, days: float) -> None:
    assert parse_duration(text) == Duration.working_days(days)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not a length of time"), ("soon", "Write for example 10m"), ("1 month", "Months and years differ"), ("5", "not a length"),
        ("-5m", "not a length"), ("٣ days", "not a length"), ("9" * 100, "not a length"), ("0m", "longer than zero"), ("半天", "half a working day"),
        ("0.5d", "half a working day"), ("0.3 working days", "whole or half"), ("1 working day 2 hours", "mixes"), ("4000d", "10 years"),
        ("99999999 working days", "10 years"), ("1.0001s", "whole number of seconds"),
    ],
)  # fmt: skip
def test_bad_text_is_refused_with_what_may_be_written(text: str, says: str) -> None:
    with translation.override("en"), pytest.raises(BadDuration, match=says):
        parse_duration(text)


@given(st.text(max_size=80))
def test_any_text_is_either_a_duration_or_refused(text: str) -> None:
    with suppress(BadDuration):
        assert parse_duration(text).amount > 0


@given(
    st.one_of(
        st.integers(1, 10 * 366 * 86400).map(lambda n: Duration(CLOCK, n * SECOND)),
        st.integers(1, 10 * 366 * 86400).map(lambda n: Duration(HOURS, n * SECOND)),
        st.integers(1, 20 * 366).map(lambda n: Duration(DAYS, n * WORKING_DAY // 2)),
    ),
    st.sampled_from(["zh-hans", "en"]),
)
def test_what_is_written_for_people_reads_back_the_same(duration: Duration, language: str) -> None:
    assert parse_duration(format_duration(duration, language)) == duration


@pytest.mark.parametrize(
    ("text", "chinese", "english"),
    [
        ("10m", "10分钟", "10 minutes"),
        ("24h", "24小时", "24 hours"),
        ("1h30m", "1小时30分钟", "1 hour 30 minutes"),
        ("15d", "15天", "15 days"),
        ("2 working days", "2个工作日", "2 working days"),
        ("1 working day", "1个工作日", "1 working day"),
        ("half working day", "半个工作日", "half a working day"),
        ("8 working hours", "8个工作小时", "8 working hours"),
        ("90 working minutes", "1小时30分钟工作时间", "1 hour 30 minutes of working time"),
    ],
)
def test_durations_read_naturally(text: str, chinese: str, english: str) -> None:
    assert format_duration(parse_duration(text), "zh-hans") == chinese
    assert format_duration(parse_duration(text), "en") == english


def test_what_is_left_of_a_limit_is_written_rounded() -> None:
    assert format_duration(Duration.working_days(Fraction(1, 3)), "zh-hans") == "0.33个工作日"
    assert format_duration(-Duration.clock(timedelta(minutes=5, microseconds=9)), "en") == "-5 minutes"
    assert format_duration(Duration.clock(timedelta(0)), "zh-hans") == "0分钟"


def test_durations_reckon_within_one_kind_only() -> None:
    limit = parse_duration("4h")

    assert limit * 0.75 == parse_duration("3h")
    assert parse_duration("1h") / limit == 0.25
    assert max(limit, parse_duration("5h")) == parse_duration("5h")
    assert limit - limit == Duration(CLOCK, 0)
    assert not limit - limit
    with pytest.raises(TypeError):
        limit + parse_duration("1 working day")
    with pytest.raises(TypeError):
        _ = parse_duration("1 working day").timedelta
    with pytest.raises(TypeError):
        _ = limit.days
