"""The bank's regulation on tickets of four classes: follow-up, responsibilities, rights and training (BNG-08 to BNG-12)."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction

from banjie.deadlines.duties import run_duties
from banjie.deadlines.models import DutyRun, Finding
from banjie.deadlines.sweep import sweep
from banjie.insight.queries.statistics import statistics
from banjie.kernel.errors import NotAllowedNow, NotPermitted, Refused
from banjie.tickets.models import Link
from tests.pos import moment
from tests.regulation import Regulation
from tests.regulations.bank_general import (
    DONE,
    JUNE,
    PEOPLE,
    REPLY,
    SAID,
    answered,
    bank_at_work,
    clock,
    closed,
    handled,
    opened,
    refused,
    reply,
    told,
    wrong_fields,
)


@pytest.fixture
def law(db: None) -> Regulation:
    return bank_at_work()


@pytest.mark.req("BNG-08")
@pytest.mark.parametrize("state", ["answered", "closed", "filed"])
def test_a_customer_in_doubt_reopens_the_ticket_at_any_later_time(law: Regulation, state: str) -> None:
    number = answered(law) if state == "answered" else closed(law)
    if state == "filed":
        law.do(number, "file_away", {"archive_no": "TS-2024-01", "keep_until": "2034-06-03"}, by="wang")
    assert wrong_fields(law, number, "dispute", {}, by="li") == ["reason"]

    law.do(number, "dispute", {"reason": "柜员并未道歉"}, by="li")

    assert (law.state(number), law.ticket(number).is_open) == ("disputed", True)
    assert told(number, "entered") == {"wang"}
    law.do(number, "assign", {"handler": law.members["wu"].pk}, by="li")
    form = {key: value for key, value in REPLY["complaint"][1].items() if key not in ("result", "measure")}
    assert wrong_fields(law, number, "reply_complaint", form, by="wu") == ["measure", "result"]
    reply(law, number, result="当面道歉")
    assert [e.payload["reason"] for e in law.events(number, "dispute")] == ["柜员并未道歉"]


@pytest.mark.req("BNG-08")
def test_a_doubt_has_a_limit_of_its_own_and_a_dissatisfied_customer_is_never_closed(law: Regulation) -> None:
    number = answered(law)
    law.do(number, "call_back", {"reached": "dissatisfied", "opinion": "未解决"}, by="li")
    with refused(NotAllowedNow):
        law.do(number, "close", {"note": "算了"}, by="wang")

    sweep(moment("2024-06-03 18:01"))

    assert clock(number, "doubt_resolved").due_at == moment("2024-06-03 18:00")
    assert {"wang", "guan"} <= told(number, "breached")
    assert Finding.objects.get(rule="doubt_resolved").clause == "五.4"


@pytest.mark.req("BNG-09")
def test_every_answered_ticket_is_followed_up_and_the_answers_are_counted(law: Regulation) -> None:
    first, second = answered(law), answered(law, "consult")
    run_duties(moment("2024-06-04 08:00"))
    run = DutyRun.objects.get(duty="follow_up", period=date(2024, 6, 4))
    assert (sorted(run.frame), run.required) == (sorted([first, second]), 2)

    law.at("2024-06-04 10:00")
    law.do(first, "call_back", {"reached": "satisfied", "opinion": "好"}, by="li")
    law.do(second, "call_back", {"reached": "unreachable"}, by="li")
    run_duties(moment("2024-06-05 08:00"))

    run.refresh_from_db()
    assert (run.done, run.state) == (1, DutyRun.State.BROKEN)
    satisfaction = next(r for r in statistics(law.actor("wang"), JUNE).rates if r.name == "satisfaction")
    assert (satisfaction.numerator, satisfaction.denominator) == (1, 1)


@pytest.mark.req("BNG-09")
def test_feedback_becomes_an_improvement_and_each_month_owes_one(law: Regulation) -> None:
    number = closed(law)
    law.do(number, "improve", {"feedback": "客户希望当面道歉"}, by="li")
    link = Link.objects.get(target__number=number)
    improvement = link.source.number
    assert link.source.fields["feedback"] == "客户希望当面道歉"
    assert wrong_fields(law, improvement, "decide", {}, by="wang") == ["improvement"]
    law.do(improvement, "decide", {"improvement": "投诉一律当面回复"}, by="wang")
    assert (law.state(improvement), told(improvement, "entered")) == ("improved", {"guan"})

    run_duties(moment("2024-07-01 08:00"))
    owed = DutyRun.objects.get(duty="monthly_improvement", period=date(2024, 7, 1)).frame
    run_duties(moment("2024-08-01 08:00"))

    assert len(owed) == 1
    assert DutyRun.objects.get(duty="monthly_improvement", period=date(2024, 7, 1)).state == DutyRun.State.BROKEN


STEPS = {
    "accept": {"li", "ma", "xu", "wang"},
    "assign": {"li", "ma", "wang"},
    "arrange": {"fang"},
    "record_process": {"wu"},
    "reply_complaint": {"wu"},
    "call_back": {"li", "ma", "wang"},
    "file_away": {"wang"},
}


@pytest.mark.req("BNG-10")
@pytest.mark.parametrize("step", sorted(STEPS))
def test_each_step_is_done_by_those_who_answer_for_it_and_by_nobody_else(law: Regulation, step: str) -> None:
    if step == "accept":
        number, forms = "", SAID["complaint"]
    elif step == "assign":
        number, forms = opened(law), {"handler": law.members["wu"].pk}
    elif step == "arrange":
        number, forms = opened(law), {"handler": law.members["wu"].pk}
        law.do(number, "assign", {"target_unit": law.units["CX"].pk}, by="li")
    elif step in ("record_process", "reply_complaint"):
        number, forms = handled(law), REPLY["complaint"][1] if step == "reply_complaint" else {"process_note": "记录"}
    elif step == "call_back":
        number, forms = answered(law), {"reached": "satisfied", "opinion": "好"}
    else:
        number, forms = closed(law), {"archive_no": "1", "keep_until": "2034-06-03"}
    where = {"xu"} if step == "call_back" else set()  # the branch's own agent follows up what stands there

    able, refusals = set(), set()
    for name in PEOPLE:
        try:
            with transaction.atomic():
                law.open("complaint", forms, by=name) if step == "accept" else law.do(number, step, forms, by=name)
                able.add(name)
                transaction.set_rollback(True)
        except Refused as refusal:
            refusals.add(refusal.status)

    assert refusals <= {403, 404}
    assert able == STEPS[step] | where


@pytest.mark.req("BNG-10")
def test_who_handled_a_ticket_does_not_follow_it_up_himself(law: Regulation) -> None:
    number = opened(law, "consult")
    law.do(number, "take_on", by="li")
    reply(law, number, by="li")

    with refused(NotPermitted):
        law.do(number, "call_back", {"reached": "satisfied", "opinion": "好"}, by="li")
    law.do(number, "call_back", {"reached": "satisfied", "opinion": "好"}, by="ma")

    assert law.state(number) == "closed"


@pytest.mark.req("BNG-11")
@pytest.mark.parametrize("kind", sorted(SAID))
def test_no_ticket_is_answered_without_a_word_on_law_and_the_customers_rights(law: Regulation, kind: str) -> None:
    number = handled(law, kind)
    action, form = REPLY[kind]

    assert wrong_fields(law, number, action, {k: v for k, v in form.items() if k != "compliance"}, by="wu") == ["compliance"]
    assert wrong_fields(law, number, action, {**form, "compliance": "  "}, by="wu") == ["compliance"]
    reply(law, number)

    assert law.events(number, action)[0].payload["compliance"] == DONE["compliance"]


@pytest.mark.req("BNG-12")
def test_each_unit_owes_a_training_every_quarter_with_its_content_and_who_took_part(law: Regulation) -> None:
    law.at("2024-07-01 08:00")
    run_duties(law.now)
    run = DutyRun.objects.get(duty="quarterly_training", period=date(2024, 7, 1))
    units = {law.ticket(number).unit.code: number for number in run.frame}
    assert set(units) == {"HQ", "CX"}
    assert wrong_fields(law, units["CX"], "hold", {}, by="fang") == ["attendees", "held_on", "topic"]

    law.do(
        units["CX"],
        "hold",
        {"topic": "投诉处理", "held_on": "2024-07-20", "attendees": [{"name": "徐客服", "outcome": "合格"}]},
        by="fang",
    )
    run_duties(moment("2024-10-01 08:00"))

    run.refresh_from_db()
    assert (run.done, run.required, run.state) == (1, 2, DutyRun.State.BROKEN)
    assert law.state(units["CX"]) == "held"
