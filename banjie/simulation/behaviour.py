"""How simulated people behave: which action next, after how long, with which words. Knows verbs and field kinds, no regulation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from banjie.rulebook.language import Field_
from banjie.rulebook.program import ActionRule, Program
from banjie.tickets.conditions import conditions_of


@dataclass(frozen=True, slots=True)
class Habit:
    """How eagerly a verb is chosen among the possible ones, and its usual delay in minutes (median)."""

    weight: float
    minutes: float


# What a duty or a timer of the regulation brings about is done for that reason alone (`brought_about`).
HABITS: dict[str, Habit] = {
    "guide": Habit(10, 1.5),
    "register": Habit(0.3, 1),
    "dispatch": Habit(10, 1.2),
    "acknowledge": Habit(3, 12),
    "book": Habit(5, 25),
    "miss": Habit(0.25, 600),
    "start": Habit(3, 200),
    "report_blocked": Habit(1.1, 300),
    "complete": Habit(6, 420),
    "urge": Habit(0.25, 180),
    "supervise": Habit(0.05, 300),
    "comment": Habit(0.25, 60),
    "transfer": Habit(0.15, 90),
    "send_back": Habit(0.1, 60),
    "cancel": Habit(0.06, 120),
    "sign": Habit(8, 20),
    "refuse": Habit(0.4, 25),
    "append": Habit(0.1, 600),
    "classify": Habit(9, 15),
    "record": Habit(7, 60),
    "escalate": Habit(0.3, 90),
    "progress": Habit(0.6, 180),
    "charge": Habit(2, 30),
    "inspect": Habit(4, 200),
    "approve": Habit(9, 90),
    "call_back": Habit(4, 600),
    "verify": Habit(0.5, 400),
    "close": Habit(4, 60),
    "archive": Habit(5, 120),
    "reopen": Habit(0.02, 1500),
}
# Nobody looks after a ticket only to say something about it.
ASIDE = frozenset({"urge", "supervise", "comment", "cancel", "transfer", "send_back", "escalate", "progress", "append", "verify", "reopen"})
LIKELY = 0.3  # that somebody ticks a box that he need not
TEXTS = {
    "guidance": (
        "请商户重启设备、重新装纸卷后再试",
        "指导检查网线和电源，重新签到",
        "远程指导重新下载主密钥",
        "说明手续费结算规则与到账时间",
    ),
    "result": (
        "更换打印模块，试打正常",
        "重装通讯卡并完成签到，交易正常",
        "更换电源适配器，现场测试三笔成功",
        "耗材已送达并签收",
        "资料已收齐",
    ),
    "work_done": ("到场检查线路与主机，均正常", "更换通讯卡后重试三次，仍失败", "已与收银员核对参数并重新签到"),
    "blocked_reason": (
        "银行密钥尚未下发，无法签到",
        "商户门店装修停业，约定开业后上门",
        "商户负责人出差，需本人签字",
        "银行系统升级，暂不能变更信息",
    ),
    "reason": ("行程冲突，另行安排", "商户临时有事改期", "该区域由同事负责", "客户重复报修", "客户反馈问题再次出现"),
    "opinion": ("服务及时，师傅态度好", "还可以", "等的时间有点长", "问题又出现了，希望尽快处理"),
    "verified": ("与商户确认，仍在等待银行", "已与巡检员核实，明日上门", "商户确认预约时间不变"),
    "note": ("请尽快联系商户", "客户来电催促", "已电话告知商户进度"),
    "problem": (
        "刷卡后不出纸，屏幕提示打印机故障",
        "交易提示通讯失败，换网线后仍不行",
        "开机黑屏，无法使用",
        "扫码支付提示商户状态异常",
        "签到失败，提示密钥错误",
        "按键失灵，数字3按不动",
        "小票内容不清晰，需要上门处理",
    ),
    "agreed_with": ("店长", "王老板", "收银员小李", "陈女士"),
}
# What callers say, by the type of their request where the type tells.
PROBLEMS: dict[str, tuple[str, ...]] = {
    "device_fault": TEXTS["problem"],
    "question": ("咨询当日结算到账时间", "咨询手续费收取规则", "账单金额与小票不一致，请核对", "咨询如何更换结算账户"),
    "operation_guidance": ("新店员不会操作退货", "不会打印当日汇总单", "不会切换扫码与刷卡", "签到步骤不清楚，请指导"),
    "consumables": ("申请补充打印纸卷五卷", "打印纸即将用完，请配送", "需要更换色带和纸卷"),
    "install_remove_replace": ("新开收银台，申请装机一台", "门店停业，申请撤机", "终端老旧，申请换机", "门店搬迁，需要移机"),
    "information_change": ("变更联系人和联系电话", "门店更名，变更商户名称", "装机地址变更"),
    "document_collection": ("收取营业执照复印件", "收取商户协议原件", "补收法人身份证复印件"),
    "routine_inspection": ("季度例行巡检", "例行检查终端与小票存根"),
}
CHOICES: dict[str, tuple[tuple[str, float], ...]] = {
    "guided": (("solved", 0.32), ("failed", 0.68)),
    "reached": (("satisfied", 0.84), ("dissatisfied", 0.05), ("unreachable", 0.11)),
    "urgency": (("urgent", 0.15), ("normal", 0.85)),
    "decision": (("approved", 0.9), ("returned", 0.1)),
    "finding": (("passed", 0.9), ("failed", 0.1)),
    "source": (("merchant", 0.75), ("bank", 0.18), ("other", 0.07)),
}


def delay(random: Random, verb: str) -> timedelta:
    """Return how long a person takes to a verb: log-normal around its usual minutes, so that some are late."""
    return timedelta(minutes=min(HABITS[verb].minutes * random.lognormvariate(0, 0.6), 14 * 1440))


def choose(random: Random, rules: Sequence[ActionRule]) -> ActionRule | None:
    """Return the next action among the possible ones, by habit; None when nobody does anything by himself."""
    likely = [rule for rule in rules if rule.spec.verb in HABITS]
    if all(rule.spec.verb in ASIDE for rule in likely):
        return None
    return random.choices(likely, [HABITS[rule.spec.verb].weight for rule in likely])[0]


def payload(
    random: Random, program: Program, rule: ActionRule, present: dict[str, Any], at: datetime, people: dict[str, list[int]]
) -> dict[str, Any]:
    """Return a filled form: what is needed and not there yet, in words that fit the field. Opening forms are filled in whole.

    Args:
        people: member ids by role, for person fields; unit ids under "unit".
    """
    given: dict[str, Any] = {}
    needed = [*rule.spec.needs, *(group[0] for group in rule.spec.needs_one_of if not any(present.get(n) for n in group))]
    asked = rule.fields if rule.verb.opens or rule.spec.verb == "approve" else ()
    able = people | {"": sorted({m for role in program.book.roles for m in people.get(role, ())})}
    role = rule.spec.match.role if rule.spec.match and rule.spec.match.role else ""
    for _turn in range(3):  # what is entered may need more
        now = conditions_of(program, rule, {**present, **given})
        for name in dict.fromkeys((*needed, *now.needed, *(n for n in asked if _is_free(program, n) or n in needed))):
            field = program.field(name)
            if name in given or name in now.hidden or (present.get(name) and name not in rule.verb.demands):
                continue
            if field.kind == "yes_no" and name not in needed:
                value: Any = random.random() < LIKELY
            else:
                value = _value(random, name, field, at, able | {"": able.get(field.role or role) or able[""]})
            if value is not None:
                given[name] = value
    hidden = conditions_of(program, rule, {**present, **given}).hidden
    return {name: value for name, value in given.items() if name not in hidden}


def _is_free(program: Program, name: str) -> bool:
    """Tell whether an optional field may hold any words: one with a pattern is left to those who know it."""
    return not program.field(name).pattern


def brought_about(program: Program) -> frozenset[str]:
    """Return the actions that nobody does of his own accord: those that a duty owes, and those that a timer does."""
    owed = {name for duty in program.book.duties.values() for name in duty.do}
    return frozenset(owed.union(*({timer.do for timer in p.timers.values()} for p in program.book.processes.values())))


def _value(random: Random, name: str, field: Field_, at: datetime, people: dict[str, list[int]]) -> Any:
    if name == "chosen":
        return "1"
    match field.kind:
        case "choice":
            known = [(key, weight) for key, weight in CHOICES.get(name, ()) if key in field.choices]
            if known:
                return random.choices([k for k, _w in known], [w for _k, w in known])[0]
            return random.choice(list(field.choices))
        case "yes_no":
            return True
        case "datetime":
            return (at + timedelta(minutes=random.randrange(90, 2400))).isoformat()
        case "date":
            return (at + timedelta(days=random.randrange(1, 10))).date().isoformat()
        case "number" | "money":
            return str(random.randrange(field.min or 1, max((field.max or 200), 2)))
        case "person":
            able = people.get(field.role or "", []) or people.get("", [])
            return random.choice(able) if able else None
        case "phone":
            return f"13{random.randrange(10**8, 10**9)}"
        case "rows":
            return [{key: _value(random, key, inner, at, people) for key, inner in field.fields.items()}]
        case "unit":
            return random.choice(people["unit"]) if people.get("unit") else None
    if field.pattern:
        return next((text for text in _coded(random) if re.fullmatch(field.pattern, text)), None)
    words = TEXTS.get(name)
    return random.choice(words) if words else f"{field.title}:{random.randrange(1000)}"


def _coded(random: Random) -> Iterator[str]:
    """Yield texts that codes may look like: digits, letters before digits, parts with hyphens."""
    for length in range(2, 19):
        digits = str(random.randrange(10 ** (length - 1), 10**length))
        yield from (digits, f"A{digits}", f"U-{digits}", f"AB{digits}", f"{digits[:2]}-{digits[2:] or 1}")
