"""Periods, their steps, and what comes before them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.http import QueryDict

from banjie.insight.forms import asked_of, query_of
from banjie.insight.period import Period, custom, period_named
from banjie.kernel.errors import InvalidInput
from tests.pos import Pos, moment

TODAY = date(2024, 8, 15)


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("today", "2024-08-15", "2024-08-15"),
        ("yesterday", "2024-08-14", "2024-08-14"),
        ("week", "2024-08-09", "2024-08-15"),
        ("month", "2024-08-01", "2024-08-15"),
        ("quarter", "2024-07-01", "2024-08-15"),
        ("nonsense", "2024-08-01", "2024-08-15"),
    ],
)
def test_a_named_period_ends_today_or_yesterday(name: str, first: str, last: str) -> None:
    period = period_named(name, TODAY)

    assert (str(period.first), str(period.last)) == (first, last)


def test_a_period_is_whole_days_of_shanghai_and_has_one_of_the_same_length_before() -> None:
    period = Period(date(2024, 6, 3), date(2024, 6, 5))

    assert (period.begin, period.end) == (moment("2024-06-03 00:00"), moment("2024-06-06 00:00"))
    assert (period.before().first, period.before().last) == (date(2024, 5, 31), date(2024, 6, 2))
    assert period.before().end == period.begin


@pytest.mark.parametrize(("days", "steps"), [(1, 1), (62, 62), (63, 9), (365, 53), (401, 14)])
def test_a_trend_has_days_then_weeks_then_months(days: int, steps: int) -> None:
    first = date(2024, 1, 1)
    period = Period(first, first + timedelta(days=days - 1))

    found = period.steps()

    assert len(found) == steps
    assert found[0] == first
    assert all(day <= period.last for day in found)
    assert found == sorted(set(found))


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (date(2024, 6, 2), date(2024, 6, 1), "last"),
        (date(2022, 6, 1), date(2024, 6, 1), "last"),
        (date(1999, 6, 1), date(1999, 6, 2), "first"),
        (date(2999, 12, 1), date(3000, 1, 1), "last"),
    ],
)
def test_impossible_periods_are_refused_with_their_place(first: date, last: date, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        custom(first, last)

    assert [e.field for e in refused.value.errors] == [field]


def test_days_in_the_wrong_order_are_put_right_and_a_known_period_keeps_its_name(pos: Pos) -> None:
    def asked(text: str) -> Period:
        found = asked_of(QueryDict(text), [pos.program], TODAY)
        assert found is not None
        return found.period

    assert asked("first=2024-06-30&last=2024-06-01") == Period(date(2024, 6, 1), date(2024, 6, 30))
    assert asked("first=2024-08-01&last=2024-08-15").name == "month"
    assert asked("first=2024-08-13").days == 1
    assert asked("first=abc&last=2024-13-45").name == "month"
    assert asked("period=yesterday").days == 1


def test_an_address_asks_for_the_same_again(pos: Pos) -> None:
    first = asked_of(QueryDict("period=quarter&unit=3&type=question"), [pos.program], TODAY)
    assert first is not None

    assert asked_of(QueryDict(query_of(first)), [pos.program], TODAY) == first
