"""More time on a running limit: granted by another person, within the caps of the regulation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction

from banjie.deadlines.models import Clock, Finding
from banjie.deadlines.moving import NotExtendable
from banjie.deadlines.sweep import sweep
from banjie.kernel.errors import NotPermitted, Refused
from tests.pos import moment
from tests.regulation import Regulation, install

BOOK = """\
rulebook: extension-book
title: 延期办法
calendar: cn-24h
clauses:
  一: 确需延期的,经批准可延期,合计不超过两天,不超过两次。
roles:
  clerk: {title: 专员}
  boss: {title: 主管}
fields:
  text: {title: 内容, as: summary}
  new_due: {title: 延期至, kind: datetime}
  decision: {title: 审批意见, kind: choice, choices: {approved: 同意, returned: 退回}}
  reason: {title: 原因, kind: long_text}
  result: {title: 结果, kind: long_text}
  fully_solved: {title: 解决, kind: yes_no}
types:
  job: {title: 事项, process: work, start: opened, letter: SX}
processes:
  work:
    title: 办理
    states:
      opened: {title: 待办, stage: handling}
      asking: {title: 申请延期, stage: approval}
      done: {title: 已办结, stage: closing}
    actions:
      take: {title: 受理, verb: accept, by: clerk, asks: text}
      more: {title: 延期, verb: extend, by: [boss, clerk], from: opened, needs: [new_due, reason], extends: {deadline: handled, to: new_due, at_most: 2d, times: 2}, clause: 一}
      ask: {title: 申请延期, verb: record, by: clerk, from: opened, to: asking, needs: [new_due, reason]}
      grant: {title: 批准延期, verb: approve, by: boss, from: asking, to: {approved: opened, returned: opened}, needs: decision, asks: reason, signoff: more, extends: {deadline: handled, to: new_due, at_most: 2d, times: 2}, clause: 一}
      finish: {title: 办结, verb: complete, by: clerk, from: opened, to: done, needs: [result, fully_solved]}
    deadlines:
      handled: {title: 限时办结, clause: 一, from: take, until: finish, within: 24h, owner: opener}
    signoffs:
      more: {title: 延期审批, clause: 一, steps: [{by: boss}]}
"""


@pytest.fixture
def law(db: None) -> Regulation:
    return install(BOOK, {"lan": ("兰专员", "clerk", "HQ"), "bo": ("薄主管", "boss", "HQ")})


@pytest.fixture
def number(law: Regulation) -> str:
    return law.open("job", {"text": "无信号"}, by="lan")


@contextmanager
def refused(kind: type[Refused]) -> Iterator[None]:
    with pytest.raises(kind), transaction.atomic():
        yield


def more(law: Regulation, number: str, until: str, *, by: str = "bo") -> None:
    law.do(number, "more", {"new_due": until, "reason": "等配件"}, by=by)


def test_the_limit_moves_and_both_times_stay_written(law: Regulation, number: str) -> None:
    more(law, number, "2024-06-05 09:00")

    assert Clock.objects.get(ticket__number=number).due_at == moment("2024-06-05 09:00") == law.ticket(number).due_at
    payload = law.events(number)[-1].payload
    assert (payload["before"][:10], payload["due_at"][:10]) == ("2024-06-04", "2024-06-05")
    assert sweep(moment("2024-06-04 10:00")) == 0
    assert sweep(moment("2024-06-05 09:01")) == 1
    assert Finding.objects.get().outcome == "breached"


@pytest.mark.parametrize("until", ["2024-06-04 09:00", "2024-06-03 12:00", "2024-06-06 09:01"])
def test_not_earlier_than_now_due_and_not_further_than_the_cap(law: Regulation, number: str, until: str) -> None:
    with refused(NotExtendable):
        more(law, number, until)


def test_the_cap_counts_from_the_first_due_time_and_the_times_are_counted(law: Regulation, number: str) -> None:
    more(law, number, "2024-06-05 09:00")
    with refused(NotExtendable):
        more(law, number, "2024-06-07 09:00")
    more(law, number, "2024-06-06 08:00")
    with refused(NotExtendable):
        more(law, number, "2024-06-06 09:00")


def test_what_is_broken_or_does_not_run_is_not_extended(law: Regulation, number: str) -> None:
    law.at("2024-06-04 09:01")
    with refused(NotExtendable):
        more(law, number, "2024-06-05 09:00")


def test_nobody_extends_his_own_limit(law: Regulation, number: str) -> None:
    ticket = law.ticket(number)
    ticket.assignee = law.members["lan"]
    ticket.save(update_fields=["assignee"])

    with refused(NotPermitted):
        more(law, number, "2024-06-05 09:00", by="lan")


def test_an_approved_request_extends_and_a_returned_one_does_not(law: Regulation, number: str) -> None:
    law.do(number, "ask", {"new_due": "2024-06-05 09:00", "reason": "等配件"}, by="lan")
    assert Clock.objects.get(ticket__number=number).due_at == moment("2024-06-04 09:00")
    law.do(number, "grant", {"decision": "returned", "reason": "不必"}, by="bo")
    assert Clock.objects.get(ticket__number=number).due_at == moment("2024-06-04 09:00")
    law.pass_time(minutes=1)
    law.do(number, "ask", {"new_due": "2024-06-05 09:00", "reason": "等配件"}, by="lan")

    law.do(number, "grant", {"decision": "approved"}, by="bo")

    assert Clock.objects.get(ticket__number=number).due_at == moment("2024-06-05 09:00")
