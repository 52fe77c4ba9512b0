"""The company ticket regulation at work: its people, and tickets at each step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction

from banjie.channels.models import Notification
from banjie.kernel.errors import Refused
from tests.regulation import Regulation, install

FORM = {
    "subject": "CRM 导出超时",
    "background": "月底要导出客户清单",
    "current_state": "点导出十分钟无反应",
    "expected_result": "一分钟内导出",
}
TECHNICAL = {**FORM, "technical_work": "troubleshooting"}
OPENINGS = {
    "technical": ("technical_work", {"maintenance", "troubleshooting", "upgrade"}),
    "service": ("service_work", {"consultation", "complaint", "service_request"}),
    "administrative": ("admin_work", {"daily", "purchase", "equipment"}),
}
FIRST = {"urgency": "urgent", "priority": "first"}
REPORT = {"handling_process": "查慢查询,加索引", "result": "导出用时20秒", "suggestions": "每季度检查慢查询", "fully_solved": True}
PEOPLE = {
    "chen": ("陈晓", "employee", "SALES"),
    "sun": ("孙负责", "department_head", "SALES"),
    "tao": ("陶专员", "ticket_desk", "HQ"),
    "yu": ("余负责", "department_head", "IT"),
    "qin": ("秦工", "handler", "IT"),
    "qiu": ("邱工", "handler", "IT"),
    "he": ("何行政", "employee", "ADMIN"),
    "hua": ("华行政", "department_head", "ADMIN"),
    "cui": ("崔客服", "employee", "CS"),
    "chu": ("褚客服", "department_head", "CS"),
    "guan": ("关总", "management", "HQ"),
    "wai": ("外人", "", "HQ"),
}
UNITS = {"SALES": ("销售部", "销售"), "IT": ("信息部", "信息"), "ADMIN": ("行政部", "行政"), "CS": ("客服部", "客服")}


def at_work() -> Regulation:
    """Put the regulation to work."""
    return install("company-ticket", PEOPLE, UNITS)


@contextmanager
def refused(kind: type[Refused]) -> Iterator[pytest.ExceptionInfo[Refused]]:
    with pytest.raises(kind) as said, transaction.atomic():
        yield said


def submitted(law: Regulation, kind: str = "technical", payload: Mapping[str, Any] = TECHNICAL) -> str:
    """Return a ticket of sales that its head has approved."""
    number = law.open(kind, payload, by="chen")
    law.do(number, "review", {"decision": "approved"}, by="sun")
    return number


def assigned(law: Regulation, to: str = "qin") -> str:
    """Return a ticket of priority 1 that the desk has assigned to a person of IT."""
    number = submitted(law)
    law.do(number, "classify_technical", FIRST, by="tao")
    law.do(number, "assign", {"handler_person": law.members[to].pk}, by="tao")
    return number


def in_hand(law: Regulation) -> str:
    """Return a ticket on which Qin works."""
    number = assigned(law)
    law.do(number, "respond", by="qin")
    law.do(number, "start", by="qin")
    return number


def confirmed(law: Regulation, rating: int = 4) -> str:
    """Return a ticket that Chen has confirmed."""
    number = in_hand(law)
    law.do(number, "report", REPORT, by="qin")
    law.do(number, "confirm", {"reached": "satisfied", "rating": rating}, by="chen")
    return number


def told(law: Regulation, number: str, kind: str) -> set[str]:
    """Return who was told of a ticket, by the kind of message."""
    return set(Notification.objects.filter(ticket_number=number, kind=kind).values_list("member__username", flat=True))
