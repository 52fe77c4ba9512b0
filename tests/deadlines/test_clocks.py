# lint: allow file-budget: one subject, many short cases
"""Clocks: how they run, pause, stop, warn, break and escalate, and what the findings say of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from banjie.channels.models import Notification
from banjie.deadlines.models import Clock, Finding
from banjie.deadlines.sweep import sweep
from banjie.handling.models import Appointment
from banjie.kernel.errors import InvalidInput
from banjie.people.verbs.members import deactivate_member
from banjie.tickets.lifecycle import perform
from banjie.tickets.models import Event
from banjie.verification.models import Closure
from tests.cast import BUILDER, Cast
from tests.deadlines.books import Office, office
from tests.pos import DETAILS, GUIDED, Pos, moment
from tests.tickets.observing import disagreements, everything, refused


@pytest.fixture
def work(cast: Cast) -> Office:
    """The book whose limits count working hours (Monday to Friday 9:00-12:00 and 13:30-18:00)."""
    return office(cast)


def running(number: str, name: str) -> Clock:
    """Return the clock of a ticket that still runs or is paused."""
    return Clock.objects.get(ticket__number=number, name=name, state__in=["running", "paused"])


def findings(number: str, rule: str) -> list[str]:
    """Return the outcomes of a rule on a ticket, oldest first."""
    return list(Finding.objects.filter(ticket__number=number, rule=rule).order_by("id").values_list("outcome", flat=True))


@pytest.mark.req("PLT-04", "PLT-03")
@pytest.mark.parametrize(("finished", "outcome"), [("2024-06-20 14:30:00", "met"), ("2024-06-20 14:30:01", "breached")])
def test_a_pause_stops_working_time_over_the_weekend_and_gives_back_what_was_left(work: Office, finished: str, outcome: str) -> None:
    number = work.open(moment("2024-06-07 16:00"))  # a Friday: two hours are left of it
    assert running(number, "finished").due_at == moment("2024-06-11 11:00")  # Monday is Dragon Boat Festival
    work.wait(number, moment("2024-06-07 17:00"))
    paused = running(number, "finished")
    assert (paused.state, paused.remaining, paused.due_at, paused.next_at) == ("paused", 3 * 3600 * 10**6, None, None)
    assert disagreements() == []

    sweep(moment("2024-06-20 09:00"))
    work.go_on(number, moment("2024-06-20 10:00"))

    assert running(number, "finished").due_at == moment("2024-06-20 14:30")
    assert disagreements() == []
    work.finish(number, moment(finished))
    assert findings(number, "finished") == [outcome]
    told = list(Event.objects.filter(ticket__number=number).order_by("seq").values_list("kind", flat=True))
    assert told[:5] == ["opened", "action", "paused", "action", "resumed"]
    assert disagreements() == []


def test_a_clock_that_is_paused_twice_loses_nothing(work: Office) -> None:
    number = work.open(moment("2024-06-03 09:00"))

    for begin, end in (("09:30", "10:45"), ("11:00", "16:20")):
        work.wait(number, moment(f"2024-06-03 {begin}"))
        work.go_on(number, moment(f"2024-06-03 {end}"))

    # used: 9:00-9:30 and 10:45-11:00, so 3 h 15 min are left at 16:20: 1 h 40 min today, the rest tomorrow
    assert running(number, "finished").due_at == moment("2024-06-04 10:35")


def test_a_clock_that_is_over_its_limit_can_no_longer_be_paused(work: Office) -> None:
    number = work.open(moment("2024-06-03 09:00"))

    work.wait(number, moment("2024-06-03 15:00"))

    assert running(number, "finished").state == "running"
    sweep(moment("2024-06-03 15:01"))
    assert findings(number, "finished") == ["breached"]


def test_work_that_is_finished_out_of_a_pause_is_in_time(work: Office) -> None:
    number = work.open(moment("2024-06-03 09:00"))
    work.wait(number, moment("2024-06-03 10:00"))

    work.finish(number, moment("2024-06-28 10:00"))

    assert findings(number, "finished") == ["met"]
    assert disagreements() == []


@pytest.mark.req("PLT-04")
def test_warning_breach_and_each_rung_come_once_and_reach_the_people_named(work: Office) -> None:
    number = work.open(moment("2024-06-03 09:00"))

    at = moment("2024-06-03 09:00")
    while at < moment("2024-06-05 18:00"):
        sweep(at)
        at += timedelta(minutes=20)

    told = Event.objects.filter(ticket__number=number).exclude(kind="opened").order_by("seq")
    assert [(e.kind, e.at) for e in told] == [
        ("warned", moment("2024-06-03 11:20")),  # half of four hours, at the next sweep
        ("breached", moment("2024-06-03 14:40")),
        ("escalated", moment("2024-06-03 16:40")),
        ("escalated", moment("2024-06-04 14:40")),
    ]
    sent = [(n.member.username, n.kind) for n in Notification.objects.order_by("id").select_related("member")]
    assert sent == [("li", "warned"), ("li", "breached"), ("wang_sup", "escalated"), ("wang_sup", "escalated")]
    assert running(number, "finished").next_at is None
    work.finish(number, moment("2024-06-05 18:00"))
    assert findings(number, "finished") == ["breached"]
    assert disagreements() == []


@pytest.mark.req("PLT-04")
def test_a_worker_that_stood_still_for_days_catches_up_once_and_does_not_warn_of_what_is_over(work: Office) -> None:
    number = work.open(moment("2024-06-03 09:00"))

    first, second = sweep(moment("2024-06-06 09:00")), sweep(moment("2024-06-06 09:01"))

    assert (first, second) == (1, 0)
    kinds = list(Event.objects.filter(ticket__number=number).order_by("seq").values_list("kind", flat=True))
    assert kinds == ["opened", "breached", "escalated", "escalated"]
    finding = Finding.objects.get(ticket__number=number, rule="finished")
    assert (finding.due_at, finding.at) == (moment("2024-06-03 14:30"), moment("2024-06-06 09:00"))
    assert (finding.calendar_version_id, finding.rulebook_version_id) == (
        running(number, "finished").calendar_version_id,
        work.program.version_id,
    )


@pytest.mark.parametrize("swept", [False, True])
def test_what_is_done_at_the_very_moment_it_is_due_is_in_time_whether_a_sweep_came_first_or_not(work: Office, swept: bool) -> None:
    number = work.open(moment("2024-06-03 09:00"))

    if swept:
        sweep(moment("2024-06-03 14:30"))
    work.finish(number, moment("2024-06-03 14:30"))

    assert findings(number, "finished") == ["met"]


def test_a_late_stop_before_the_sweep_came_is_a_breach_of_the_same_kind_and_told_once(pos: Pos) -> None:
    number = pos.open(payload={**DETAILS, "terminal_no": "T-88001"}).number
    pos.pass_time(minutes=11)

    pos.do(number, "guide", GUIDED)
    pos.do(number, "dispatch")
    sweep(pos.pass_time(minutes=1))

    finding = Finding.objects.get(ticket__number=number, rule="dispatched")
    assert (finding.outcome, finding.due_at, finding.ended_at) == ("breached", moment("2024-06-03 09:10"), moment("2024-06-03 09:11"))
    told = Notification.objects.filter(kind="breached").values_list("member__username", flat=True)
    assert set(told) == {"wang_sup", "chen_hn"}
    assert Event.objects.filter(ticket__number=number, kind="breached", payload__clock="dispatched").count() == 1
    assert disagreements() == []


@pytest.mark.parametrize("swept", [False, True])
@pytest.mark.parametrize(("minutes", "outcome"), [(9, "void"), (11, "breached")])
def test_withdrawing_a_ticket_ends_its_clocks_and_hides_no_breach(pos: Pos, minutes: int, outcome: str, swept: bool) -> None:
    number = pos.open(payload=DETAILS).number
    pos.pass_time(minutes=minutes)
    if swept:
        sweep(pos.now)

    pos.do(number, "cancel", {"reason": "商户撤回"})
    before = everything()
    sweep(pos.pass_time(days=3))

    assert findings(number, "dispatched") == findings(number, "passed_on") == [outcome]
    assert not Clock.objects.filter(ticket__number=number, next_at__isnull=False).exists()
    assert everything() == before
    assert disagreements() == []


@pytest.mark.req("POS-16", "PLT-19")
def test_booking_again_restarts_the_appointments_clock_and_keeps_the_first_as_void(pos: Pos) -> None:
    number = pos.dispatched()
    zhao = pos.cast.zhao.actor
    pos.do(number, "book", {"visit_at": "2024-06-03 15:00", "agreed_with": "王老板"}, by=zhao)

    pos.pass_time(hours=1)
    pos.do(number, "book", {"visit_at": "2024-06-04 10:00", "agreed_with": "王老板"}, by=zhao)

    assert findings(number, "visited") == ["void"]
    assert running(number, "visited").due_at == moment("2024-06-04 10:00")
    assert pos.ticket(number).due_clock == "handled"
    sweep(moment("2024-06-03 15:30"))
    assert findings(number, "visited") == ["void"]
    pos.now = moment("2024-06-04 09:50")
    pos.do(number, "start", by=zhao)
    assert findings(number, "visited") == ["void", "met"]
    assert disagreements() == []


@pytest.mark.req("PLT-19")
@pytest.mark.parametrize("action", ["book", "miss"])
@pytest.mark.parametrize("swept", [False, True])
def test_an_appointment_that_passed_is_missed_however_the_next_one_is_entered(pos: Pos, action: str, swept: bool) -> None:
    number = pos.dispatched()
    zhao = pos.cast.zhao.actor
    pos.do(number, "book", {"visit_at": "2024-06-03 15:00", "agreed_with": "王老板"}, by=zhao)
    pos.now = moment("2024-06-03 15:20")
    if swept:
        sweep(pos.now)

    again = {"visit_at": "2024-06-04 10:00", "agreed_with": "王老板"}
    pos.do(number, action, again | ({"reason": "堵车"} if action == "miss" else {}), by=zhao)

    assert findings(number, "visited") == ["breached"]
    assert running(number, "visited").due_at == moment("2024-06-04 10:00")
    visits = list(Appointment.objects.filter(ticket__number=number).order_by("id").values_list("replaces_missed", "missed_reason"))
    assert visits == [(False, ""), (True, "堵车") if action == "miss" else (False, "")]
    assert disagreements() == []


@pytest.mark.req("PLT-19")
def test_the_new_time_after_a_missed_visit_is_watched_too(pos: Pos) -> None:
    number = pos.dispatched()
    zhao = pos.cast.zhao.actor
    pos.do(number, "book", {"visit_at": "2024-06-03 15:00", "agreed_with": "王老板"}, by=zhao)
    pos.now = moment("2024-06-03 15:20")

    pos.do(number, "miss", {"reason": "堵车", "visit_at": "2024-06-04 10:00", "agreed_with": "王老板"}, by=zhao)

    assert running(number, "visited").due_at == moment("2024-06-04 10:00")
    sweep(moment("2024-06-04 10:01"))
    assert findings(number, "visited") == ["breached", "breached"]


def test_reopening_starts_new_clocks_and_leaves_the_old_results_alone(pos: Pos) -> None:
    number = pos.completed()
    pos.do(number, "call_back", {"reached": "satisfied"})
    before = list(Finding.objects.order_by("id").values())

    pos.pass_time(days=2)
    pos.do(number, "reopen", {"reason": "又坏了"})

    assert list(Finding.objects.order_by("id").values())[: len(before)] == before
    assert pos.ticket(number).round == 2
    assert {c.name: c.started_at for c in Clock.objects.filter(ticket__number=number, state="running")} == {
        "dispatched": pos.now,
        "passed_on": pos.now,
    }
    sweep(pos.pass_time(minutes=11))
    assert findings(number, "dispatched") == ["met", "breached"]
    assert disagreements() == []


def test_a_transfer_hands_the_running_clock_to_the_new_owner_and_the_breach_is_his(pos: Pos) -> None:
    number = pos.dispatched()
    assert running(number, "handled").owner == pos.cast.zhao.member
    due = running(number, "handled").due_at

    pos.pass_time(hours=5)
    pos.do(number, "transfer", {"inspector": pos.cast.liu_hn.member.pk, "reason": "赵强休假"}, by=pos.cast.chen_hn.actor)
    sweep(pos.pass_time(days=2))

    clock = running(number, "handled")
    assert (clock.owner, clock.due_at) == (pos.cast.liu_hn.member, due)
    finding = Finding.objects.get(ticket__number=number, rule="handled")
    assert (finding.owner, finding.outcome) == (pos.cast.liu_hn.member, "breached")
    told = set(Notification.objects.filter(kind="breached").values_list("member__username", flat=True))
    assert told == {"liu_hn", "chen_hn", "boss_hn"}


def test_a_timer_files_a_completed_ticket_once_after_seven_days(pos: Pos) -> None:
    number = pos.completed()

    sweep(pos.pass_time(days=7))
    early = pos.ticket(number).state
    sweep(pos.pass_time(seconds=1))
    sweep(pos.pass_time(days=30))

    assert (early, pos.ticket(number).state) == ("completed", "closed")
    closing = Event.objects.get(ticket__number=number, action="close")
    assert (closing.actor_name, closing.member_id) == ("deadline-watch", None)
    assert Closure.objects.filter(ticket__number=number).count() == 1
    assert Clock.objects.get(ticket__number=number, name="file_away").state == "done"
    assert disagreements() == []


def test_a_timer_is_void_when_the_ticket_leaves_and_starts_anew_when_it_comes_back(pos: Pos) -> None:
    number = pos.completed()
    pos.pass_time(days=6)
    pos.do(number, "call_back", {"reached": "dissatisfied", "opinion": "还是卡纸"})

    sweep(pos.pass_time(days=2))
    assert pos.ticket(number).state == "unprocessed"
    pos.do(number, "complete", {"result": "换新机", "fully_solved": True}, by=pos.cast.zhao.actor)
    sweep(pos.pass_time(days=6))

    assert pos.ticket(number).state == "completed"
    assert list(Clock.objects.filter(name="file_away").order_by("id").values_list("state", flat=True)) == ["void", "running"]
    sweep(pos.pass_time(days=1, seconds=1))
    assert pos.ticket(number).state == "closed"
    assert disagreements() == []


def test_a_sweep_makes_nobodys_open_form_stale(pos: Pos) -> None:
    number = pos.open(payload=DETAILS).number
    seen = pos.ticket(number).version

    sweep(pos.pass_time(minutes=11))

    assert pos.ticket(number).version == seen
    perform(number, "guide", GUIDED, by=pos.cast.li.actor, at=pos.now, expect=seen)
    assert pos.ticket(number).version == seen + 1


@pytest.mark.parametrize(
    "statement", ["update deadlines_finding set outcome = 'met'", "delete from deadlines_finding", "truncate deadlines_finding cascade"]
)
def test_the_database_refuses_to_rewrite_a_finding(pos: Pos, statement: str) -> None:
    pos.open(payload=DETAILS)
    sweep(pos.pass_time(minutes=11))

    with pytest.raises(DatabaseError, match="keeps its history"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set constraints all immediate;" + statement)

    assert set(Finding.objects.values_list("outcome", flat=True)) == {"breached"}


def test_a_limit_before_a_date_ends_with_that_day(work: Office) -> None:
    number = work.open(moment("2024-08-01 09:00"), {"fee_until": "2024-08-31"})

    assert running(number, "notified").due_at == moment("2024-08-17 00:00")  # all of 16 August may be used
    sweep(moment("2024-08-17 00:00"))
    assert findings(number, "notified") == []
    sweep(moment("2024-08-17 00:01"))
    assert findings(number, "notified") == ["breached"]


def test_a_clock_without_its_date_does_not_start(work: Office) -> None:
    number = work.open(moment("2024-08-01 09:00"))

    assert not Clock.objects.filter(ticket__number=number, name="notified").exists()


@pytest.mark.req("PLT-04")
def test_a_refused_action_moves_no_clock(pos: Pos) -> None:
    number = pos.dispatched()

    pos.pass_time(hours=1)
    with refused(field="blocked_reason"):
        pos.do(number, "report_blocked", {"blocked_side": "bank"}, by=pos.cast.zhao.actor)

    assert running(number, "handled").state == "running"


def test_the_promised_time_depends_on_the_class(pos: Pos) -> None:
    fault, delivery = pos.dispatched(), pos.dispatched(kind="consumables")

    assert running(fault, "handled").due_at == pos.now + timedelta(hours=24)
    assert running(delivery, "handled").due_at == pos.now + timedelta(hours=48)
    assert running(delivery, "handled").limit_text == "48h"


def test_people_who_left_are_not_told(pos: Pos) -> None:
    number = pos.dispatched()
    deactivate_member(pos.cast.zhao.member, by=BUILDER, at=pos.now)

    sweep(pos.pass_time(days=2))

    assert findings(number, "handled") == ["breached"]
    assert not Notification.objects.filter(member=pos.cast.zhao.member, kind="breached").exists()


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1899-12-31", "2200-01-01", "2024-02-30", "2024-8-31", "31.8.2024"])
def test_a_date_from_which_nothing_can_be_counted_is_refused(work: Office, day: str) -> None:
    with refused(InvalidInput, field="fee_until"):
        work.open(moment("2024-08-01 09:00"), {"fee_until": day})


@pytest.mark.req("PLT-04")
def test_a_clock_that_cannot_be_handled_holds_up_no_other(pos: Pos, caplog: pytest.LogCaptureFixture) -> None:
    numbers = [pos.open("consumables", DETAILS).number for _n in range(3)]
    Clock.objects.filter(ticket__number=numbers[1], name="passed_on").update(name="ghost")  # as if the book had lost it

    handled = sweep(pos.pass_time(minutes=11))

    assert handled == 5
    assert findings(numbers[0], "dispatched") == findings(numbers[1], "dispatched") == findings(numbers[2], "dispatched") == ["breached"]
    assert "ghost" in caplog.text
    assert sweep(pos.now) == 0
    Clock.objects.filter(name="ghost").update(name="passed_on")
    assert sweep(pos.now) == 1
    assert disagreements() == []
