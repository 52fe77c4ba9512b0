"""The regulation on service exceptions at work: its people, its forms, and how far an exception is brought."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from banjie.channels.models import Notification
from banjie.deadlines.models import Clock, Finding
from banjie.insight.period import Period
from banjie.insight.queries.ledger import ledger_rows
from banjie.insight.queries.rates import Rate
from banjie.insight.queries.statistics import Asked, statistics
from banjie.tickets.models import Link
from tests.regulation import Regulation, install

SLUG = "service-exception"


JUNE = Asked(SLUG, Period(date(2024, 6, 1), date(2024, 6, 30)))


PEOPLE = {
    "cang": ("仓员工", "employee", "STORE"),
    "ke": ("柯客服", "cs_agent", "HQ"),
    "zhu": ("朱主管", "cs_supervisor hq_supervisor", "HQ"),
    "guan": ("关副总", "management", "HQ"),
    "gao": ("高总", "management", "HQ"),
    "shen": ("沈审计", "internal_audit auditor", "HQ"),
    "sheng": ("盛厂长", "department_head", "FACTORY"),
    "gong": ("龚技师", "handler", "FACTORY"),
}


UNITS = {"STORE": ("仓库", "仓库"), "FACTORY": ("生产部", "生产")}


FOUND = {"customer": "惠家连锁", "phone": "13800138000", "happened_at": "2024-06-10 07:30", "description": "200只水壶壶柄熔化"}


ONE = {"assessment": "批量质量问题,可能集体投诉", "class": "quality", "level": "one"}


TWO = {"assessment": "多次答复错误", "class": "quality", "level": "two"}


THREE = {"assessment": "一次未回电", "class": "process", "level": "three"}


EFFECT = {"effect_satisfaction": "严重下降", "effect_loss": "退货约2万元", "effect_reputation": "可能见报"}


PLAN = {"plan": "召回并更换", "departments": "生产、物流、客服", "responsible_person": "盛厂长", "plan_due": "2024-06-12 18:00"}


SORRY = {"explanation": "壶柄材料批次不合格", "apology": "深表歉意", "measures_promised": "48小时内免费更换"}


DONE = {"result": "200只全部更换", "fully_solved": True, "caused_by_department": False}


TOLD = {"told_customer": "电话告知并发确认函"}


RATED = {"reached": "satisfied", "opinion": "处理及时"}


UNHAPPY = {"reached": "dissatisfied", "opinion": "更换的壶还是烫手"}


AGAIN = {"class": "quality", "level": "one", "opinion": "更换的壶还是烫手", "effect_satisfaction": "继续下降"}


MEASURES = {"measures": "更换供应商", "prevention": "来料抽检", "measures_due": "2024-06-20 18:00"}


YES = {"decision": "approved"}


def reported(law: Regulation, by: str = "cang", **changes: Any) -> str:
    return law.open("exception", {**FOUND, **changes}, by=by)


def classified(law: Regulation, level: Mapping[str, Any] = ONE) -> str:
    number = reported(law)
    law.do(number, "assess", level, by="ke")
    law.do(number, "analyse", {"class": level["class"], "level": level["level"], **EFFECT}, by="ke")
    return number


def executing(law: Regulation, level: Mapping[str, Any] = ONE) -> str:
    """Bring an exception to its execution, planned and approved as its level asks."""
    number = classified(law, level)
    if level["level"] == "one":
        law.do(number, "plan_one", PLAN, by="guan")
        law.do(number, "approve", YES, by="gao")
        law.do(number, "explain", SORRY, by="ke")
    else:
        law.do(number, f"plan_{level['level']}", PLAN if level["level"] == "two" else {"plan": "今日回电"}, by="zhu")
    assert law.state(number) == "executing"
    return number


def fed_back(law: Regulation, level: Mapping[str, Any] = THREE, **changes: Any) -> str:
    number = executing(law, level)
    law.do(number, "finish", {**DONE, **changes}, by="ke")
    law.do(number, "feed_back", TOLD, by="ke")
    return number


def told(number: str, kind: str = "") -> set[str]:
    found = Notification.objects.filter(ticket_number=number)
    return set((found.filter(kind=kind) if kind else found).values_list("member__username", flat=True))


def due(number: str, clock: str) -> datetime | None:
    return Clock.objects.filter(ticket__number=number, name=clock).latest("id").due_at


def outcomes(number: str, rule: str) -> list[str]:
    return list(Finding.objects.filter(ticket__number=number, rule=rule).order_by("id").values_list("outcome", flat=True))


def below(number: str) -> list[str]:
    return [link.source.number for link in Link.objects.filter(target__number=number, kind=Link.Kind.CHILD)]


def rate(law: Regulation, name: str) -> Rate:
    return next(one for one in statistics(law.actor("zhu"), JUNE).rates if one.name == name)


def tracked(law: Regulation, who: str = "shen") -> dict[str, Mapping[str, Any]]:
    return {row.number: row.values for row in ledger_rows(law.actor(who), JUNE, law.program.book.ledgers["tracking"])}


def at_work() -> Regulation:
    """Put the regulation to work."""
    found = install(SLUG, PEOPLE, UNITS)
    found.at("2024-06-10 08:00")
    return found
