"""A small regulation whose forms ask everything that is drawn in a way of its own, and its people."""

from __future__ import annotations

from django.test import Client
from django.utils import timezone

from banjie.people.access import forget
from tests.regulation import Regulation, install

BOOK = """\
rulebook: form-book
title: 表单办法
calendar: cn-24h
clauses:
  一: 如实填写。
roles:
  agent: {title: 客服}
  supervisor: {title: 主管}
fields:
  what: {title: 事项, as: summary}
  ours: {title: 我方原因, kind: yes_no}
  urgent: {title: 紧急, kind: yes_no}
  why: {title: 为何紧急, show_if: urgent, need_if: urgent}
  checked: {title: 已核对, kind: yes_no}
  offers: {title: 方案, kind: rows, fields: {plan: {title: 办法}, cost: {title: 费用, kind: money}}}
  decision: {title: 意见, kind: choice, choices: {approved: 同意, returned: 退回}}
  chosen: {title: 选定, kind: number}
  instruction: {title: 批示}
  reason: {title: 原因}
  result: {title: 结果}
  phone: {title: 电话, kind: phone, as: phone}
  papers: {title: 申请材料, kind: file}
  proof: {title: 凭证, kind: file, show_if: size(papers) > 1}
  fully_solved: {title: 已解决, kind: yes_no}
types:
  job: {title: 事项, process: work, start: opened, letter: BD, clause: 一}
  extra: {title: 附案, process: side, start: noted, letter: FA}
processes:
  work:
    title: 办理
    states:
      opened: {title: 待办, stage: handling}
      choosing: {title: 待选, stage: approval}
      agreed: {title: 已定, stage: handling}
      done: {title: 办结, stage: closing}
    actions:
      accept: {title: 受理, verb: accept, by: agent, needs: what, asks: papers}
      judge: {title: 判断, verb: record, by: agent, from: opened, needs: ours, asks: [urgent, why]}
      check: {title: 核对, verb: record, by: agent, from: opened, needs: checked, must: [{that: checked, say: 须先核对。}]}
      hand_in: {title: 交材料, verb: record, by: agent, from: opened, needs: papers, asks: proof, prints: 材料单}
      pair: {title: 收齐, verb: record, by: agent, from: opened, asks: papers, must: [{that: size(papers) == 2, say: 须有两份材料。}]}
      split: {title: 另立, verb: escalate, by: agent, from: opened, needs: reason, tell: supervisor, opens: extra}
      offer: {title: 报方案, verb: record, by: agent, from: opened, to: choosing, needs: offers}
      choose:
        {title: 选定, verb: approve, by: supervisor, from: choosing, to: {approved: agreed, returned: opened},
         needs: decision, asks: [chosen, instruction, reason], signoff: choice, prints: 选定单}
      finish: {title: 办结, verb: complete, by: agent, from: agreed, to: done, needs: [result, fully_solved]}
    signoffs:
      choice: {title: 选方案, choose: offers, steps: [{by: supervisor}]}
  side:
    title: 附案
    states:
      noted: {title: 已记, stage: handling}
      over: {title: 已结, stage: closing}
    actions:
      accept: {title: 记下, verb: accept, by: agent, needs: what, asks: [papers, phone]}
      end: {title: 结束, verb: close, by: agent, from: noted, to: over}
duties:
  look: {title: 每周清理, clause: 一, every: week, over: {states: opened}, do: judge, by: agent}
"""
HTMX = {"HX-Request": "true"}


def at_work() -> Regulation:
    """Put the regulation to work today: an and ann take requests, shen chooses."""
    law = install(BOOK, {"an": ("安客服", "agent", "HQ"), "ann": ("安宁", "agent", "HQ"), "shen": ("沈主管", "supervisor", "HQ")})
    law.now = timezone.now()
    return law


def client(law: Regulation, name: str) -> Client:
    """Return a signed-in browser."""
    forget()
    found = Client()
    found.force_login(law.members[name])
    return found
