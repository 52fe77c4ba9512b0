"""A small regulation whose ledger is counted, frozen and signed."""

from __future__ import annotations

from datetime import date

from banjie.insight.models import FrozenCopy
from banjie.insight.verbs.freeze_ledger import freeze_ledger
from banjie.insight.verbs.sign_copy import sign_copy
from tests.regulation import Regulation, install

BOOK = """\
rulebook: frozen-book
title: 台账披露办法
calendar: cn-24h
clauses:
  一: 建立处理跟踪台账。
  二: 分季披露并上报分管领导。
roles:
  clerk: {title: 专员}
  boss: {title: 分管领导}
  auditor_role: {title: 审计}
  worker: {title: 经办, sees: own}
fields:
  customer: {title: 客户, as: contact}
  phone: {title: 电话, kind: phone, as: phone}
  cause: {title: 原因, kind: choice, choices: {late: 延误, broken: 破损}}
  paid: {title: 已赔付, kind: yes_no}
  measure: {title: 采取的措施, kind: long_text}
  result: {title: 处理结果, kind: long_text}
  fully_solved: {title: 解决, kind: yes_no}
  reached: {title: 回访, kind: choice, choices: {satisfied: 满意, dissatisfied: 不满意, unreachable: 未联系上}}
  handler: {title: 处理人, kind: person, role: worker}
  reason: {title: 原因, kind: long_text}
  note: {title: 说明, kind: long_text}
types:
  case: {title: 投诉, process: work, start: opened, letter: TS}
processes:
  work:
    title: 办理
    states:
      opened: {title: 待派, stage: dispatch}
      handling: {title: 处理中, stage: handling}
      answered: {title: 已答复, stage: verification}
      done: {title: 已办结, stage: closing}
    actions:
      take: {title: 登记, verb: accept, by: clerk, asks: [customer, phone, cause, paid]}
      correct: {title: 更正, verb: register, by: clerk, asks: [customer, phone, cause, paid]}
      assign: {title: 派单, verb: dispatch, by: clerk, from: opened, to: {direct: handling}, needs: handler, match: {role: worker}}
      acknowledge: {title: 接单, verb: acknowledge, by: assignee, from: handling}
      urge: {title: 催办, verb: urge, by: clerk, from: handling, asks: note}
      finish: {title: 答复, verb: complete, by: assignee, from: handling, to: answered, needs: [result, fully_solved], asks: measure}
      call_back: {title: 回访, verb: call_back, by: clerk, from: answered, to: {satisfied: done, dissatisfied: handling}, needs: reached, attempts: {apart: 10m}}
ledgers:
  cases:
    title: 投诉台账
    clause: 一
    types: case
    columns: [customer, phone, cause, paid, measure, ticket.opened_by, ticket.responsible, ticket.dispatched_by, ticket.dispatched_at, ticket.taken_at,
      ticket.completed_at, ticket.first_callback, ticket.last_callback, ticket.callbacks, ticket.urges, ticket.rounds]
    count_by: [cause, paid, ticket.unit, ticket.last_callback, ticket.state, ticket.assignee]
    freeze: {every: quarter, by: clerk, signed_by: [boss, auditor_role], clause: 二}
"""
PEOPLE = {
    "lan": ("兰专员", "clerk hq_supervisor", "HQ"),
    "mei": ("梅专员", "clerk", "EAST"),
    "bo": ("薄领导", "boss", "HQ"),
    "fu": ("傅领导", "boss clerk auditor_role", "HQ"),
    "shen": ("沈审计", "auditor_role", "HQ"),
    "dong": ("董领导", "boss", "EAST"),
    "wei": ("韦经办", "worker", "HQ"),
}
QUARTER = date(2024, 4, 1)


def at_work() -> Regulation:
    """Put it to work on a day of June."""
    return install(BOOK, PEOPLE, {"EAST": ("东区", "东")})


def opened(law: Regulation, by: str = "lan", **entries: object) -> str:
    """Open a case."""
    return law.open("case", {"customer": "王老板", "phone": "13800138000", "cause": "late", **entries}, by=by)


def handled(law: Regulation) -> str:
    """Bring a case to its end: urged twice, called back twice."""
    number = opened(law)
    law.pass_time(minutes=5)
    law.do(number, "assign", {"handler": law.members["wei"].pk}, by="lan")
    law.pass_time(minutes=5)
    law.do(number, "acknowledge", by="wei")
    for _time in range(2):
        law.do(number, "urge", by="lan")
    law.do(number, "finish", {"result": "已答复", "fully_solved": True, "measure": "更换承运商"}, by="wei")
    law.do(number, "call_back", {"reached": "unreachable"}, by="lan")
    law.pass_time(minutes=30)
    law.do(number, "call_back", {"reached": "satisfied"}, by="lan")
    return number


def frozen(law: Regulation, by: str = "lan") -> FrozenCopy:
    """Freeze the second quarter, in July."""
    law.at("2024-07-02 09:00")
    return freeze_ledger("frozen-book", "cases", QUARTER, by=law.actor(by), at=law.now)


def sign(law: Regulation, copy: FrozenCopy, by: str) -> None:
    """Sign a copy as shown."""
    sign_copy(copy.pk, copy.sha256, by=law.actor(by), at=law.now)
