"""A small regulation whose forms change while they are filled: returns and refunds, taken by the second-level service."""

from __future__ import annotations

from datetime import datetime

from banjie.rulebook.program import Program
from banjie.rulebook.queries import active_program
from banjie.rulebook.verbs.versions import activate, propose, save_draft
from tests.cast import BUILDER

SLUG = "zz-returns"
RETURNS = """\
rulebook: zz-returns
title: 退换货办法
en: Returns
calendar: cn-24h
clauses:
  一: 退换货登记处理方式；退款登记金额，超过1000元的说明理由，超过5000元的必须说明。
roles:
  second_level: {title: 二级客服}
fields:
  problem: {title: 情况, en: What happened, as: summary}
  way: {title: 处理方式, en: Way, kind: choice, choices: {refund: {title: 退款, en: Refund}, exchange: {title: 换货, en: Exchange}}}
  amount: {title: 退款金额, en: Amount, kind: money, unit: 元, show_if: way == 'refund', need_if: way == 'refund'}
  grounds: {title: 大额理由, en: Grounds, show_if: amount > 1000.0, need_if: amount > 5000.0}
  model: {title: 换货型号, en: Model, pattern: '[A-Z]{2}[0-9]{3}', show_if: way == 'exchange'}
  result: {title: 结果}
  fully_solved: {title: 已解决, kind: yes_no}
types:
  goods: {title: 退换货, en: Return, process: work, start: opened, letter: TH}
processes:
  work:
    title: 办理
    states:
      opened: {title: 待办, stage: handling}
      done: {title: 办结, stage: closing}
    actions:
      accept: {title: 受理, verb: accept, by: second_level, clause: 一, asks: [problem, way, amount, grounds, model]}
      register: {title: 登记, verb: register, by: second_level, from: opened, clause: 一, needs: [way, amount], asks: [problem, grounds, model]}
      finish: {title: 办结, verb: complete, by: second_level, from: opened, to: done, needs: [result, fully_solved]}
"""


def install_returns(*, at: datetime) -> Program:
    """Put the regulation to work; the calendars are there."""
    version = save_draft(RETURNS, by=BUILDER, at=at)
    propose(version.pk, by=BUILDER, at=at)
    activate(version.pk, by=BUILDER, at=at)
    return active_program(SLUG)
