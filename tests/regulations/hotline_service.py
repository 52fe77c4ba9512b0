"""The service hotline at work: its people, a user in arrears, and tickets at each step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest
from django.db import transaction
from django.test import Client

from banjie.channels.models import Notification
from banjie.customers.models import Asset
from banjie.customers.verbs.assets import AssetDraft, save_asset
from banjie.customers.verbs.customers import CustomerDraft, save_customer
from banjie.kernel.errors import Refused
from banjie.people.models import Member
from tests.cast import BUILDER, LONG_AGO
from tests.regulation import Regulation

PEOPLE = {
    "lin": ("林坐席", "hotline_agent", "HQ"),
    "mei": ("梅坐席", "hotline_agent", "HQ"),
    "duan": ("段值班", "shift_leader", "HQ"),
    "song": ("宋主管", "cs_supervisor", "HQ"),
    "dong": ("董东区", "responsible_area", "EAST"),
    "xi": ("奚西区", "responsible_area", "WEST"),
    "hu": ("胡维护", "handler", "WEST"),
    "ge": ("葛维护", "handler", "WEST"),
    "tao": ("陶资费", "responsible_area", "TARIFF"),
}
UNITS = {"EAST": ("东工区", "东"), "WEST": ("西工区", "西"), "TARIFF": ("资费部", "资费")}
FAULT = {"user_no": "U-5566", "user_address": "东风路8号", "phone": "13812345678", "arrears": "clear", "content": "无信号"}
IN_ARREARS = {**FAULT, "arrears": "owing", "arrears_amount": "87.00", "dunned": "已提醒缴费,用户答应今天缴"}
COMPLAINT = {**FAULT, "content": "多收月租", "complaint_cause": "charge"}
DONE = {"result": "更换分支器", "fully_solved": True}
ANSWERED = {"result": "按用量分三档计价", "fully_solved": True}


@contextmanager
def refused(kind: type[Refused], field: str = "") -> Iterator[None]:
    with pytest.raises(kind) as said, transaction.atomic():
        yield
    assert not field or field in [error.field for error in said.value.errors], said.value.errors


def known_user(law: Regulation) -> Asset:
    """Return user U-5566, whom the area East serves."""
    east = law.units["EAST"].pk
    customer = save_customer(CustomerDraft(name="余用户", kind="person", unit_id=east), by=BUILDER, at=LONG_AGO)
    draft = AssetDraft(kind="line", name="宽带", address="东风路8号", unit_id=east, keys={"user_no": "U-5566"})
    return save_asset(customer.pk, draft, by=BUILDER, at=LONG_AGO)


def to(law: Regulation, unit: str) -> dict[str, object]:
    return {"target_unit": law.units[unit].pk}


def dispatched(law: Regulation, kind: str = "fault", unit: str = "EAST", fields: Mapping[str, object] = FAULT) -> str:
    number = law.open(kind, {**fields, **({"complaint_cause": "charge"} if kind == "complaint" else {})}, by="lin", is_new=True)
    law.do(number, "dispatch", to(law, unit), by="lin")
    return number


def handled(law: Regulation, kind: str = "fault") -> str:
    number = dispatched(law, kind)
    law.do(number, "sign", by="dong")
    law.do(number, "complete", DONE, by="dong")
    return number


def asked(law: Regulation, question: str = "阶梯资费怎么算?") -> str:
    """Return a consultation that the agent could not answer, dispatched to the tariff department."""
    number = law.open("consult", {"content": question, "phone": "13812345678"}, by="lin")
    law.do(number, "answer", {"guided": "failed", "guidance": "读了资费说明,用户仍不明白"}, by="lin")
    law.do(number, "dispatch", to(law, "TARIFF"), by="lin")
    return number


def browser(law: Regulation, name: str) -> Client:
    Member.objects.update(must_change_password=False)
    client = Client(headers={"Accept-Language": "zh-hans"})
    client.force_login(law.members[name])
    return client


def told(law: Regulation, number: str, kind: str) -> set[str]:
    rows = Notification.objects.filter(ticket_number=number, kind=kind).values_list("member__username", flat=True)
    return set(rows)
