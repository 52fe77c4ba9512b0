"""A small regulation with sign-offs of every kind."""

from __future__ import annotations

import pytest
from django.utils import timezone

from banjie.people.grants import forget
from banjie.people.models import Member
from tests.regulation import Regulation, install
from tools import messages

BOOK = """\
rulebook: purchase
title: 采购审批办法
calendar: cn-24h
clauses:
  一: 采购须经审批。
  二: 大额采购由两名经理审批。
roles:
  staff: {title: 员工}
  head: {title: 部门负责人}
  finance: {title: 财务}
  legal: {title: 法务}
  manager: {title: 经理}
fields:
  item: {title: 采购内容, as: summary}
  amount: {title: 金额, kind: money}
  proposals: {title: 方案, kind: rows, fields: {plan: {title: 方案}}}
  decision: {title: 审批意见, kind: choice, choices: {approved: 同意, returned: 退回, rejected: 否决}}
  chosen: {title: 选定方案, kind: number}
  instruction: {title: 批示, kind: long_text}
  signer: {title: 转签人, kind: person}
  reason: {title: 原因, kind: long_text}
  note: {title: 说明, kind: long_text}
types:
  purchase: {title: 采购申请, process: purchase, start: drafted, letter: CG}
  meeting: {title: 会签申请, process: meeting, start: drafted, letter: HQ}
  choice: {title: 方案选择, process: choosing, start: drafted, letter: FA}
processes:
  purchase:
    title: 采购
    states:
      drafted: {title: 草稿, stage: intake}
      signing: {title: 审批中, stage: approval}
      granted: {title: 已批准, stage: closing}
      refused: {title: 已否决, stage: closing}
    actions:
      draft: {title: 填写, verb: accept, by: [staff, head], asks: [item, amount]}
      amend: {title: 修改, verb: register, by: [staff, head, finance], from: [drafted, signing], asks: [item, amount]}
      submit: {title: 提交, verb: record, by: [staff, head], from: drafted, to: signing, needs: [item, amount], clause: 一}
      sign: {title: 审批, verb: approve, by: [head, finance, legal, manager], from: signing, to: {approved: granted, returned: drafted, rejected: refused}, needs: decision, asks: reason, signoff: purchase, clause: 一}
      pass_on: {title: 转签, verb: hand_over, by: [head, finance, legal, manager], from: signing, needs: [signer, reason], signoff: purchase, clause: 一}
      take_back: {title: 撤回, verb: withdraw, by: opener, from: signing, to: drafted}
      remark: {title: 备注, verb: comment, by: staff, needs: note}
      cancel: {title: 撤销, verb: cancel, by: staff, to: refused, needs: reason}
    signoffs:
      purchase:
        title: 采购审批
        clause: 一
        steps:
          - {title: 部门负责人, by: head}
          - {title: 会签, by: [finance, legal], need: all}
          - {title: 两名经理, by: manager, need: 2, when: amount > 10000.0}
  meeting:
    title: 会签
    states:
      drafted: {title: 草稿, stage: intake}
      signing: {title: 会签中, stage: approval}
      granted: {title: 已通过, stage: closing}
    actions:
      open: {title: 填写, verb: accept, by: staff, asks: item}
      submit: {title: 提交, verb: record, by: staff, from: drafted, to: signing}
      sign: {title: 会签, verb: approve, by: manager, from: signing, to: {approved: granted, returned: drafted, rejected: drafted}, needs: decision, asks: reason, signoff: all_managers}
      pass_on: {title: 转签, verb: hand_over, by: manager, from: signing, needs: [signer, reason], signoff: all_managers}
    signoffs:
      all_managers: {title: 全体经理会签, steps: [{by: manager, need: everyone}]}
  choosing:
    title: 方案选择
    states:
      drafted: {title: 草稿, stage: intake}
      deciding: {title: 待选定, stage: approval}
      running: {title: 执行中, stage: handling}
      done: {title: 完成, stage: closing}
    actions:
      open: {title: 填写, verb: accept, by: staff, asks: [item, proposals]}
      submit: {title: 提交方案, verb: record, by: staff, from: drafted, to: deciding, needs: proposals}
      decide: {title: 选定方案, verb: approve, by: manager, from: deciding, to: {approved: running, returned: drafted, rejected: drafted}, needs: decision, asks: [chosen, instruction, reason], signoff: leader}
      finish: {title: 完成, verb: close, by: staff, from: running, to: done}
    signoffs:
      leader: {title: 主管领导批示, choose: proposals, steps: [{by: manager}]}
"""
PEOPLE = {
    "chen": ("陈员工", "staff", "HQ"),
    "du": ("杜负责", "head", "HQ"),
    "fan": ("范财务", "finance", "HQ"),
    "fei": ("费财务", "finance", "HQ"),
    "lei": ("雷法务", "legal", "HQ"),
    "ma": ("马经理", "manager", "HQ"),
    "mei": ("梅经理", "manager", "HQ"),
    "mo": ("莫经理", "manager", "HQ"),
    "zhou": ("周员工", "staff", "HQ"),
}


@pytest.fixture
def law(db: None) -> Regulation:
    return install(BOOK, PEOPLE)


@pytest.fixture
def submitted(law: Regulation) -> str:
    """Return a purchase of 500 that waits for its first signature."""
    number = law.open("purchase", {"item": "打印纸", "amount": "500"}, by="chen")
    law.do(number, "submit", by="chen")
    return number


@pytest.fixture
def today(law: Regulation) -> Regulation:
    """Return the regulation at the present time, with people who may sign in: doors read the clock themselves."""
    messages.compile_all()
    Member.objects.update(must_change_password=False)
    forget()
    law.now = timezone.now()
    return law
