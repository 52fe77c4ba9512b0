"""What a rulebook's `must` asks of the entries: refused in its own words, at the field, and nothing happens."""

from __future__ import annotations

import pytest

from banjie.kernel.errors import InvalidInput
from banjie.rulebook.check import check
from banjie.rulebook.explain.acting import of_action
from banjie.tickets.models import Ticket
from tests.regulation import Regulation, install
from tests.tickets.observing import refused

BOOK = """\
rulebook: payment
title: 付款办法
calendar: cn-24h
clauses: {一: 按批准的金额付款。}
roles: {clerk: {title: 出纳}}
fields:
  agreed: {title: 批准金额, kind: money}
  paid: {title: 已付金额, kind: money}
  kind: {title: 方式, kind: choice, choices: {cash: 现金, bank: 转账}}
  differs: {title: 不一致, kind: yes_no, value: agreed != paid}
types:
  petty: {title: 零用, process: paying, start: agreed_on, letter: LY}
  payment: {title: 付款, process: paying, start: agreed_on, letter: FK}
processes:
  paying:
    title: 付款
    states:
      agreed_on: {title: 已批准, stage: handling}
      done: {title: 已付, stage: closing}
    actions:
      open: {title: 登记, verb: accept, by: clerk, asks: [agreed, kind], must: [{that: ticket.type != 'petty' || kind == 'cash', say: 零用只付现金, en: Petty sums are paid in cash}], clause: 一}
      pay: {title: 付款, verb: record, by: clerk, from: agreed_on, to: done, needs: paid, must: [{that: '!differs', say: 须按批准的金额付款}, {that: paid <= 500.0 || kind == 'bank', say: 五百元以上须转账}], clause: 一}
"""


@pytest.fixture
def law(db: None) -> Regulation:
    return install(BOOK, {"chu": ("储出纳", "clerk", "HQ")})


def test_what_does_not_hold_is_refused_in_the_words_of_the_rulebook(law: Regulation) -> None:
    number = law.open("payment", {"agreed": "300", "kind": "cash"}, by="chu")

    with pytest.raises(InvalidInput) as no:
        law.do(number, "pay", {"paid": "310"}, by="chu")

    assert no.value.message == "须按批准的金额付款"
    assert "一" in no.value.clause
    assert law.state(number) == "agreed_on"
    assert "paid" not in law.ticket(number).fields


def test_each_demand_that_fails_is_named_at_a_field_of_the_form(law: Regulation) -> None:
    number = law.open("payment", {"agreed": "300", "kind": "cash"}, by="chu")

    with pytest.raises(InvalidInput) as no:
        law.do(number, "pay", {"paid": "600"}, by="chu")

    assert [(error.field, error.message) for error in no.value.errors] == [("paid", "须按批准的金额付款"), ("paid", "五百元以上须转账")]


def test_what_holds_goes_through_with_what_is_computed_from_this_very_form(law: Regulation) -> None:
    number = law.open("payment", {"agreed": "300", "kind": "cash"}, by="chu")
    assert law.ticket(number).fields["differs"] is True

    law.do(number, "pay", {"paid": "300.00"}, by="chu")

    assert (law.state(number), law.ticket(number).fields["differs"]) == ("done", False)


def test_opening_knows_its_type_and_a_refused_one_leaves_nothing(law: Regulation) -> None:
    with refused(InvalidInput, field="kind"):
        law.open("petty", {"agreed": "300", "kind": "bank"}, by="chu")

    assert not Ticket.objects.exists()
    assert law.open("petty", {"agreed": "300", "kind": "cash"}, by="chu")
    assert law.open("payment", {"agreed": "300", "kind": "bank"}, by="chu")


@pytest.mark.parametrize(
    ("old", "new"), [("that: '!differs'", "that: '!diffres'"), ("that: '!differs'", "that: paid <="), ("!differs'", "!paid'")]
)
def test_a_wrong_demand_is_named_by_check(old: str, new: str) -> None:
    assert [problem.message for problem in check(BOOK).problems] == []

    assert len(check(BOOK.replace(old, new)).problems) == 1


def test_the_explanation_says_what_must_hold(law: Regulation) -> None:
    process = law.program.book.processes["paying"]

    assert "五百元以上须转账" in of_action(law.program.book, process, process.actions["pay"])


COMPUTED = BOOK.replace("  differs:", "  double: {title: 两倍, kind: money, as: summary, value: agreed * 2.0}\n  differs:")


@pytest.mark.usefixtures("db")
def test_computed_money_is_kept_like_entered_money_and_may_fill_a_column_of_every_ticket() -> None:
    law = install(COMPUTED, {"chu": ("储出纳", "clerk", "HQ")})

    ticket = law.ticket(law.open("payment", {"agreed": "300"}, by="chu"))

    assert (ticket.fields["double"], ticket.summary) == ("600.00", "600.00")
