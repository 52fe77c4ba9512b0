"""First-question responsibility at work: its people, and tickets at each step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from django.db import transaction
from django.test import Client

from banjie.channels.models import Notification
from banjie.deadlines.duties import run_duties
from banjie.deadlines.models import DutyItem, DutyRun
from banjie.insight.ledgers import ledger_cells
from banjie.insight.period import Period
from banjie.insight.queries.ledger import ledger_rows
from banjie.insight.queries.statistics import Asked, statistics
from banjie.kernel.errors import Refused
from banjie.people.models import Member
from banjie.tickets.models import Event
from tests.regulation import Regulation

BOOK = "first-question"
PEOPLE = {
    "ma": ("马首问", "complaint_handler", "CS"),
    "an": ("安首问", "complaint_handler", "CS"),
    "pai": ("白派单", "dispatcher", "HQ"),
    "zhi": ("支值班", "shift_leader", "HQ"),
    "jing": ("景经理", "department_manager", "HQ"),
    "bu": ("卜网络", "department_head", "B"),
    "chi": ("迟资费", "department_head", "C"),
    "cai": ("蔡处理", "handler", "C"),
    "ding": ("丁工程", "department_head", "D"),
}
UNITS = {"CS": ("客服中心", "客服"), "B": ("网络部", "网络"), "C": ("资费部", "资费"), "D": ("工程部", "工程")}
CALL = {"content": "话费多扣", "phone": "13812345678", "customer": "甲客户"}
DONE = {"result": "已退费", "fully_solved": True}
OPINION = {"note": "联系厂家", "follow_up": "已致电厂家值班"}
INVALID = {"invalid_cause": "duplicate", "invalid_reason": "与昨日工单相同"}
JUNE = Asked(BOOK, Period(date(2024, 6, 1), date(2024, 6, 30)))


@contextmanager
def refused(kind: type[Refused], field: str = "") -> Iterator[None]:
    with pytest.raises(kind) as said, transaction.atomic():
        yield
    assert not field or field in [error.field for error in said.value.errors], said.value.errors


def opened(law: Regulation, by: str = "ma") -> str:
    return law.open("complaint", CALL, by=by)


def to(law: Regulation, unit: str, **more: object) -> dict[str, object]:
    return {"target_unit": law.units[unit].pk, **more}


def circulating(law: Regulation, unit: str = "B") -> str:
    number = opened(law)
    law.do(number, "dispatch", to(law, unit), by="pai")
    return number


def pass_on(law: Regulation, number: str, unit: str, *, by: str = "pai") -> None:
    law.do(number, "pass_on", to(law, unit, reason="不属本部门"), by=by)


def answered(law: Regulation) -> str:
    number = opened(law)
    law.do(number, "solve", DONE, by="ma")
    return number


def run_of(law: Regulation, duty: str, at: str) -> DutyRun:
    """Return the list of the day that stands at a moment."""
    run_duties(law.at(at))
    return DutyRun.objects.filter(book=BOOK, duty=duty).order_by("period").last() or pytest.fail("no run")


def listed(law: Regulation, duty: str, at: str) -> list[str]:
    run = run_of(law, duty, at)
    return sorted(DutyItem.objects.filter(run=run).values_list("ticket__number", flat=True))


def told(law: Regulation, number: str, kind: str) -> set[str]:
    return set(Notification.objects.filter(ticket_number=number, kind=kind).values_list("member__username", flat=True))


def rate(law: Regulation, name: str) -> tuple[int, int]:
    found = next(rate for rate in statistics(law.actor("jing"), JUNE).rates if rate.name == name)
    return found.numerator, found.denominator


def ledger(law: Regulation, name: str, by: str = "jing") -> list[list[str]]:
    book = law.program.book.ledgers[name]
    actor = law.actor(by)
    return [[str(cell) for cell in line] for line in ledger_cells(law.program, book, ledger_rows(actor, JUNE, book), actor)]


def page(law: Regulation, address: str, by: str) -> str:
    Member.objects.update(must_change_password=False)
    client = Client(headers={"Accept-Language": "zh-hans"})
    client.force_login(law.members[by])
    return client.get(address).content.decode()


def shared_case(law: Regulation, number: str) -> str:
    """Let a difficult ticket become a case; return the case, still under discussion."""
    law.do(number, "share_case", {"case_title": "跨月重复扣费"}, by="ma")
    return str(Event.objects.get(ticket__number=number, action="share_case").payload["opened"])
