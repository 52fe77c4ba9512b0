"""A book whose limits count working hours, with a pause, a ladder, a date and a timer; and another to change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from banjie.people.actor import Actor
from banjie.rulebook.program import Program
from banjie.rulebook.queries import program_of
from banjie.rulebook.verbs.versions import activate, propose, save_draft
from banjie.tickets.lifecycle import perform
from banjie.tickets.opening import open_ticket
from banjie.worktime.verbs.install_shipped import install_shipped_calendars
from tests.cast import BUILDER, LONG_AGO, Cast

OFFICE = """\
rulebook: office-work
title: 办公办法
calendar: cn-office
clauses: {一: 四个工作小时内办结。, 二: 交费期满前十五天通知。, 三: 三天后归档。}
roles: {hq_agent: {title: 客服}, hq_supervisor: {title: 主管}}
fields:
  phone: {title: 电话, kind: phone, as: phone}
  fee_until: {title: 交费期满, kind: date}
  blocked_side: {title: 原因方}
  blocked_reason: {title: 原因}
  result: {title: 结果}
  fully_solved: {title: 解决, kind: yes_no}
  reason: {title: 理由}
types: {job: {title: 事项, process: work, start: opened}}
processes:
  work:
    title: 办理
    states:
      opened: {title: 待办, stage: handling}
      waiting: {title: 等待, stage: handling}
      done: {title: 已办, stage: verification}
      closed: {title: 办结, stage: closing}
    actions:
      accept: {title: 受理, verb: accept, by: hq_agent, asks: [phone, fee_until]}
      wait: {title: 等待, verb: report_blocked, by: hq_agent, from: opened, to: waiting, needs: [blocked_side, blocked_reason]}
      go_on: {title: 继续, verb: reopen, by: hq_agent, from: waiting, to: opened, needs: reason}
      finish: {title: 办完, verb: complete, by: hq_agent, from: [opened, waiting], to: done, needs: [result, fully_solved]}
      close: {title: 归档, verb: close, by: hq_agent, from: done, to: closed}
    deadlines:
      finished:
        title: 限时办结
        clause: 一
        from: opened
        until: done
        within: 4 working hours
        warn: 50%
        pause_in: waiting
        owner: opener
        on_warn: responsible
        on_breach:
          - notify: responsible
          - {after: 2 working hours, notify: hq_supervisor}
          - {after: 1 working day, notify: hq_supervisor}
      notified: {title: 到期通知, clause: 二, from: opened, until: done, due: fee_until - 15d}
    timers:
      file: {in: done, after: 3 working days, do: close, clause: 三}
"""


@dataclass
class Office:
    """The office book at work."""

    cast: Cast
    program: Program

    def open(self, at: datetime, payload: Mapping[str, Any] | None = None) -> str:
        """Accept a job as Li."""
        return open_ticket(self.program, "job", payload or {}, by=self.cast.li.actor, at=at).number

    def wait(self, number: str, at: datetime) -> None:
        """Wait for the customer."""
        self.do(number, "wait", {"blocked_side": "客户", "blocked_reason": "等材料"}, at)

    def go_on(self, number: str, at: datetime) -> None:
        """Go on after waiting."""
        self.do(number, "go_on", {"reason": "材料齐了"}, at)

    def finish(self, number: str, at: datetime) -> None:
        """Finish the job."""
        self.do(number, "finish", {"result": "办好", "fully_solved": True}, at)

    def do(self, number: str, action: str, payload: Mapping[str, Any], at: datetime, by: Actor | None = None) -> None:
        """Do any action, as Li unless told otherwise."""
        perform(number, action, payload, by=by or self.cast.li.actor, at=at)


def activated(text: str, at: datetime = LONG_AGO) -> Program:
    """Bring a text to work as the next version of its book."""
    version = save_draft(text, by=BUILDER, at=at)
    propose(version.pk, by=BUILDER, at=at)
    activate(version.pk, by=BUILDER, at=at)
    return program_of(version.pk)


def office(cast: Cast, text: str = OFFICE) -> Office:
    """Return the office at work, with the calendars of 2024."""
    install_shipped_calendars(by=BUILDER, at=datetime(2024, 1, 1, tzinfo=LONG_AGO.tzinfo))
    return Office(cast, activated(text))
