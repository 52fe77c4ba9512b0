"""The bank's regulation on circulated tickets at work: its people, its units, and tickets brought as far as a test needs them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

import pytest
from django.db import transaction
from django.utils import timezone

from banjie.channels.models import Notification
from banjie.deadlines.models import Clock
from banjie.deadlines.registration import register_unit
from banjie.insight.period import Period
from banjie.insight.queries.rates import Rate
from banjie.insight.queries.statistics import Asked, statistics
from banjie.kernel.errors import Refused
from banjie.people.models import Course, Examination, Role
from banjie.people.verbs.examinations import enter_result
from banjie.people.verbs.posts import assign_post
from tests.cast import BUILDER, Person
from tests.regulation import Regulation, install
from tests.rest.client import Rest

SLUG = "bank-circulation"
JUNE = Asked(SLUG, Period(date(2024, 6, 1), date(2024, 6, 30)))
LETTERS = {
    "consult_supervise": "Z",
    "complaint_supervise": "T",
    "suggestion_supervise": "J",
    "praise_supervise": "B",
    "business_acceptance": "Y",
}
SAID = {"content": "吞卡且柜员态度差", "severity": "serious", "customer_urgency": "pressing", "urgency": "urgent"}
CALM = {"content": "询问网点营业时间", "severity": "ordinary", "customer_urgency": "ordinary", "urgency": "general"}
STEPS = "专员登记—负责人批阅—经办办理—专员返回"
PEOPLE = {
    "hu": ("胡总行", "hq_cs", "HQ"),
    "he": ("何总行", "hq_cs", "HQ"),
    "shen": ("沈审核", "hq_cs_reviewer", "HQ"),
    "guan": ("管行长", "management", "HQ"),
    "fang": ("方行长", "department_head", "CX"),
    "wu": ("吴主管", "follow_up", "CX"),
    "zhu": ("朱柜员", "follow_up", "CX"),
    "ding": ("丁经办", "follow_up", "DX"),
    "qian": ("钱专员", "", ""),
    "dong": ("董专员", "", ""),
    "sun": ("孙专员", "", ""),
}
UNITS = {"CX": ("城西支行", "城西"), "DX": ("城东支行", "城东"), "BX": ("城北支行", "城北")}


def bank_at_work() -> Regulation:
    """Return the regulation at work on Monday, with certified specialists in Chengxi and Chengdong, both registered."""
    law = install(SLUG, PEOPLE, UNITS)
    for name, unit in (("qian", "CX"), ("dong", "DX")):
        certify(law, name)
        appoint(law, name, unit)
        register(law, unit, by=name)
    return law


@contextmanager
def refused(kind: type[Refused]) -> Iterator[None]:
    with pytest.raises(kind), transaction.atomic():
        yield


def certify(law: Regulation, name: str, score: int = 90, day: str = "2024-05-20", *, by: str = "hu") -> Examination:
    course = Course.objects.get(code="circulation")
    return enter_result(law.members[name], course, score=score, held_on=date.fromisoformat(day), by=law.actor(by), at=law.now)


def appoint(law: Regulation, name: str, unit: str) -> None:
    role = Role.objects.get(code="circulation_specialist")
    assign_post(law.members[name], role=role, unit=law.units[unit], by=BUILDER, at=law.now)


def register(law: Regulation, unit: str, limit: str = "8 working hours", *, by: str) -> None:
    register_unit(law.program, law.units[unit], {"handling": limit}, {"steps": STEPS}, by=law.actor(by), at=law.now)


def reviewed(law: Regulation, kind: str = "complaint_supervise", said: dict[str, str] = SAID) -> str:
    number = law.open(kind, said, by="hu")
    law.do(number, "submit", by="hu")
    law.do(number, "review", {"decision": "approved"}, by="shen")
    return number


def circulate(law: Regulation, number: str, unit: str = "CX", through: str = "platform") -> None:
    law.do(number, "circulate", {"target_unit": law.units[unit].pk, "sent_through": through}, by="hu")


def circulated(law: Regulation, unit: str = "CX", kind: str = "complaint_supervise", said: dict[str, str] = SAID) -> str:
    number = reviewed(law, kind, said)
    circulate(law, number, unit)
    return number


def divert(law: Regulation, number: str, to: str = "wu", *, by: str = "qian") -> None:
    law.do(number, "divert", {"follower": law.members[to].pk}, by=by)


def diverted(law: Regulation, kind: str = "complaint_supervise", said: dict[str, str] = SAID) -> str:
    number = circulated(law, kind=kind, said=said)
    divert(law, number)
    return number


def returned(law: Regulation) -> str:
    number = diverted(law)
    law.do(number, "return_opinion", {"opinion": "已取卡并致歉"}, by="wu")
    return number


def closed(law: Regulation) -> str:
    number = returned(law)
    law.do(number, "close", by="hu")
    return number


def told(law: Regulation, kind: str, number: str) -> set[str]:
    found = Notification.objects.filter(kind=kind, ticket_number=number).values_list("member__username", flat=True)
    return set(found)


def clock(number: str, name: str) -> Clock:
    return Clock.objects.filter(ticket__number=number, name=name).latest("id")


def rate(law: Regulation, name: str, *, by: str = "hu", unit: str = "") -> Rate:
    asked = replace(JUNE, unit_id=law.units[unit].pk) if unit else JUNE
    return next(r for r in statistics(law.actor(by), asked).rates if r.name == name)


def rest(law: Regulation, name: str, monkeypatch: pytest.MonkeyPatch) -> Rest:
    monkeypatch.setattr(timezone, "now", lambda: law.now)
    return Rest(Person(law.members[name], law.actor(name), ""))
