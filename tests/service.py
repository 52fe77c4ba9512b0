"""A service line at work: signing for work, telling, tickets below others. Each small enough to be read at a glance."""

from __future__ import annotations

from banjie.channels.models import Notification
from tests.regulation import Regulation, install

BOOK = """\
rulebook: service-line
title: 服务热线办法
calendar: cn-24h
clauses:
  一: 工区判断责任，签收或拒签。
  二: 处理不了的及时向上级报告。
roles:
  agent: {title: 坐席}
  chief: {title: 热线主管}
  head: {title: 工区长}
  tech: {title: 维护员, sees: own}
  manager: {title: 经理}
fields:
  phone: {title: 电话, kind: phone, as: phone}
  problem: {title: 问题, as: summary}
  place: {title: 地点}
  level: {title: 级别, kind: choice, as: level, choices: {grave: 重大, slight: 一般}}
  technician: {title: 维护员, kind: person, role: tech}
  target_unit: {title: 工区, kind: unit}
  amount: {title: 金额, kind: money}
  finding: {title: 检查结果, kind: choice, choices: {passed: 合格, failed: 不合格}}
  reached: {title: 回访, kind: choice, choices: {satisfied: 满意, dissatisfied: 不满意, unreachable: 未接通}}
  result: {title: 结果}
  fully_solved: {title: 已解决, kind: yes_no}
  reason: {title: 原因}
  note: {title: 说明}
types:
  fault: {title: 报修, process: work, start: undispatched, letter: GZ}
  errand: {title: 外勤, process: errand, start: waiting, letter: WQ}
processes:
  work:
    title: 办理
    states:
      undispatched: {title: 未派单, stage: dispatch}
      dispatched: {title: 已派单, stage: dispatch, tell: [head, assignee], clause: 一}
      signed: {title: 已签收, stage: handling}
      checked: {title: 待核查, stage: verification}
      settled: {title: 已了结, stage: closing}
      filed: {title: 已归档, stage: archive}
    actions:
      accept: {title: 受理, verb: accept, by: [agent, chief], asks: [phone, problem, place], tell: chief}
      classify: {title: 定级, verb: classify, by: agent, from: undispatched, to: {grave: undispatched, slight: settled}, decided_by: level, needs: level, asks: place}
      note_down: {title: 登记, verb: record, by: agent, from: undispatched, asks: [place, reason]}
      dispatch: {title: 派单, verb: dispatch, by: agent, from: undispatched, to: {direct: dispatched, relay: dispatched}, asks: [technician, target_unit], match: {relay: head, role: tech}}
      sign: {title: 签收, verb: sign, by: [assignee, head], from: dispatched, to: signed, clause: 一}
      refuse: {title: 拒签, verb: refuse, by: [assignee, head], from: dispatched, to: undispatched, needs: reason, match: {relay: agent}, clause: 一}
      add: {title: 追加, verb: append, by: agent, from: [dispatched, signed, settled], to: undispatched, needs: note}
      urge: {title: 催办, verb: urge, by: agent, from: any, repeated: {times: 3, notify: chief}}
      support: {title: 求助, verb: escalate, by: [assignee, head], from: signed, needs: reason, tell: [manager, opener], clause: 二}
      report: {title: 报进度, verb: progress, by: assignee, from: signed, needs: note, tell: opener}
      bill: {title: 收费, verb: charge, by: assignee, from: signed, needs: amount, asks: note}
      finish: {title: 完成, verb: complete, by: assignee, from: signed, to: checked, needs: [result, fully_solved]}
      call: {title: 回访, verb: call_back, by: agent, from: checked, to: {satisfied: settled, dissatisfied: checked}, needs: reached, repeated: {times: 2, notify: manager, outcome: dissatisfied}}
      inspect: {title: 核查, verb: inspect, by: [agent, assignee], from: checked, to: {passed: settled, failed: signed}, needs: finding, asks: note}
      file: {title: 归档, verb: archive, by: agent, from: [checked, settled], to: filed}
      send_out: {title: 派外勤, verb: record, by: agent, from: undispatched, asks: [place, note], opens: errand}
      hand_on: {title: 转总务, verb: record, by: agent, from: undispatched, asks: note, opens: household/task}
      close: {title: 结案, verb: close, by: agent, from: undispatched, to: settled, children: {errand: done}}
      close_task: {title: 总务结案, verb: close, by: agent, from: undispatched, to: settled, children: {household/task: done}}
  errand:
    title: 外勤
    states:
      waiting: {title: 待出发, stage: handling}
      done: {title: 已办妥, stage: closing}
      lost: {title: 未办成, stage: closing}
    actions:
      begin: {title: 开始, verb: accept, by: tech, needs: [problem, place]}
      end: {title: 办妥, verb: record, by: agent, from: waiting, to: done}
      fail: {title: 未办成, verb: record, by: agent, from: waiting, to: lost}
"""
HOUSEHOLD = """\
rulebook: household
title: 总务办法
calendar: cn-24h
clauses:
  一: 总务事项随到随办。
roles:
  clerk: {title: 总务}
fields:
  problem: {title: 事项, as: summary}
types:
  task: {title: 总务事项, process: task, start: waiting, letter: ZW}
processes:
  task:
    title: 办理
    states:
      waiting: {title: 待办, stage: handling}
      done: {title: 已办, stage: closing}
    actions:
      begin: {title: 登记, verb: accept, by: clerk, needs: problem}
      end: {title: 办妥, verb: record, by: clerk, from: waiting, to: done}
"""
PEOPLE = {
    "an": ("安坐席", "agent", "HQ"),
    "bo": ("薄坐席", "agent", "HQ"),
    "chi": ("迟主管", "chief", "HQ"),
    "gao": ("高工区", "head", "NORTH"),
    "jia": ("贾维护", "tech", "NORTH"),
    "kong": ("孔维护", "tech", "NORTH"),
    "lu": ("陆工区", "head", "SOUTH"),
    "min": ("闵经理", "manager", "HQ"),
}
UNITS = {"NORTH": ("北区", "北"), "SOUTH": ("南区", "南")}


def service_line() -> Regulation:
    """Put the service line to work."""
    return install(BOOK, PEOPLE, UNITS)


def household() -> Regulation:
    """Put the other rulebook to work, beside the service line."""
    return install(HOUSEHOLD, {"quan": ("全总务", "clerk", "HQ")})


def fault(law: Regulation, **fields: str) -> str:
    """Open a fault by `an`; return its number."""
    return law.open("fault", {"problem": "无信号", **fields}, by="an")


def at_north(law: Regulation) -> str:
    """Return a fault that was dispatched to the northern unit as a whole."""
    number = fault(law)
    law.do(number, "dispatch", {"target_unit": law.units["NORTH"].pk}, by="an")
    return number


def with_jia(law: Regulation) -> str:
    """Return a fault that was dispatched to jia."""
    number = fault(law)
    law.do(number, "dispatch", {"technician": law.members["jia"].pk}, by="an")
    return number


def signed(law: Regulation) -> str:
    """Return a fault that jia has signed for."""
    number = with_jia(law)
    law.do(number, "sign", by="jia")
    return number


def finished(law: Regulation) -> str:
    """Return a fault that jia has worked and that is to be checked."""
    number = signed(law)
    law.do(number, "finish", {"result": "已修复", "fully_solved": True}, by="jia")
    return number


def told(number: str, kind: str) -> list[str]:
    """Return the sign-in names of those who were told of a ticket in this way, one for each message."""
    found = Notification.objects.filter(ticket_number=number, kind=kind).order_by("id")
    return list(found.values_list("member__username", flat=True))
