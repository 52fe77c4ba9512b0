"""What units register before tickets are sent to them, and the limits that they set for themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, transaction

from banjie.deadlines.models import Clock, UnitRegistration
from banjie.deadlines.registration import lacking, register_unit
from banjie.dispatch.choosing import UnitNotRegistered
from banjie.kernel.errors import InvalidInput, NotPermitted, Refused
from banjie.people.grants import forget
from banjie.people.models import Role
from tests.pos import moment
from tests.regulation import Regulation, install

BOOK = """\
rulebook: registered-book
title: 流转办法
calendar: cn-24h
clauses:
  第六条: 各单位须登记流转专员、流转环节和处理时限。
roles:
  hq: {title: 总行客服}
  specialist: {title: 流转专员}
registration: {clause: 第六条, by: specialist, role: specialist, limits: handling, texts: {steps: {title: 流转环节}}}
fields:
  text: {title: 内容, as: summary}
  target_unit: {title: 承办单位, kind: unit}
  opinion: {title: 处理意见, kind: long_text}
limits:
  handling: {title: 处理时限, clause: 第六条, per: unit}
types:
  slip: {title: 工单, process: circulate, start: taken}
processes:
  circulate:
    title: 流转
    states:
      taken: {title: 已受理, stage: dispatch}
      sent: {title: 已流转, stage: handling}
      done: {title: 办结, stage: closing}
    actions:
      take: {title: 受理, verb: accept, by: hq, asks: text}
      send: {title: 流转, verb: dispatch, by: hq, from: taken, to: {direct: sent, relay: sent}, needs: target_unit, match: {relay: specialist}, clause: 第六条}
      answer: {title: 反馈, verb: record, by: specialist, from: sent, to: done, needs: opinion}
    deadlines:
      handled: {title: 限时处理, clause: 第六条, from: sent, until: answer, within: handling, owner: unit}
"""
READY: Mapping[str, str] = {"steps": "专员→负责人→经办"}


@pytest.fixture
def law(db: None) -> Regulation:
    people = {"hu": ("胡总行", "hq", "HQ"), "qian": ("钱专员", "specialist", "CX"), "wang": ("王专员", "specialist", "DX")}
    return install(BOOK, people, {"CX": ("城西支行", "城西"), "DX": ("城东支行", "城东"), "BX": ("城北支行", "城北")})


@contextmanager
def refused(kind: type[Refused]) -> Iterator[None]:
    with pytest.raises(kind), transaction.atomic():
        yield


def register(law: Regulation, unit: str = "CX", limit: str = "8 working hours", *, by: str = "qian") -> UnitRegistration:
    return register_unit(law.program, law.units[unit], {"handling": limit}, READY, by=law.actor(by), at=law.now)


def send(law: Regulation, unit: str = "CX") -> str:
    number = law.open("slip", {"text": "吞卡"}, by="hu")
    law.do(number, "send", {"target_unit": law.units[unit].pk}, by="hu")
    return number


@pytest.mark.req("BNK-11")
def test_a_unit_that_has_registered_nothing_receives_no_ticket_and_the_refusal_names_what_is_missing(law: Regulation) -> None:
    with pytest.raises(UnitNotRegistered) as said, transaction.atomic():
        send(law)
    assert "处理时限、流转环节" in said.value.message

    register(law)

    assert law.state(send(law)) == "sent"


@pytest.mark.req("BNK-11")
def test_a_unit_without_its_specialist_lacks_it(law: Regulation) -> None:
    register(law)
    law.dismiss("qian", "specialist")

    assert lacking(law.program, law.units["CX"].path, law.now) == ["流转专员"]


@pytest.mark.req("BNK-12")
def test_each_unit_keeps_the_limit_that_it_set_for_itself(law: Regulation) -> None:
    register(law, limit="2h")
    register(law, "DX", "1d", by="wang")

    first, second = send(law), send(law, "DX")

    assert Clock.objects.get(ticket__number=first).due_at == moment("2024-06-03 11:00")
    assert Clock.objects.get(ticket__number=second).due_at == moment("2024-06-04 09:00")


def test_a_new_limit_counts_for_new_tickets_and_the_old_one_stays_written(law: Regulation) -> None:
    register(law, limit="2h")
    first = send(law)
    register(law, limit="5h")

    second = send(law)

    assert [Clock.objects.get(ticket__number=n).limit_text for n in (first, second)] == ["2h", "5h"]
    assert UnitRegistration.objects.count() == 2
    with pytest.raises(DatabaseError), transaction.atomic():
        UnitRegistration.objects.update(limits={})


def test_what_is_no_limit_or_missing_is_named(law: Regulation) -> None:
    with pytest.raises(InvalidInput) as wrong, transaction.atomic():
        register_unit(law.program, law.units["CX"], {"handling": "很快"}, {}, by=law.actor("qian"), at=law.now)

    assert [error.field for error in wrong.value.errors] == ["handling", "steps"]


@pytest.mark.parametrize(("unit", "by"), [("CX", "hu"), ("CX", "wang"), ("HQ", "qian")])
def test_only_the_roles_that_the_book_names_register_and_only_their_own_unit(law: Regulation, unit: str, by: str) -> None:
    with refused(NotPermitted):
        register(law, unit, by=by)


def test_who_sees_only_his_own_tickets_registers_his_own_unit_and_no_other(law: Regulation) -> None:
    Role.objects.filter(code="specialist").update(scope=Role.Scope.OWN)
    forget()

    register(law)

    with refused(NotPermitted):
        register(law, "DX")
    assert UnitRegistration.objects.get().unit == law.units["CX"]
