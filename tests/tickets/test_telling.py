"""Whom a rulebook tells: of what is done, of a state that is entered, and of what happens once more."""

from __future__ import annotations

import pytest

from banjie.channels.models import Notification
from tests.regulation import Regulation, install
from tests.service import BOOK, PEOPLE, UNITS, at_north, fault, finished, service_line, told, with_jia


@pytest.fixture
def law(db: None) -> Regulation:
    return service_line()


def test_an_action_tells_whom_its_rule_names_when_a_ticket_is_opened_too(law: Regulation) -> None:
    assert told(fault(law), "told") == ["chi"]


def test_who_does_it_is_not_told_of_it(law: Regulation) -> None:
    number = law.open("fault", {"problem": "无信号"}, by="chi")

    assert told(number, "told") == []


def test_entering_a_state_tells_the_role_of_that_unit_and_the_new_assignee_with_the_states_clause(law: Regulation) -> None:
    number = with_jia(law)

    assert sorted(told(number, "entered")) == ["gao", "jia"]
    assert "一" in Notification.objects.filter(ticket_number=number, kind="entered")[0].clause


def test_the_head_of_another_unit_is_not_told(law: Regulation) -> None:
    number = at_north(law)

    assert told(number, "entered") == ["gao"]


def test_what_stays_in_its_state_tells_nobody_of_it(law: Regulation) -> None:
    number = at_north(law)
    law.do(number, "urge", by="an")

    assert told(number, "entered") == ["gao"]


def test_the_third_time_is_told_and_each_time_after_it(law: Regulation) -> None:
    number = at_north(law)
    for _ in range(2):
        law.do(number, "urge", by="an")
    assert told(number, "repeated") == []

    law.do(number, "urge", by="bo")
    assert told(number, "repeated") == ["chi"]
    law.do(number, "urge", by="an")

    assert told(number, "repeated") == ["chi", "chi"]


def test_times_are_counted_on_one_ticket(law: Regulation) -> None:
    one, two = at_north(law), at_north(law)
    for number in (one, one, two):
        law.do(number, "urge", by="an")

    assert told(two, "repeated") == []


def test_only_times_with_the_outcome_count(law: Regulation) -> None:
    number = finished(law)
    for reached in ("dissatisfied", "unreachable", "satisfied"):
        law.do(number, "call", {"reached": reached}, by="an")
    assert told(number, "repeated") == []

    first = finished(law)
    for reached in ("unreachable", "dissatisfied"):
        law.do(first, "call", {"reached": reached}, by="an")
    assert told(first, "repeated") == []

    again = finished(law)
    for reached in ("dissatisfied", "unreachable", "dissatisfied"):
        law.do(again, "call", {"reached": reached}, by="an")

    assert told(again, "repeated") == ["min"]


@pytest.mark.parametrize(
    "rule",
    ["tell: chief", "tell: [head, assignee], clause: 一", "repeated: {times: 3, notify: chief}"],
    ids=["action", "state", "repeated"],
)
def test_without_its_rule_nobody_is_told(db: None, rule: str) -> None:
    law = install(BOOK.replace(f", {rule}", "", 1), PEOPLE, UNITS)
    number = at_north(law)
    for _ in range(3):
        law.do(number, "urge", by="an")

    kind = {"tell: chief": "told", "repeated: {times: 3, notify: chief}": "repeated"}.get(rule, "entered")
    assert told(number, kind) == []
