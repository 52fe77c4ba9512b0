"""The bank's regulation on tickets of four classes at work: its people, and tickets brought as far as a test needs them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from banjie.channels.models import Notification
from banjie.deadlines.models import Clock
from banjie.insight.period import Period
from banjie.insight.queries.statistics import Asked
from banjie.kernel.errors import InvalidInput, Refused
from tests.cast import Person
from tests.regulation import Regulation, install
from tests.rest.client import Rest

SLUG = "bank-general"
JUNE = Asked(SLUG, Period(date(2024, 6, 1), date(2024, 6, 30)))
SAID: dict[str, dict[str, Any]] = {
    "complaint": {"medium": "electronic", "content": "柜员态度差", "complaint_about": "staff", "is_appeal": False},
    "consult": {"medium": "electronic", "content": "大额存单利率", "consult_about": "product"},
    "suggestion": {"medium": "electronic", "content": "周末延长营业", "suggestion_kind": "demand"},
    "other": {"medium": "electronic", "content": "拾到钱包"},
}
DONE = {
    "process_note": "核实监控并约谈",
    "result": "柜员已道歉",
    "compliance": "依消费者权益保护法办理，已告知申诉渠道",
    "fully_solved": True,
}
REPLY = {
    "complaint": ("reply_complaint", {**DONE, "measure": "柜员调岗并培训"}),
    "consult": ("answer", {**DONE, "explanation": "利率随期限浮动的说明"}),
    "suggestion": ("answer", {**DONE, "explanation": "试点三个网点"}),
    "other": ("finish", DONE),
}
PEOPLE = {
    "li": ("李客服", "cs_agent", "HQ"),
    "ma": ("马客服", "cs_agent", "HQ"),
    "wang": ("王主管", "cs_supervisor", "HQ"),
    "fang": ("方行长", "department_head", "CX"),
    "wu": ("吴柜长", "handler", "CX"),
    "zhu": ("朱柜员", "handler", "CX"),
    "xu": ("徐客服", "cs_agent", "CX"),
    "guan": ("管行长", "management", "HQ"),
}
UNITS = {"CX": ("城西支行", "城西"), "DX": ("城东支行", "城东")}


def bank_at_work() -> Regulation:
    return install(SLUG, PEOPLE, UNITS)


@contextmanager
def refused(kind: type[Refused]) -> Iterator[None]:
    with pytest.raises(kind), transaction.atomic():
        yield


def opened(law: Regulation, kind: str = "complaint", *, by: str = "li") -> str:
    return law.open(kind, SAID[kind], by=by)


def handled(law: Regulation, kind: str = "complaint") -> str:
    number = opened(law, kind)
    law.do(number, "assign", {"handler": law.members["wu"].pk}, by="li")
    return number


def reply(law: Regulation, number: str, *, by: str = "wu", **more: Any) -> None:
    action, form = REPLY[law.ticket(number).type]
    law.do(number, action, {**form, **more}, by=by)


def answered(law: Regulation, kind: str = "complaint") -> str:
    number = handled(law, kind)
    reply(law, number)
    return number


def closed(law: Regulation) -> str:
    number = answered(law)
    law.do(number, "call_back", {"reached": "satisfied", "opinion": "满意"}, by="li")
    return number


def told(number: str, kind: str) -> set[str]:
    return set(Notification.objects.filter(ticket_number=number, kind=kind).values_list("member__username", flat=True))


def clock(number: str, name: str) -> Clock:
    return Clock.objects.filter(ticket__number=number, name=name).latest("id")


def rest(law: Regulation, name: str, monkeypatch: pytest.MonkeyPatch) -> Rest:
    monkeypatch.setattr(timezone, "now", lambda: law.now)
    return Rest(Person(law.members[name], law.actor(name), ""))


def wrong_fields(law: Regulation, number: str, action: str, form: dict[str, Any], *, by: str) -> list[str]:
    with pytest.raises(InvalidInput) as said, transaction.atomic():
        law.do(number, action, form, by=by)
    return sorted(error.field for error in said.value.errors)
