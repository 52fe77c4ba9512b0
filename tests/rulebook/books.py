"""Small books, and ways to spoil them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from banjie.rulebook.check import check
from banjie.rulebook.shipped import shipped_text
from banjie.rulebook.source import Problem

SMALL = """\
rulebook: small-book
title: 小办法
calendar: cn-24h
clauses:
  一: 接到即办。
  二: 每日核实。
roles:
  agent: {title: 客服}
  boss: {title: 主管}
fields:
  phone: {title: 电话, kind: phone, as: phone}
  level: {title: 级别, kind: choice, choices: {high: 高, low: 低}}
  amount: {title: 金额, kind: money}
  lines: {title: 明细, kind: rows, fields: {qty: {title: 数量, kind: number}}}
  visit_at: {title: 上门时间, kind: datetime}
  result: {title: 结果}
  fully_solved: {title: 解决, kind: yes_no}
  verified: {title: 核实}
  note: {title: 说明, kind: long_text}
limits:
  handling: {title: 时效, clause: 一, per: level, values: {high: 2h, low: 8h}}
types:
  job: {title: 事项, process: work, start: opened}
processes:
  work:
    title: 办理
    states:
      opened: {title: 待办, stage: handling}
      done: {title: 办结, stage: closing}
    actions:
      accept: {title: 受理, verb: accept, by: agent, asks: [phone, level]}
      check: {title: 核实, verb: verify, by: agent, from: opened, needs: verified}
      finish: {title: 办结, verb: complete, by: agent, from: opened, to: done, needs: [result, fully_solved]}
    deadlines:
      finished: {title: 限时办结, clause: 一, from: opened, until: finish, within: handling}
duties:
  check_all: {title: 逐一核实, clause: 二, over: {states: opened}, do: check, by: agent}
indicators:
  in_time: {title: 及时率, of: {deadline: finished}}
"""

SIGNED = """\
rulebook: signed-book
title: 会签办法
calendar: cn-24h
clauses:
  一: 先签后办。
roles:
  staff: {title: 员工, en: Staff}
  head: {title: 主任, en: Head}
  boss: {title: 经理, en: Manager}
fields:
  item: {title: 事项, en: Item, as: summary}
  amount: {title: 金额, en: Amount, kind: money}
  proposals: {title: 方案, en: Proposals, kind: rows, fields: {plan: {title: 做法}}}
  level: {title: 级别, en: Level, kind: choice, choices: {grave: {title: 重大, en: Grave}, slight: {title: 一般, en: Slight}}}
  decision: {title: 意见, kind: choice, choices: {approved: 同意, returned: 退回}}
  chosen: {title: 选定, kind: number}
  instruction: {title: 批示}
  signer: {title: 代签人, kind: person}
  reason: {title: 原因}
  note: {title: 说明}
types:
  job: {title: 申请, en: Application, process: work, start: drafted, letter: SQ}
  part: {title: 子项, en: Part, process: parts, start: waiting, letter: ZX}
processes:
  work:
    title: 办理
    states:
      drafted: {title: 拟稿, stage: intake}
      signing: {title: 签批, stage: approval}
      granted: {title: 已批, en: Granted, stage: handling, tell: boss}
      small: {title: 从简, en: In short, stage: handling}
      done: {title: 办结, en: Done, stage: closing}
    actions:
      draft: {title: 拟稿, verb: accept, by: staff, asks: [item, amount, proposals]}
      grade: {title: 定级, verb: classify, by: staff, from: drafted, to: {grave: signing, slight: small}, decided_by: level, needs: level}
      approve: {title: 审批, verb: approve, by: [head, boss], from: signing, to: {approved: granted, returned: drafted}, needs: decision, asks: [reason, chosen, instruction], signoff: both}
      pass_on: {title: 转签, verb: hand_over, by: [head, boss], from: signing, needs: [signer, reason], signoff: both}
      remind: {title: 催办, verb: urge, by: staff, from: granted, repeated: {times: 3, notify: boss}}
      support: {title: 求助, verb: escalate, by: staff, from: granted, needs: reason, tell: [boss, opener]}
      split: {title: 拆分, verb: record, by: staff, from: granted, needs: item, opens: part}
      finish: {title: 办结, verb: close, by: staff, from: [granted, small], to: done, children: {part: finished}}
    signoffs:
      both: {title: 逐级签批, choose: proposals, steps: [{by: head}, {by: [head, boss], need: all}, {by: boss, need: 2, when: amount > 100.0}]}
  parts:
    title: 子项
    states:
      waiting: {title: 待办, stage: handling}
      finished: {title: 已办, en: Finished, stage: closing}
    actions:
      begin: {title: 开始, verb: accept, by: staff, needs: item}
      end: {title: 完成, verb: record, by: staff, from: waiting, to: finished}
"""


@dataclass(frozen=True)
class Spoiled:
    """What `check` said of a book after one line was changed."""

    problems: tuple[Problem, ...]
    line: int
    text: str

    def at(self, piece: str) -> tuple[int, int]:
        """Return line and column of a piece of the changed line."""
        return self.line, self.text.index(piece) + 1

    @property
    def only(self) -> Problem:
        """The single problem."""
        assert len(self.problems) == 1, [str(p) for p in self.problems]
        return self.problems[0]


def spoil(old: str, new: str, book: str = SMALL) -> Spoiled:
    """Replace a piece that stands once in a book, and check the result."""
    assert book.count(old) == 1, f"{old} stands {book.count(old)} times"
    text = book.replace(old, new)
    line = book[: book.index(old)].count("\n")
    return Spoiled(check(text).problems, line + 1, text.splitlines()[line])


def as_its_text_leaves_it() -> str:
    """Return the regulation of service exceptions with its limits blank, as the original has them."""
    before, limits, after = re.split(r"(?ms)^(limits:.*?)(?=^types:)", shipped_text("service-exception"))
    return before + re.sub(r"values: [^}]+}", "values: unset}", limits) + after
