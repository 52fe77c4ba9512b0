"""A small book, and ways to spoil it."""

from __future__ import annotations

from dataclasses import dataclass

from banjie.rulebook.check import check
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


@dataclass(frozen=True)
class Spoiled:
    """What `check` said of the small book after one line was changed."""

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


def spoil(old: str, new: str) -> Spoiled:
    """Replace a piece that stands once in the small book, and check the result."""
    assert SMALL.count(old) == 1, f"{old} stands {SMALL.count(old)} times"
    text = SMALL.replace(old, new)
    line = SMALL[: SMALL.index(old)].count("\n")
    return Spoiled(check(text).problems, line + 1, text.splitlines()[line])
