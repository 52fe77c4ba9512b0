"""Orders, urgent orders and shipping notices: their people, their forms, and how far they have come."""

from __future__ import annotations

from typing import Any

from banjie.channels.models import Notification
from banjie.deadlines.models import Clock, Finding
from tests.regulation import Regulation

PEOPLE = {
    "ke": ("柯专员", "cs_specialist", "HQ"),
    "zhu": ("朱主管", "cs_supervisor", "HQ"),
    "xiao": ("肖销售", "sales", "HQ"),
    "ying": ("应总监", "marketing_director", "HQ"),
    "zong": ("宗总办", "gm_office", "HQ"),
    "cai": ("蔡财务", "finance", "HQ"),
    "ji": ("纪计划", "planning", "HQ"),
    "sheng": ("盛生产", "production", "HQ"),
    "pin": ("品管员", "quality", "HQ"),
    "wu": ("吴物流", "logistics", "HQ"),
}
SAME = {"item": "螺栓M8", "quantity": "100", "price": "10", "last_price": "10"}
DEARER = {"item": "螺栓M8", "quantity": "100", "price": "10.50", "last_price": "10"}
ORDER = {"company": "恒达", "customer_kind": "existing", "order_kind": "mass", "goods": "螺栓M8 100件", "lines": [SAME]}
CHECKS: dict[str, Any] = {"currency_fits": True, "mode_fits": True, "payment_fits": True, "payment_unchanged": True, "seal_company": "恒达"}
SHEETS = {"order_review": [{"item": "技术要求", "finding": "可满足"}], "shipping_review": [{"item": "出货日期", "finding": "可满足"}]}
CHECKED = {**CHECKS, **SHEETS, "terms_read": True, "objection": False}
TERMS = {"currency": "CNY", "trade_mode": "内销", "payment_terms": "月结30天", "credit_form": "资信表及营业执照"}
URGENT = {"company": "恒达", "goods": "PO-9 螺栓M8", "ordered_on": "2024-06-03", "wanted_on": "2024-06-08", "lead_time_days": "14"}
NOTICE = {
    "company": "恒达",
    "goods": "螺栓M8 100件",
    "order_address": "苏州园区1号",
    "order_contact": "马先生",
    "system_address": "苏州园区1号",
    "system_contact": "马先生",
    "ship_on": "2024-06-20",
    "delivery_on": "2024-06-22",
}
MOVED = {**NOTICE, "order_address": "无锡新区8号"}
ADDED = {"proof_no": "BG-12", "added_address": "无锡新区8号", "added_contact": "马先生"}
YES = {"decision": "approved"}


def checked(law: Regulation, kind: str = "sales_order", **changes: Any) -> str:
    """Return an order that is entered and checked."""
    number = law.open(kind, {**ORDER, **{name: value for name, value in changes.items() if name in ORDER}}, by="ke")
    law.do(number, "check", {**CHECKED, **changes}, by="ke")
    return number


def signing(law: Regulation) -> str:
    """Return an order that waits for its signatures."""
    number = checked(law)
    law.do(number, "confirm", by="ke")
    law.do(number, "submit", by="ke")
    return number


def entered(law: Regulation) -> str:
    """Return an urgent order that waits for its signatures."""
    number = law.open("urgent_order", URGENT, by="ke")
    law.do(number, "enter_plan", {"plan_no": "FC-31"}, by="ke")
    return number


def issued(law: Regulation) -> str:
    number = entered(law)
    law.do(number, "approve", YES, by="ying")
    law.do(number, "approve", YES, by="zong")
    law.do(number, "issue", {"internal_no": "NB-7"}, by="ke")
    return number


def reviewing(law: Regulation) -> str:
    number = issued(law)
    law.do(number, "convene", {"meeting": "三楼会议室", **SHEETS}, by="ke")
    return number


def producing(law: Regulation) -> str:
    number = reviewing(law)
    for name in ("ji", "sheng", "pin", "cai"):
        law.do(number, "review", YES, by=name)
    law.do(number, "answer", {"delivery_on": "2024-06-09"}, by="ke")
    return number


def produced(law: Regulation) -> str:
    number = producing(law)
    law.do(number, "finish_production", by="sheng")
    return number


def requested(law: Regulation, number: str) -> str:
    """Ask for special shipping and return the request's number."""
    law.do(number, "request_shipping", {"ship_on": "2024-06-09"}, by="ke")
    return str(law.events(number, "request_shipping")[-1].payload["opened"])


def due(number: str, clock: str) -> object:
    return Clock.objects.get(ticket__number=number, name=clock).due_at


def outcomes(number: str, rule: str) -> list[str]:
    return list(Finding.objects.filter(ticket__number=number, rule=rule).values_list("outcome", flat=True))


def told(name: str, number: str) -> set[str]:
    return set(Notification.objects.filter(member__username=name, ticket_number=number).values_list("kind", flat=True))
