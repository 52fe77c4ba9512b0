"""The regulation on complaints at work: its people, its forms, and how far a complaint is brought."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from banjie.channels.models import Notification
from banjie.deadlines.duties import run_duties
from banjie.deadlines.models import Clock, DutyRun, Finding
from banjie.insight.period import Period
from banjie.insight.queries.rates import Rate
from banjie.insight.queries.statistics import Asked, statistics
from banjie.tickets.models import Link, Ticket
from tests.regulation import Regulation, install

SLUG = "complaint-loop"


JUNE = Asked(SLUG, Period(date(2024, 6, 1), date(2024, 6, 30)))


PEOPLE = {
    "an": ("安客服", "cs_agent", "HQ"),
    "bai": ("白客服", "cs_agent", "HQ"),
    "zhu": ("朱主管", "cs_supervisor hq_supervisor", "HQ"),
    "lin": ("林领导", "leader_in_charge", "HQ"),
    "zong": ("宗总", "general_manager", "HQ"),
    "pin": ("品质刘", "quality", "HQ"),
    "peng": ("彭部长", "department_head", "DELIVERY"),
    "song": ("宋配送", "handler", "DELIVERY"),
    "shang": ("尚店长", "department_head", "SHOP"),
}


UNITS = {"DELIVERY": ("配送部", "配送"), "SHOP": ("门店部", "门店")}


CALL = {
    "source": "phone",
    "customer": "李女士",
    "phone": "13800138000",
    "happened_at": "2024-06-10 09:00",
    "description": "快递丢件,三天无人回复",
}


SOOTHED = {"mood": "angry", "listened": "急用的礼物", "our_cause": True, "understanding": "换作是我也着急", "explained": "马上核查物流"}


GROUNDS = {"mood": "angry", "demand": "赔偿并道歉", "reason_sufficient": True, "demand_reasonable": True, "judgement": "面单显示已丢失"}


VALID = {**GROUNDS, "validity": "valid", "promised_at": "2024-06-12 18:00"}


INVALID = {
    **GROUNDS,
    "mood": "noisy",
    "reason_sufficient": False,
    "demand_reasonable": False,
    "judgement": "门上写明20:00打烊",
    "validity": "invalid",
}


AGAIN = {name: value for name, value in INVALID.items() if name not in ("mood", "demand")}


LOSS = {"investigation": "分拨中心遗失", "cause": "courier_loss", "cause_analysis": "交接未扫描", "service_cause": False}


THREE = {
    "discussion": "配送、客服、财务研讨",
    "proposals": [
        {"solution": "原价退款", "compensation": "100"},
        {"solution": "补发并赔50元", "compensation": "50"},
        {"solution": "仅道歉"},
    ],
}


SECOND = {"decision": "approved", "chosen": 2, "instruction": "按方案二,今日补发"}


DONE = {"result": "已补发并赔付50元", "fully_solved": True}


YES = {"decision": "approved"}


def taken(law: Regulation, **changes: Any) -> str:
    return law.open("complaint", {**CALL, **changes}, by="an")


def path(law: Regulation, investigation: Mapping[str, Any] = LOSS) -> list[tuple[str, str, Mapping[str, Any], str]]:
    """The main line: action, who, what, and the state in which the complaint is afterwards."""
    return [
        ("judge", "an", VALID, "to_assign"),
        ("assign", "an", {"target_unit": law.units["DELIVERY"].pk, "worker": law.members["song"].pk}, "investigating"),
        ("investigate", "song", investigation, "proposing"),
        ("propose", "song", THREE, "proposing"),
        ("submit", "peng", {}, "choosing"),
        ("choose", "lin", SECOND, "executing"),
        ("execute", "song", DONE, "executed"),
        ("call_back", "an", {"reached": "satisfied"}, "satisfied"),
    ]


def until(law: Regulation, state: str, investigation: Mapping[str, Any] = LOSS) -> str:
    """Bring a complaint on until it is in a state."""
    number = taken(law)
    for action, who, payload, after in path(law, investigation):
        law.do(number, action, payload, by=who)
        assert law.state(number) == after
        law.pass_time(minutes=1)
        if after == state and (action, state) != ("investigate", "proposing"):
            return number
    raise AssertionError(state)


def told(number: str, kind: str = "") -> set[str]:
    found = Notification.objects.filter(ticket_number=number)
    return set((found.filter(kind=kind) if kind else found).values_list("member__username", flat=True))


def due(number: str, clock: str) -> datetime | None:
    return Clock.objects.filter(ticket__number=number, name=clock).latest("id").due_at


def outcomes(number: str, rule: str) -> list[str]:
    return list(Finding.objects.filter(ticket__number=number, rule=rule).order_by("id").values_list("outcome", flat=True))


def below(number: str) -> list[Ticket]:
    return [link.source for link in Link.objects.filter(target__number=number, kind=Link.Kind.CHILD)]


def rate(law: Regulation, name: str) -> Rate:
    return next(one for one in statistics(law.actor("zhu"), JUNE).rates if one.name == name)


def month_opened(law: Regulation) -> str:
    """Let the month's analysis be opened; return its number."""
    run_duties(law.now)
    return str(DutyRun.objects.get(duty="analyse", period=law.now.date().replace(day=1)).frame[0])


MONTH = {
    "complaints_count": 8, "handled_count": 6, "services_count": 400, "improvements": "交接必须扫描",
    "causes_table": [{"cause": "快递丢件", "number": 5}, {"cause": "服务态度", "number": 3}],
}  # fmt: skip


def at_work() -> Regulation:
    """Put the regulation to work."""
    found = install(SLUG, PEOPLE, UNITS)
    found.at("2024-06-10 09:05")
    return found
