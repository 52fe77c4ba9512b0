"""The same problem reported again is proposed, and a new ticket needs a word that it is another one."""

from __future__ import annotations

import pytest
from django.db import transaction

from banjie.tickets.models import Ticket
from banjie.tickets.repeats import RepeatSuspected
from tests.regulation import Regulation, install

BOOK = """\
rulebook: repeat-book
title: 报修办法
calendar: cn-24h
clauses:
  一: 三十日内同一故障不再开单,补充并催办。
roles:
  agent: {title: 坐席}
  worker: {title: 维修员, sees: own}
fields:
  phone: {title: 电话, kind: phone, as: phone}
  problem: {title: 故障, as: summary}
  note: {title: 补充, kind: long_text}
  result: {title: 结果, kind: long_text}
  fully_solved: {title: 解决, kind: yes_no}
types:
  fault: {title: 故障报修, process: work, start: opened, letter: GZ, repeat: {key: phone, within: 30 days, clause: 一}}
  advice: {title: 咨询, process: work, start: opened, letter: ZX}
processes:
  work:
    title: 办理
    states:
      opened: {title: 待办, stage: handling}
      done: {title: 已办结, stage: closing}
    actions:
      take: {title: 受理, verb: accept, by: agent, asks: [phone, problem]}
      add: {title: 补充并催办, verb: append, by: agent, from: any, to: opened, needs: note, clause: 一}
      finish: {title: 办结, verb: complete, by: agent, from: opened, to: done, needs: [result, fully_solved]}
"""
CALL = {"phone": "13800138000", "problem": "无信号"}


@pytest.fixture
def law(db: None) -> Regulation:
    people = {"an": ("安坐席", "agent", "HQ"), "bo": ("薄坐席", "agent", "EAST")}
    law = install(BOOK, people, {"EAST": ("东区", "东")})
    law.at("2024-05-03 10:00")
    return law


def suspected(law: Regulation, kind: str = "fault", *, by: str = "an") -> str:
    with pytest.raises(RepeatSuspected) as refused, transaction.atomic():
        law.open(kind, CALL, by=by)
    assert refused.value.errors[0].field == "is_new"
    return refused.value.message


@pytest.mark.req("HOT-10", "HOT-14")
def test_the_same_fault_within_30_days_opens_no_second_ticket(law: Regulation) -> None:
    first = law.open("fault", CALL, by="an")
    law.at("2024-05-28 09:00")

    assert first in suspected(law)
    assert Ticket.objects.count() == 1


@pytest.mark.req("HOT-14")
def test_30_days_are_inclusive_and_count_from_the_opening(law: Regulation) -> None:
    law.open("fault", CALL, by="an")
    law.at("2024-06-02 23:59")
    suspected(law)

    law.at("2024-06-03 00:00")

    assert law.open("fault", CALL, by="an")


@pytest.mark.req("HOT-10", "HOT-14")
def test_an_ended_ticket_is_proposed_too_and_the_addition_takes_it_up_again(law: Regulation) -> None:
    first = law.open("fault", CALL, by="an")
    law.do(first, "finish", {"result": "换线", "fully_solved": True}, by="an")
    law.at("2024-05-28 09:00")
    assert "已办结" in suspected(law)

    law.do(first, "add", {"note": "又无信号"}, by="an")

    assert (law.state(first), law.ticket(first).round) == ("opened", 2)


def test_the_agent_may_say_that_it_is_another_problem_and_that_is_kept(law: Regulation) -> None:
    first = law.open("fault", CALL, by="an")

    second = law.open("fault", {**CALL, "problem": "光猫坏"}, by="an", is_new=True)

    assert law.events(second)[0].payload["not_repeated"] == [first]
    assert "not_repeated" not in law.events(first)[0].payload


def test_other_types_and_other_phones_are_no_repeats(law: Regulation) -> None:
    law.open("fault", CALL, by="an")

    assert law.open("advice", CALL, by="an")
    assert law.open("fault", {**CALL, "phone": "13900139000"}, by="an")
    assert law.open("fault", {"problem": "无信号"}, by="an")


def test_a_ticket_that_the_agent_may_not_see_is_not_betrayed(law: Regulation) -> None:
    law.open("fault", CALL, by="an")

    assert law.open("fault", CALL, by="bo")


@pytest.mark.req("HOT-11")
def test_what_is_added_stands_in_the_content_as_far_as_there_is_room(law: Regulation) -> None:
    text = BOOK.replace("problem: {title: 故障, as: summary}", "problem: {title: 故障, kind: long_text, as: summary, max: 12}")
    law = install(text.replace("repeat-book", "roomy-book"), {"cai": ("蔡坐席", "agent", "HQ")})
    number = law.open("fault", CALL, by="cai")

    law.do(number, "add", {"note": "又无信号"}, by="cai")
    law.do(number, "add", {"note": "仍然没有任何信号"}, by="cai")

    assert law.ticket(number).fields["problem"] == "无信号\n又无信号"
    assert [event.payload["note"] for event in law.events(number, "add")] == ["又无信号", "仍然没有任何信号"]
