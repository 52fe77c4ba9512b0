"""Checking with the customer, ending, and taking up again."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from banjie.channels.models import Notification
from banjie.kernel.errors import InvalidInput, NotAllowedNow, NotPermitted, Unseen
from banjie.people.access import actor_of_member
from banjie.people.verbs.posts import assign_post
from banjie.tickets.lifecycle import perform
from banjie.verification.models import Callback, Closure, Reopening, Verification
from banjie.verification.verbs.call_back import EnoughAttempts, TooSoon
from tests.cast import BUILDER, LONG_AGO
from tests.pos import BLOCKED, DETAILS, GUIDED, Pos
from tests.tickets.observing import disagreements, refused


@pytest.mark.req("POS-24", "CBK-07", "POS-02", "POS-03")
@pytest.mark.parametrize("who", ["li", "chen_hn"])
def test_both_levels_call_back_and_the_record_is_complete(pos: Pos, who: str) -> None:
    number = pos.completed()
    person = getattr(pos.cast, who)
    pos.pass_time(days=1)

    done = pos.do(number, "call_back", {"reached": "satisfied", "opinion": "师傅很快"}, by=person.actor)

    row = Callback.objects.get()
    assert (row.result, row.opinion, row.by, row.at, row.attempt, row.round) == ("satisfied", "师傅很快", person.member, pos.now, 1, 1)
    ticket = pos.ticket(number)
    assert (done.state, ticket.is_open, ticket.ended_at) == ("closed", False, pos.now)


@pytest.mark.req("POS-24", "POS-03")
def test_another_districts_second_level_cannot_call_back(pos: Pos) -> None:
    number = pos.completed()

    with refused(Unseen):
        pos.do(number, "call_back", {"reached": "satisfied"}, by=pos.cast.gu_gz.actor)
    with refused(NotPermitted, clause="五.6"):
        pos.do(number, "call_back", {"reached": "satisfied"}, by=pos.cast.boss_hn.actor)


@pytest.mark.req("CBK-11", "CBK-13", "POS-21")
@pytest.mark.parametrize("closed", [False, True])
def test_a_dissatisfied_customer_sends_the_ticket_back_to_handling_and_its_inspector_is_told(pos: Pos, closed: bool) -> None:
    number = pos.completed()
    if closed:
        pos.do(number, "close")
    pos.pass_time(days=1)

    done = pos.do(number, "call_back", {"reached": "dissatisfied", "opinion": "还是卡纸"})

    ticket = pos.ticket(number)
    assert (done.state, ticket.is_open, ticket.ended_at, ticket.assignee) == ("unprocessed", True, None, pos.cast.zhao.member)
    assert ticket.round == 2
    assert ticket.due_clock == "handled"
    note = Notification.objects.get(kind="dissatisfied")
    assert (note.member, note.ticket_number) == (pos.cast.zhao.member, number)
    with refused(NotAllowedNow):
        pos.do(number, "close")
    assert disagreements() == []


@pytest.mark.req("CBK-17", "POS-22")
def test_an_unreached_customer_is_tried_again_later_and_the_ticket_stays(pos: Pos) -> None:
    number = pos.completed()

    pos.do(number, "call_back", {"reached": "unreachable"})
    pos.pass_time(minutes=29)
    with refused(TooSoon, clause="五.6"):
        pos.do(number, "call_back", {"reached": "unreachable"})
    for _attempt in range(2):
        pos.pass_time(minutes=30)
        pos.do(number, "call_back", {"reached": "unreachable"})
    pos.pass_time(hours=1)
    with refused(EnoughAttempts):
        pos.do(number, "call_back", {"reached": "unreachable"})

    assert pos.ticket(number).state == "completed"
    assert list(Callback.objects.order_by("id").values_list("attempt", "result")) == [(n, "unreachable") for n in (1, 2, 3)]
    assert pos.do(number, "call_back", {"reached": "satisfied"}).state == "closed"  # the customer called himself
    assert Callback.objects.get(result="satisfied").attempt == 4


def test_attempts_are_counted_anew_in_a_new_round(pos: Pos) -> None:
    number = pos.completed()
    pos.do(number, "call_back", {"reached": "satisfied"})
    pos.pass_time(days=1)
    pos.do(number, "call_back", {"reached": "dissatisfied"})
    pos.do(number, "complete", {"result": "换新机", "fully_solved": True}, by=pos.cast.zhao.actor)

    pos.do(number, "call_back", {"reached": "satisfied"})

    assert list(Callback.objects.order_by("id").values_list("round", "attempt")) == [(1, 1), (1, 2), (2, 1)]


@pytest.mark.parametrize("result", ["", "general", "满意度高", None])
def test_a_callback_needs_its_result(pos: Pos, result: str | None) -> None:
    number = pos.completed()

    with refused(InvalidInput, field="reached", clause="五.6"):
        pos.do(number, "call_back", {"reached": result})


def test_nobody_calls_back_or_verifies_his_own_work_whatever_posts_he_has(pos: Pos) -> None:
    assign_post(pos.cast.zhao.member, role=pos.cast.roles["second_level"], unit=pos.cast.units["HN"], by=BUILDER, at=LONG_AGO)
    zhao = actor_of_member(pos.cast.zhao.member.pk, pos.now)
    done, waiting = pos.completed(), pos.dispatched()
    pos.do(waiting, "report_blocked", BLOCKED, by=zhao)

    with refused(NotPermitted):
        pos.do(done, "call_back", {"reached": "satisfied"}, by=zhao)
    with refused(NotPermitted):
        pos.do(waiting, "verify", {"verified": "看过了"}, by=zhao)


@pytest.mark.req("POS-23", "POS-24")
@pytest.mark.parametrize("who", ["li", "chen_hn"])
def test_both_levels_verify_what_is_appointed_or_uncompleted_and_nothing_else(pos: Pos, who: str) -> None:
    number = pos.dispatched()
    person = getattr(pos.cast, who)
    with refused(NotAllowedNow):
        pos.do(number, "verify", {"verified": "看过"}, by=person.actor)

    pos.do(number, "report_blocked", BLOCKED, by=pos.cast.zhao.actor)
    with refused(InvalidInput, field="verified", clause="五.6"):
        pos.do(number, "verify", {"verified": " "}, by=person.actor)
    pos.do(number, "verify", {"verified": "银行确认明日下发"}, by=person.actor)
    pos.do(number, "book", {"visit_at": "2024-06-04 15:00", "agreed_with": "王老板"}, by=pos.cast.zhao.actor)
    pos.do(number, "verify", {"verified": "商户确认时间"}, by=person.actor)

    assert list(Verification.objects.order_by("id").values_list("text", "by_name")) == [
        ("银行确认明日下发", person.member.name),
        ("商户确认时间", person.member.name),
    ]
    assert pos.ticket(number).state == "appointed"


def test_a_completed_ticket_is_closed_by_hand_or_withdrawn_never(pos: Pos) -> None:
    number = pos.completed()

    with refused(NotAllowedNow):
        pos.do(number, "cancel", {"reason": "撤回"})
    with refused(NotPermitted):
        pos.do(number, "close", by=pos.cast.zhao.actor)
    pos.do(number, "close", {"note": "回访满意"})

    row = Closure.objects.get()
    assert (row.kind, row.reason, pos.ticket(number).state) == ("closed", "回访满意", "closed")
    with refused(NotAllowedNow):
        pos.do(number, "close")


@pytest.mark.parametrize("stage", ["opened", "dispatched", "blocked"])
def test_withdrawing_needs_a_reason_and_ends_everything(pos: Pos, stage: str) -> None:
    number = pos.open().number if stage == "opened" else pos.dispatched()
    if stage == "blocked":
        pos.do(number, "report_blocked", BLOCKED, by=pos.cast.zhao.actor)

    with refused(InvalidInput, field="reason"):
        pos.do(number, "cancel")
    with refused():
        pos.do(number, "cancel", {"reason": "不想修"}, by=pos.cast.zhao.actor)
    pos.do(number, "cancel", {"reason": "商户撤回"})

    ticket = pos.ticket(number)
    assert (ticket.state, ticket.is_open, ticket.due_at) == ("cancelled", False, None)
    assert Closure.objects.get().reason == "商户撤回"
    for action in ("cancel", "reopen", "dispatch", "register"):
        with refused(NotAllowedNow):
            pos.do(number, action, {"reason": "x"})
    assert disagreements() == []


@pytest.mark.parametrize("ended", ["completed", "closed"])
def test_what_ended_is_taken_up_again_with_a_reason_and_dispatched_anew(pos: Pos, ended: str) -> None:
    number = pos.completed()
    if ended == "closed":
        pos.do(number, "close")
    pos.pass_time(days=3)

    with refused(InvalidInput, field="reason"):
        pos.do(number, "reopen")
    pos.do(number, "reopen", {"reason": "又不出纸"})

    ticket = pos.ticket(number)
    assert (ticket.state, ticket.is_open, ticket.assignee, ticket.ended_at) == ("registered", True, None, None)
    assert ticket.round == (1 if ended == "completed" else 2)
    assert ticket.responsible == pos.cast.li.member
    assert Reopening.objects.get().reason == "又不出纸"
    assert disagreements() == []


@pytest.mark.req("POS-05", "POS-06")
def test_what_was_solved_by_phone_is_taken_up_again_by_phone_and_not_dispatched_before_that_failed(pos: Pos) -> None:
    number = pos.open(payload={**DETAILS, "terminal_no": "T-88001"}).number
    pos.do(number, "guide", {"guided": "solved", "guidance": "重启"})
    pos.pass_time(days=3)

    with refused(NotAllowedNow):
        pos.do(number, "reopen", {"reason": "又不出纸"})
    with refused(InvalidInput, field="reason", clause="五.2"):
        pos.do(number, "take_up")
    pos.do(number, "take_up", {"reason": "又不出纸"})

    ticket = pos.ticket(number)
    assert (ticket.state, ticket.is_open, ticket.round) == ("accepted", True, 2)
    with refused(NotAllowedNow, clause="五.3"):
        pos.do(number, "dispatch")
    pos.do(number, "guide", GUIDED)
    assert pos.do(number, "dispatch").state == "unprocessed"
    assert disagreements() == []


def test_the_database_itself_keeps_what_a_verb_demands(pos: Pos) -> None:
    """A cancellation without its reason cannot even be written past the verb."""
    number = pos.dispatched()
    stamp = {"ticket": pos.ticket(number), "by_name": "x", "at": pos.now}

    with pytest.raises(IntegrityError, match="cancellation_has_reason"), transaction.atomic():
        Closure.objects.create(kind="cancelled", reason="", **stamp)
    with pytest.raises(IntegrityError, match="reopening_has_reason"), transaction.atomic():
        Reopening.objects.create(reason="", **stamp)
    Callback.objects.create(result="satisfied", attempt=1, round=1, **stamp)
    with pytest.raises(IntegrityError, match="callback_attempt_once"), transaction.atomic():
        Callback.objects.create(result="satisfied", attempt=1, round=1, **stamp)


def test_a_step_at_the_same_moment_as_the_one_before_is_possible(pos: Pos) -> None:
    number = pos.completed()

    perform(number, "close", {}, by=pos.cast.li.actor, at=pos.now)

    assert disagreements() == []
