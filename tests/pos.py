"""The POS regulation at work: the cast, the active rulebook, and one merchant of each branch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Model
from pytest_django.plugin import DjangoDbBlocker

from banjie.customers.models import Asset, AssetKey, Contact, Customer, Phone
from banjie.customers.verbs.assets import AssetDraft, save_asset
from banjie.customers.verbs.customers import CustomerDraft, save_customer
from banjie.people.actor import Actor
from banjie.rulebook.models import Rulebook, RulebookVersion
from banjie.rulebook.program import Program
from banjie.rulebook.queries import active_program
from banjie.rulebook.shipped import install_shipped
from banjie.tickets.lifecycle import perform
from banjie.tickets.models import Ticket
from banjie.tickets.opening import Asked, open_ticket
from banjie.tickets.step import Performed
from banjie.worktime.models import Calendar, CalendarDay, CalendarVersion
from banjie.worktime.verbs.install_shipped import install_shipped_calendars
from tests.cast import BUILDER, LONG_AGO, SHANGHAI, Cast, CastRows, insert_cast

DETAILS = {"source": "merchant", "address": "长沙市五一路12号", "contact": "王老板", "phone": "13800000001", "problem": "打印机不出纸"}
_KEPT: tuple[type[Model], ...] = (
    Calendar, CalendarDay, CalendarVersion, Rulebook, RulebookVersion, Customer, Contact, Phone, Asset, AssetKey,
)  # fmt: skip
BLOCKED = {"work_done": "更换通讯卡,签到仍失败", "blocked_side": "bank", "blocked_reason": "密钥未下发"}
GUIDED = {"guided": "failed", "guidance": "重启、重装纸卷,仍不出纸"}


def moment(text: str) -> datetime:
    """Return a local time of Shanghai: `moment("2024-06-03 09:00")`."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@dataclass
class Pos:
    """The regulation at work, with a clock that tests move by hand."""

    cast: Cast
    program: Program
    now: datetime = field(default_factory=lambda: moment("2024-06-03 09:00"))

    def pass_time(self, **length: float) -> datetime:
        """Let time pass: `pos.pass_time(minutes=7)`."""
        self.now += timedelta(**length)
        return self.now

    def open(
        self, kind: str = "device_fault", payload: Mapping[str, Any] | None = None, *, by: Actor | None = None, key: str = ""
    ) -> Performed:
        """Accept a request, by Li unless told otherwise."""
        return open_ticket(
            self.program,
            kind,
            {"source": "merchant"} if payload is None else payload,
            by=by or self.cast.li.actor,
            at=self.now,
            asked=Asked(key),
        )

    def do(
        self, number: str, action: str, payload: Mapping[str, Any] | None = None, *, by: Actor | None = None, expect: int | None = None
    ) -> Performed:
        """Perform an action, by Li unless told otherwise."""
        return perform(number, action, payload or {}, by=by or self.cast.li.actor, at=self.now, expect=expect)

    def ticket(self, number: str) -> Ticket:
        """Return the ticket as it is stored."""
        return Ticket.objects.get(number=number)

    def dispatched(self, terminal: str = "T-88001", kind: str = "device_fault") -> str:
        """Accept and dispatch a ticket of a terminal; return its number."""
        number = self.open(kind, {**DETAILS, "terminal_no": terminal}).number
        if kind == "device_fault":
            self.do(number, "guide", GUIDED)
        self.do(number, "dispatch")
        return number

    def completed(self, terminal: str = "T-88001") -> str:
        """Bring a ticket of a terminal to "completed" by its engineer; return its number."""
        number = self.dispatched(terminal)
        self.do(number, "complete", {"result": "更换打印模块", "fully_solved": True}, by=self.cast.zhao.actor)
        return number


def merchant(name: str, unit: str, keys: Mapping[str, str], engineer: str, cast: Cast) -> Asset:
    """Create a merchant with one terminal."""
    customer = save_customer(CustomerDraft(name=name, kind="merchant", unit_id=cast.units[unit].pk), by=BUILDER, at=LONG_AGO)
    draft = AssetDraft(name="POS", address=f"{name}门店", unit_id=cast.units[unit].pk, engineer=engineer, keys=keys)
    return save_asset(customer.pk, draft, by=BUILDER, at=LONG_AGO)


@pytest.fixture(scope="session")
def pos_rows(cast_rows: CastRows, django_db_blocker: DjangoDbBlocker) -> dict[type[Model], list[dict[str, Any]]]:
    """Build regulation, calendars and merchants once and keep their rows: to insert them takes 5 ms, to build them 200."""
    with django_db_blocker.unblock(), transaction.atomic():
        cast = insert_cast(cast_rows)
        install_shipped_calendars(by=BUILDER, at=LONG_AGO)
        install_shipped("pos-terminal-service", by=BUILDER, at=moment("2024-06-01 08:00"))
        merchant("老王火锅", "HN-CS", {"terminal_no": "T-88001", "merchant_no": "M-5001", "barcode": "PS-900001"}, "zhao", cast)
        merchant("黔味小吃", "GZ", {"merchant_no": "M-7002"}, "", cast)
        rows = {model: list(model._default_manager.values()) for model in _KEPT}
        transaction.set_rollback(True)
    return rows


@pytest.fixture
def pos(cast: Cast, pos_rows: dict[type[Model], list[dict[str, Any]]]) -> Pos:
    """Return the regulation at work: Lao Wang's hotpot has an engineer, the Guizhou merchant has none."""
    with transaction.atomic():  # the days of a calendar come before their version, as its trigger wants them
        for model, rows in pos_rows.items():
            model._default_manager.bulk_create([model(**row) for row in rows])
    return Pos(cast, active_program("pos-terminal-service"))
