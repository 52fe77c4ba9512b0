"""Working a ticket: the four results, what each demands, reminders from above."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.translation import override

from banjie.handling.models import Acknowledgement, Appointment, Blocker, Completion, WorkStart
from banjie.handling.verbs.acknowledge import AcknowledgedAlready
from banjie.kernel.errors import InvalidInput, NotAllowedNow, NotPermitted, StaleVersion, Unseen
from banjie.people.permissions import Permission
from banjie.tickets.models import Event
from banjie.tickets.queue import Filters, page
from tests.cast import Person
from tests.pos import BLOCKED, DETAILS, Pos, moment
from tests.tickets.observing import disagreements, refused

VISIT = {"visit_at": "2024-06-04 15:00", "agreed_with": "王老板"}
DONE = {"result": "更换打印模块", "fully_solved": True}


@pytest.fixture
def zhao(pos: Pos) -> Person:
    """The inspector of Changsha."""
    return pos.cast.zhao


@pytest.mark.req("POS-14", "POS-21")
def test_a_dispatched_ticket_is_in_exactly_one_of_four_results_and_loops_until_it_is_completed(pos: Pos, zhao: Person) -> None:
    number = pos.dispatched()
    seen = [pos.ticket(number).state]

    for action, payload in (("report_blocked", BLOCKED), ("book", VISIT), ("report_blocked", BLOCKED), ("complete", DONE)):
        pos.pass_time(hours=1)
        pos.do(number, action, payload, by=zhao.actor)
        seen.append(pos.ticket(number).state)

    assert seen == ["unprocessed", "uncompleted", "appointed", "uncompleted", "completed"]
    results = {"unprocessed": "未处理", "uncompleted": "未完结", "appointed": "已预约", "completed": "已完结"}
    for kind in pos.program.types.values():
        states = kind.process.states.items()
        assert {name: state.title for name, state in states if state.stage in ("handling", "verification")} == results
    assert disagreements() == []


@pytest.mark.req("POS-21")
@pytest.mark.parametrize("result", ["unprocessed", "uncompleted", "appointed"])
def test_whatever_was_fed_back_but_completion_handling_goes_on_with_any_result(pos: Pos, zhao: Person, result: str) -> None:
    before = {"uncompleted": ("report_blocked", BLOCKED), "appointed": ("book", VISIT)}
    for action, payload in (("book", VISIT), ("report_blocked", BLOCKED), ("complete", DONE)):
        number = pos.dispatched()
        if result in before:
            pos.do(number, *before[result], by=zhao.actor)
        assert (pos.ticket(number).state, pos.ticket(number).is_open) == (result, True)

        done = pos.do(number, action, payload, by=zhao.actor)

        assert done.state == {"book": "appointed", "report_blocked": "uncompleted", "complete": "completed"}[action]


@pytest.mark.req("POS-14")
def test_a_ticket_stays_unprocessed_until_there_is_feedback(pos: Pos, zhao: Person) -> None:
    number = pos.dispatched()

    pos.do(number, "acknowledge", by=zhao.actor)
    pos.do(number, "start", by=zhao.actor)
    for action in ("urge", "supervise", "comment"):
        pos.do(number, action, {"note": "请尽快"})

    assert pos.ticket(number).state == "unprocessed"


@pytest.mark.req("POS-15")
@pytest.mark.parametrize("missing", ["work_done", "blocked_side", "blocked_reason"])
def test_uncompleted_demands_the_side_and_the_objective_reason(pos: Pos, zhao: Person, missing: str) -> None:
    number = pos.dispatched()

    for empty in ({}, {missing: ""}, {missing: "  "}):
        with refused(InvalidInput, field=missing, clause="一.4"):
            pos.do(number, "report_blocked", {k: v for k, v in BLOCKED.items() if k != missing} | empty, by=zhao.actor)
    pos.do(number, "report_blocked", BLOCKED, by=zhao.actor)

    ticket = pos.ticket(number)
    assert (ticket.state, ticket.is_open, ticket.assignee) == ("uncompleted", True, zhao.member)
    row = Blocker.objects.get(ticket=ticket)
    assert (row.side, row.reason, row.by) == ("bank", "密钥未下发", zhao.member)


@pytest.mark.req("POS-15")
@pytest.mark.parametrize("side", ["bank", "merchant"])
def test_the_objective_reason_lies_with_the_bank_or_the_merchant_and_what_was_done_is_kept(pos: Pos, zhao: Person, side: str) -> None:
    number = pos.dispatched()

    pos.do(number, "report_blocked", {**BLOCKED, "blocked_side": side}, by=zhao.actor)

    assert Blocker.objects.get(ticket__number=number).side == side
    assert Event.objects.get(ticket__number=number, action="report_blocked").payload == {**BLOCKED, "blocked_side": side}


@pytest.mark.req("POS-15")
def test_a_reason_on_our_own_side_is_no_objective_reason(pos: Pos, zhao: Person) -> None:
    number = pos.dispatched()

    with refused(InvalidInput, field="blocked_side"):
        pos.do(number, "report_blocked", {**BLOCKED, "blocked_side": "ourselves"}, by=zhao.actor)


@pytest.mark.req("POS-16", "PLT-19")
@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ({"agreed_with": "王老板"}, "visit_at"),
        ({"visit_at": "2024-06-04 15:00"}, "agreed_with"),
        ({**VISIT, "visit_at": "2024-06-03 08:59"}, "visit_at"),
        ({**VISIT, "visit_at": "2024-06-03 09:00"}, "visit_at"),
        ({**VISIT, "visit_at": "2026-01-01 09:00"}, "visit_at"),
        ({**VISIT, "visit_at": "tomorrow"}, "visit_at"),
        ({**VISIT, "visit_at": "9999-12-31T23:59:59-23:59"}, "visit_at"),
    ],
)
def test_an_appointment_needs_a_time_ahead_and_the_person_who_agreed(pos: Pos, zhao: Person, payload: dict[str, Any], field: str) -> None:
    number = pos.dispatched()

    with refused(InvalidInput, field=field, clause="一.5"):
        pos.do(number, "book", payload, by=zhao.actor)


@pytest.mark.req("POS-16", "PLT-19")
def test_an_appointment_keeps_when_and_with_whom_and_each_change_of_it(pos: Pos, zhao: Person) -> None:
    number = pos.dispatched()
    pos.do(number, "book", VISIT, by=zhao.actor)
    pos.pass_time(hours=1)

    pos.do(number, "book", {"visit_at": "2024-06-05T02:00:00Z", "agreed_with": "店员"}, by=zhao.actor)

    assert pos.ticket(number).state == "appointed"
    rows = list(Appointment.objects.filter(ticket__number=number).order_by("id").values_list("visit_at", "agreed_with", "by_name"))
    assert rows == [(moment("2024-06-04 15:00"), "王老板", "赵强"), (moment("2024-06-05 10:00"), "店员", "赵强")]


@pytest.mark.req("PLT-19")
def test_a_missed_visit_needs_its_reason_and_a_new_time(pos: Pos, zhao: Person) -> None:
    number = pos.dispatched()
    pos.do(number, "book", VISIT, by=zhao.actor)
    pos.now = moment("2024-06-04 16:00")

    with refused(InvalidInput, field="reason"):
        pos.do(number, "miss", {**VISIT, "visit_at": "2024-06-05 10:00"}, by=zhao.actor)
    with refused(InvalidInput, field="visit_at"):
        pos.do(number, "miss", {**VISIT, "reason": "堵车"}, by=zhao.actor)
    pos.do(number, "miss", {**VISIT, "visit_at": "2024-06-05 10:00", "reason": "堵车"}, by=zhao.actor)

    missed = Appointment.objects.get(ticket__number=number, replaces_missed=True)
    assert (missed.missed_reason, missed.visit_at) == ("堵车", moment("2024-06-05 10:00"))


@pytest.mark.req("POS-17")
@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ({"result": "修了一半"}, "fully_solved"),
        ({"result": "修了一半", "fully_solved": False}, "fully_solved"),
        ({"result": "修了一半", "fully_solved": "否"}, "fully_solved"),
        ({"fully_solved": True}, "result"),
        ({"result": " ", "fully_solved": True}, "result"),
    ],
)
def test_a_partial_result_is_no_completion(pos: Pos, zhao: Person, payload: dict[str, Any], field: str) -> None:
    number = pos.dispatched()

    with refused(InvalidInput, field=field, clause="一.6"):
        pos.do(number, "complete", payload, by=zhao.actor)

    pos.do(number, "complete", DONE, by=zhao.actor)
    assert Completion.objects.get(ticket__number=number).result == "更换打印模块"


@pytest.mark.req("DSP-05", "DSP-06", "COM-11")
def test_the_inspector_confirms_what_he_read_and_says_when_he_begins(pos: Pos, zhao: Person) -> None:
    number = pos.dispatched()

    pos.do(number, "acknowledge", by=zhao.actor)
    pos.pass_time(hours=1)
    pos.do(number, "start", by=zhao.actor)

    assert Acknowledgement.objects.get(ticket__number=number).by == zhao.member
    assert WorkStart.objects.get(ticket__number=number).at == pos.now
    assert pos.ticket(number).state == "unprocessed"


@pytest.mark.req("DSP-05")
def test_a_dispatch_is_acknowledged_once_and_the_refusal_says_by_whom_and_when(pos: Pos, zhao: Person) -> None:
    number = pos.dispatched()
    pos.do(number, "acknowledge", by=zhao.actor)
    pos.pass_time(minutes=5)

    with refused(AcknowledgedAlready, clause="五.4", code="acknowledged-already"):
        pos.do(number, "acknowledge", by=zhao.actor)
    with override("zh-hans"), pytest.raises(AcknowledgedAlready, match="赵强已于2024-06-03 09:00确认接单"):
        pos.do(number, "acknowledge", by=zhao.actor)


def test_whoever_gets_the_ticket_again_acknowledges_anew(pos: Pos, zhao: Person) -> None:
    number = pos.dispatched()
    pos.do(number, "acknowledge", by=zhao.actor)
    pos.pass_time(minutes=5)
    pos.do(number, "send_back", {"reason": "不在本区"}, by=zhao.actor)
    pos.do(number, "relay", {"inspector": zhao.member.pk}, by=pos.cast.chen_hn.actor)
    pos.pass_time(minutes=5)

    pos.do(number, "acknowledge", by=zhao.actor)

    assert Acknowledgement.objects.filter(ticket__number=number).count() == 2


@pytest.mark.parametrize(
    ("action", "payload"),
    [("acknowledge", {}), ("start", {}), ("book", VISIT), ("report_blocked", BLOCKED), ("complete", DONE)],
)
def test_only_the_inspector_who_has_the_ticket_works_it(pos: Pos, action: str, payload: dict[str, Any]) -> None:
    number = pos.dispatched()

    for person in (pos.cast.liu_hn, pos.cast.sun_gz, pos.cast.gu_gz, pos.cast.mallory):
        with refused(Unseen):
            pos.do(number, action, payload, by=person.actor)
    for person in (pos.cast.li, pos.cast.chen_hn, pos.cast.boss_hn, pos.cast.auditor, pos.cast.admin):
        with refused(NotPermitted):
            pos.do(number, action, payload, by=person.actor)


@pytest.mark.parametrize("action", ["acknowledge", "start", "book", "report_blocked", "complete", "miss"])
def test_what_is_over_is_not_worked_any_more(pos: Pos, zhao: Person, action: str) -> None:
    number = pos.completed()

    with refused(NotAllowedNow):
        pos.do(number, action, {**VISIT, **BLOCKED, **DONE, "reason": "x"}, by=zhao.actor)


@pytest.mark.req("POS-20")
def test_each_result_is_at_the_service_centre_at_once_with_its_state(pos: Pos, zhao: Person) -> None:
    number = pos.dispatched()

    for action, payload, state in (
        ("report_blocked", BLOCKED, "uncompleted"),
        ("book", VISIT, "appointed"),
        ("complete", DONE, "completed"),
    ):
        pos.do(number, action, payload, by=zhao.actor)
        for reader in (pos.cast.li, pos.cast.chen_hn):
            row = page(reader.actor, Filters(view="all", order="newest")).rows[0]
            assert (row.number, row.state, row.updated_at) == (number, state, pos.now)
        event = Event.objects.filter(ticket__number=number, action=action).get()
        assert {k: v for k, v in payload.items() if k != "visit_at"}.items() <= event.payload.items()
        pos.pass_time(minutes=5)


@pytest.mark.req("POS-18")
def test_service_tickets_stand_before_other_field_work_however_late_that_is(pos: Pos, zhao: Person) -> None:
    inspection = pos.dispatched(kind="routine_inspection")
    over = pos.ticket(inspection).due_at
    checked = pos.completed()
    pos.pass_time(days=8)
    urgent = pos.open("device_fault", {**DETAILS, "terminal_no": "T-88001", "urgency": "urgent"}).number
    pos.do(urgent, "guide", {"guided": "failed", "guidance": "重启无效"})
    pos.do(urgent, "dispatch")
    fault = pos.dispatched()

    assert over is not None
    assert over < pos.now
    for reader in (pos.cast.zhao, pos.cast.boss_hn, pos.cast.chen_hn):
        for filters in (Filters(), Filters(assignee=zhao.member.pk)):  # what is completed needs nobody in the field any more
            assert [r.number for r in page(reader.actor, filters).rows] == [urgent, fault, inspection, checked]


def test_a_remark_can_be_added_even_to_what_is_over(pos: Pos, zhao: Person) -> None:
    number = pos.completed()
    pos.do(number, "close")

    with refused(InvalidInput, field="note"):
        pos.do(number, "comment", {"note": "\u200b"})
    pos.do(number, "comment", {"note": "商户来电致谢"}, by=zhao.actor)

    assert Event.objects.get(ticket__number=number, action="comment").payload == {"note": "商户来电致谢"}
    assert pos.ticket(number).state == "closed"


def test_an_old_version_is_refused_by_name_and_a_repeated_click_changes_nothing(pos: Pos, zhao: Person) -> None:
    number = pos.dispatched()
    seen = pos.ticket(number).version
    pos.do(number, "urge", by=pos.cast.zhang.actor)

    with refused(StaleVersion, code="stale-version"):
        pos.do(number, "complete", DONE, by=zhao.actor, expect=seen)
    with pytest.raises(StaleVersion, match="张敏"):
        pos.do(number, "complete", DONE, by=zhao.actor, expect=seen)

    assert pos.do(number, "complete", DONE, by=zhao.actor, expect=seen + 1).version == seen + 2


def test_a_post_that_only_reads_is_no_post_to_act(pos: Pos) -> None:
    assert Permission.TICKET_COMMENT not in set(pos.cast.roles["auditor"].permissions)
    number = pos.dispatched()

    for action in pos.program.types["device_fault"].actions:
        with refused():
            pos.do(number, action, {"note": "x", "reason": "x"}, by=pos.cast.auditor.actor)
