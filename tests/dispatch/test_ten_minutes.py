"""五.3: dispatch is completed within ten minutes of acceptance, whichever way the ticket goes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from banjie.deadlines.models import Clock, Finding
from banjie.deadlines.sweep import sweep
from tests.pos import DETAILS, GUIDED, Pos
from tests.tickets.observing import disagreements

LIMIT = timedelta(minutes=10)
INSTANT = timedelta(microseconds=1)


def after_guidance(pos: Pos) -> Callable[[], str]:
    """Take a fault and guide in vain; return what dispatches it."""
    number = pos.open(payload={**DETAILS, "terminal_no": "T-88001"}).number
    pos.pass_time(minutes=4)
    pos.do(number, "guide", GUIDED)
    return lambda: pos.do(number, "dispatch").number


def on_site(pos: Pos) -> Callable[[], str]:
    """Take a request of an on-site class; return what dispatches it."""
    number = pos.open("consumables", {**DETAILS, "terminal_no": "T-88001"}).number
    return lambda: pos.do(number, "dispatch").number


def relayed(pos: Pos) -> Callable[[], str]:
    """Relay a request after nine minutes; return what dispatches it at the second level."""
    number = pos.open("install_remove_replace", {**DETAILS, "merchant_no": "M-7002"}).number
    pos.pass_time(minutes=9)
    pos.do(number, "dispatch")
    return lambda: pos.do(number, "relay", {"inspector": pos.cast.sun_gz.member.pk}, by=pos.cast.gu_gz.actor).number


@pytest.mark.req("POS-11")
@pytest.mark.parametrize("swept", [False, True])
@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("way", [after_guidance, on_site, relayed])
def test_ten_minutes_from_acceptance_are_in_time_and_the_next_instant_is_late(
    pos: Pos, way: Callable[[Pos], Callable[[], str]], late: bool, swept: bool
) -> None:
    accepted_at = pos.now
    dispatch = way(pos)
    pos.now = accepted_at + LIMIT + (INSTANT if late else timedelta(0))

    if swept:
        sweep(pos.now)
    number = dispatch()
    sweep(pos.now + LIMIT)

    clock = Clock.objects.get(ticket__number=number, name="dispatched")
    assert (clock.started_at, clock.due_at, clock.stopped_at) == (accepted_at, accepted_at + LIMIT, pos.now)
    assert Finding.objects.get(ticket__number=number, rule="dispatched").outcome == ("breached" if late else "met")
    assert disagreements() == []


@pytest.mark.req("POS-11")
@pytest.mark.parametrize("at_headquarters", [9, 11])
def test_both_stamps_of_a_relayed_ticket_are_judged_apart(pos: Pos, at_headquarters: int) -> None:
    number = pos.open("consumables", {**DETAILS, "merchant_no": "M-7002"}).number
    accepted_at = pos.now

    pos.now = accepted_at + timedelta(minutes=at_headquarters)
    pos.do(number, "dispatch")
    pos.now = accepted_at + timedelta(minutes=12)
    pos.do(number, "relay", {"inspector": pos.cast.sun_gz.member.pk}, by=pos.cast.gu_gz.actor)

    found = {f.rule: (f.outcome, f.ended_at) for f in Finding.objects.filter(ticket__number=number)}
    passed_on = "met" if at_headquarters <= 10 else "breached"
    assert found == {
        "passed_on": (passed_on, accepted_at + timedelta(minutes=at_headquarters)),
        "dispatched": ("breached", accepted_at + timedelta(minutes=12)),
    }
    assert Finding.objects.get(ticket__number=number, rule="passed_on").owner == pos.cast.li.member
