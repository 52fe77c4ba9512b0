"""S1 and S2 as data: a month in which Hunan and headquarters keep the rules, and Guizhou dispatches three minutes late."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.test import Client

from banjie.deadlines.duties import run_duties
from banjie.deadlines.models import DutyItem, DutyRun
from banjie.deadlines.sweep import sweep
from banjie.insight.period import Period
from banjie.insight.queries.statistics import Asked
from banjie.people.models import Member
from tests.cast import Person
from tests.pos import DETAILS, GUIDED, Pos, moment

BOOK = "pos-terminal-service"
JUNE = Asked(BOOK, Period(moment("2024-06-01 00:00").date(), moment("2024-06-30 00:00").date()))
SignIn = Callable[[Person], Client]


def relayed_late(pos: Pos, minutes: float = 13) -> str:
    """Do S2: accept at ten, relay to Guizhou a minute later, dispatch there after `minutes`; return the number."""
    pos.now = moment("2024-06-03 10:00")
    number = pos.open(payload={**DETAILS, "merchant_no": "M-7002"}).number
    pos.pass_time(minutes=1)
    pos.do(number, "guide", GUIDED)
    pos.do(number, "dispatch")
    pos.now = moment("2024-06-03 10:00")
    sweep(pos.pass_time(minutes=min(minutes, 10.5)))
    pos.now = moment("2024-06-03 10:00")
    pos.pass_time(minutes=minutes)
    pos.do(number, "relay", {"inspector": pos.cast.sun_gz.member.pk}, by=pos.cast.gu_gz.actor)
    return number


def day_of_callbacks(pos: Pos, callbacks: int = 4, completed: int = 37) -> DutyRun:
    """Do S1's days: complete tickets on 06-04, call some of them back on 06-05, close the day; return the run."""
    pos.now = moment("2024-06-04 09:00")
    for _n in range(completed):
        pos.completed()
    run_duties(moment("2024-06-05 00:00"))
    run = DutyRun.objects.get(duty="sample_completed", period="2024-06-05")
    pos.now = moment("2024-06-05 10:00")
    for item in DutyItem.objects.filter(run=run, chosen=True).select_related("ticket")[:callbacks]:
        pos.do(item.ticket.number, "call_back", {"reached": "satisfied"})
    run_duties(moment("2024-06-06 00:00"))
    run.refresh_from_db()
    return run


@dataclass(frozen=True)
class Told:
    """A month that has something of everything."""

    pos: Pos
    late: str
    run: DutyRun


@pytest.fixture
def june(pos: Pos) -> Told:
    """Play both scenarios."""
    return Told(pos, relayed_late(pos), day_of_callbacks(pos))


@pytest.fixture
def sign_in() -> SignIn:
    """Return a browser of a member of the cast, whose password is his own."""

    def signed_in(person: Person) -> Client:
        Member.objects.filter(pk=person.member.pk).update(must_change_password=False)
        client = Client()
        client.force_login(person.member)
        return client

    return signed_in
