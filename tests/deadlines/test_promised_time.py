"""五.4: each class of tickets is handled within its promised time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from banjie.channels.models import Notification
from banjie.deadlines.models import Clock, Finding
from banjie.deadlines.sweep import sweep
from banjie.rulebook.due import duration
from tests.pos import BLOCKED, DETAILS, GUIDED, Pos
from tests.tickets.observing import disagreements

CLASSES = {
    "question": 24, "device_fault": 24, "operation_guidance": 24, "consumables": 48, "install_remove_replace": 72,
    "information_change": 72, "document_collection": 72, "routine_inspection": 168,
}  # fmt: skip
DONE = {"result": "好", "fully_solved": True}
VISIT = {"visit_at": "2024-06-03 15:00", "agreed_with": "王老板"}
INSTANT = timedelta(microseconds=1)


def dispatched(pos: Pos, kind: str) -> str:
    """Dispatch a ticket of a class four minutes after it was accepted."""
    number = pos.open(kind, {**DETAILS, "terminal_no": "T-88001"}).number
    pos.pass_time(minutes=4)
    if pos.ticket(number).state == "accepted":
        pos.do(number, "guide", GUIDED)
    pos.do(number, "dispatch")
    return number


@pytest.mark.req("POS-19")
def test_every_class_has_a_promised_time_of_its_own(pos: Pos) -> None:
    limit = pos.program.book.limits["handling"]

    assert isinstance(limit.values, dict)
    assert {name: duration(text).timedelta for name, text in limit.values.items()} == {n: timedelta(hours=h) for n, h in CLASSES.items()}
    assert limit.values.keys() == pos.program.types.keys()


@pytest.mark.req("POS-19")
@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("kind", CLASSES)
def test_a_ticket_is_late_when_its_class_promised_time_is_over_before_it_is_completed(pos: Pos, kind: str, late: bool) -> None:
    number = dispatched(pos, kind)
    begun = pos.now
    zhao = pos.cast.zhao.actor
    pos.pass_time(hours=1)
    for action, payload in (("acknowledge", {}), ("book", VISIT), ("start", {})):  # none of them is the handling itself
        pos.do(number, action, payload, by=zhao)
    pos.now = begun + timedelta(hours=CLASSES[kind]) + (INSTANT if late else timedelta(0))

    pos.do(number, "complete", DONE, by=zhao)

    finding = Finding.objects.get(ticket__number=number, rule="handled")
    assert (finding.outcome, finding.owner, finding.clause) == ("breached" if late else "met", pos.cast.zhao.member, "五.4")
    assert finding.due_at == begun + timedelta(hours=CLASSES[kind])
    assert disagreements() == []


@pytest.mark.req("POS-19")
def test_who_is_late_is_warned_told_and_after_a_day_headquarters_is_told_too(pos: Pos) -> None:
    number = dispatched(pos, "device_fault")
    begun = pos.now

    for hours in (19, 20, 24, 25, 47, 49):
        sweep(begun + timedelta(hours=hours))

    told = Notification.objects.filter(ticket_number=number, clause__contains="五.4").exclude(kind="dispatched")
    assert sorted(told.values_list("kind", "member__username", "at")) == sorted(
        [
            *(("warned", who, begun + timedelta(hours=20)) for who in ("zhao", "chen_hn")),
            *(("breached", who, begun + timedelta(hours=25)) for who in ("zhao", "chen_hn", "boss_hn")),
            ("escalated", "wang_sup", begun + timedelta(hours=49)),
        ]
    )


@pytest.mark.req("POS-19", "POS-15")
def test_an_objective_reason_on_the_other_side_stops_the_promised_time_until_work_goes_on(pos: Pos) -> None:
    number = dispatched(pos, "device_fault")
    zhao = pos.cast.zhao.actor
    pos.pass_time(hours=20)
    pos.do(number, "report_blocked", BLOCKED, by=zhao)
    pos.pass_time(days=9)
    sweep(pos.now)
    assert not Finding.objects.filter(ticket__number=number, rule="handled").exists()

    pos.do(number, "book", {**VISIT, "visit_at": (pos.now + timedelta(hours=2)).isoformat()}, by=zhao)

    clock = Clock.objects.get(ticket__number=number, name="handled")
    assert (clock.state, clock.due_at) == ("running", pos.now + timedelta(hours=4))
    sweep(pos.now + timedelta(hours=4) + INSTANT)
    assert Finding.objects.get(ticket__number=number, rule="handled").outcome == "breached"
