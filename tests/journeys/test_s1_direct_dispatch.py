"""S1: direct dispatch inside ten minutes, and the callbacks of the next day."""

from __future__ import annotations

import pytest

from banjie.deadlines.duties import run_duties
from banjie.deadlines.models import Clock, DutyItem, DutyRun, Finding
from banjie.deadlines.sweep import sweep
from banjie.dispatch.models import Assignment
from banjie.kernel.errors import InvalidInput
from tests.pos import BLOCKED, DETAILS, GUIDED, Pos, moment


@pytest.mark.req("POS-05", "POS-07", "POS-09", "POS-10", "POS-11", "POS-12")
def test_a_fault_is_guided_registered_and_dispatched_to_the_terminals_inspector_within_ten_minutes(pos: Pos) -> None:
    number = pos.open().number
    pos.pass_time(minutes=3)
    pos.do(number, "guide", GUIDED)
    pos.do(number, "register", {**DETAILS, "terminal_no": "T-88001", "phone": ""})
    with pytest.raises(InvalidInput) as refused:
        pos.do(number, "dispatch")
    assert [e.field for e in refused.value.errors] == ["phone"]
    assert "五.3" in refused.value.clause
    pos.pass_time(minutes=4)

    pos.do(number, "register", {"phone": "13800000001"})
    pos.do(number, "dispatch")

    ticket = pos.ticket(number)
    assert (ticket.state, ticket.assignee) == ("unprocessed", pos.cast.zhao.member)
    clock = Clock.objects.get(ticket=ticket, name="dispatched")
    assert (clock.state, clock.started_at, clock.stopped_at) == ("met", moment("2024-06-03 09:00"), moment("2024-06-03 09:07"))
    assert Finding.objects.get(ticket=ticket, rule="dispatched").outcome == "met"
    assignment = Assignment.objects.get(ticket=ticket)
    assert assignment.kind == "direct"
    assert [c["name"] for c in assignment.candidates if c["chosen"]] == ["赵强"]


@pytest.mark.req("POS-16", "POS-17", "POS-22", "POS-23", "POS-25")
@pytest.mark.parametrize(("callbacks", "state"), [(3, "broken"), (4, "kept")])
def test_the_next_day_owes_four_callbacks_of_37_and_all_five_open_tickets(pos: Pos, callbacks: int, state: str) -> None:
    pos.now = moment("2024-06-03 09:00")
    booked = pos.dispatched()
    zhao = pos.cast.zhao.actor
    pos.do(booked, "book", {"visit_at": "2024-06-04 15:00", "agreed_with": "王老板"}, by=zhao)
    pos.now = moment("2024-06-04 09:00")
    done = [pos.completed() for _n in range(36)]
    open_ones = [pos.dispatched() for _n in range(5)]
    for number in open_ones:
        pos.do(number, "report_blocked", BLOCKED, by=zhao)
    pos.now = moment("2024-06-04 16:10")
    pos.do(booked, "complete", {"result": "已修复", "fully_solved": True}, by=zhao)

    run_duties(moment("2024-06-05 00:00"))

    sample = DutyRun.objects.get(duty="sample_completed", period="2024-06-05")
    assert sorted(sample.frame) == sorted([*done, booked])
    assert (sample.frame_size, sample.required, sample.items.filter(chosen=True).count()) == (37, 4, 4)
    verify = DutyRun.objects.get(duty="verify_open", period="2024-06-05")
    assert sorted(verify.frame) == sorted(open_ones)
    pos.now = moment("2024-06-05 10:00")
    for item in DutyItem.objects.filter(run=sample, chosen=True).select_related("ticket")[:callbacks]:
        pos.do(item.ticket.number, "call_back", {"reached": "satisfied"})
    for number in open_ones[: callbacks + 1]:
        pos.do(number, "verify", {"verified": "银行仍在处理"})

    run_duties(moment("2024-06-06 00:00"))

    sample.refresh_from_db()
    verify.refresh_from_db()
    assert (sample.state, sample.done) == (state, callbacks)
    assert verify.state == state
    assert Finding.objects.get(kind="duty", rule="sample_completed", evidence__frame=37).outcome == (
        "met" if state == "kept" else "breached"
    )
    assert round(sample.done / sample.frame_size * 100, 1) == {3: 8.1, 4: 10.8}[callbacks]


def test_a_late_dispatch_warns_breaks_and_escalates_once_each(pos: Pos) -> None:
    number = pos.open(payload={**DETAILS, "terminal_no": "T-88001"}).number
    ticket = pos.ticket(number)

    for minute in (8, 8, 11, 11, 31, 32):
        sweep(moment(f"2024-06-03 09:{minute:02d}"))

    kinds = list(ticket.events.order_by("seq").values_list("kind", "payload__clock"))
    assert kinds == [
        ("opened", None),
        ("warned", "dispatched"),
        ("breached", "passed_on"),
        ("breached", "dispatched"),
        ("escalated", "dispatched"),
    ]
    assert Finding.objects.filter(ticket=ticket, rule="dispatched", outcome="breached").count() == 1
