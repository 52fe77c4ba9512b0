"""The bank's regulation on circulated tickets: the scenario, and the way of a ticket (BNK-18 to BNK-21)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from banjie.deadlines.models import Clock, Finding
from banjie.deadlines.sweep import sweep
from banjie.dispatch.choosing import UnitNotRegistered
from banjie.kernel.errors import InvalidInput, NotPermitted
from banjie.people.certified import Uncertified
from banjie.tickets.queue import Filters, page
from tests.pos import moment
from tests.regulation import Regulation, install
from tests.regulations.bank_circulation import (
    CALM,
    PEOPLE,
    SAID,
    SLUG,
    UNITS,
    appoint,
    bank_at_work,
    certify,
    circulate,
    clock,
    divert,
    diverted,
    rate,
    refused,
    register,
    rest,
    returned,
    reviewed,
    told,
)


@pytest.fixture
def law(db: None) -> Regulation:
    return bank_at_work()


@pytest.mark.req("BNK-05", "BNK-11", "BNK-12", "BNK-16", "BNK-17", "BNK-19", "BNK-20", "TRN-01")
def test_a_complaint_goes_from_headquarters_to_the_branch_and_back_with_a_certified_specialist_only(db: None) -> None:
    law = install(SLUG, PEOPLE, UNITS)
    older = reviewed(law, "consult_supervise", CALM)
    law.at("2024-06-03 09:10")
    number = law.open("complaint_supervise", SAID, by="hu")
    law.do(number, "submit", by="hu")
    law.do(number, "review", {"decision": "approved"}, by="shen")

    # 2: Sun was trained and failed; Qian passed.
    certify(law, "sun", 59)
    with refused(Uncertified):
        appoint(law, "sun", "CX")
    certify(law, "qian", 88)
    appoint(law, "qian", "CX")

    # 3: without steps and limit the branch receives nothing.
    law.at("2024-06-03 09:20")
    with pytest.raises(UnitNotRegistered) as said, transaction.atomic():
        circulate(law, number)
    assert "处理时效、工单流转环节" in said.value.message
    register(law, "CX", "8 working hours", by="qian")
    circulate(law, number)
    assert law.ticket(number).unit == law.units["CX"]
    assert clock(number, "returned_in_time").due_at == moment("2024-06-04 09:50")

    # 5: the urgent complaint stands before the older general consultation.
    circulate(law, older)
    assert [row.number for row in page(law.actor("qian"), Filters()).rows] == [number, older]

    # 4: Qian diverts to Wu; an empty opinion is refused; six hours later it is back at headquarters.
    law.at("2024-06-03 09:30")
    divert(law, number)
    for empty in ({}, {"opinion": "   "}):
        with refused(InvalidInput):
            law.do(number, "return_opinion", empty, by="wu")
    law.at("2024-06-03 15:30")
    law.do(number, "return_opinion", {"opinion": "卡已取出交还客户，柜员已道歉并记入考核"}, by="wu")
    assert law.state(number) == "returned"
    assert told(law, "entered", number) == {"hu", "he"}
    assert clock(number, "returned_in_time").state == Clock.State.MET

    # 6: praise is closed and nobody was urged.
    praise = diverted(law, "praise_supervise", CALM)
    assert praise.startswith("B-")
    law.do(praise, "return_opinion", {"opinion": "已转达并表扬柜员"}, by="wu")
    law.do(praise, "close", by="hu")
    assert (law.state(praise), law.events(praise, "urge")) == ("closed", [])


@pytest.mark.req("BNK-18")
def test_initiating_screens_the_content_and_fixes_type_and_level(law: Regulation) -> None:
    with pytest.raises(InvalidInput) as said, transaction.atomic():
        law.open("complaint_supervise", {}, by="hu")
    assert [error.field for error in said.value.errors] == ["content", "severity", "customer_urgency", "urgency"]

    number = law.open("complaint_supervise", SAID, by="hu")

    ticket = law.ticket(number)
    assert (ticket.type, ticket.priority, ticket.state) == ("complaint_supervise", "urgent", "screened")
    law.do(number, "screen", {"severity": "ordinary", "urgency": "general"}, by="he")
    assert law.ticket(number).priority == "general"
    assert "screen" not in law.may(number, by="shen")


@pytest.mark.req("BNK-19")
def test_headquarters_circulates_promptly_and_the_specialist_diverts(law: Regulation) -> None:
    number = reviewed(law)
    slow = reviewed(law, said=CALM)
    law.pass_time(minutes=59)
    circulate(law, number)
    assert told(law, "relayed", number) == {"qian"}
    assert "divert" not in law.may(number, by="hu") | law.may(number, by="wu") | law.may(number, by="fang")

    divert(law, number)
    sweep(moment("2024-06-03 14:31"))

    assert clock(number, "circulated_promptly").state == clock(number, "diverted_promptly").state == Clock.State.MET
    assert told(law, "dispatched", number) == {"wu"}
    assert told(law, "breached", slow) == {"hu", "shen"}


@pytest.mark.req("BNK-20")
def test_an_opinion_is_written_within_the_limit_and_returns_to_headquarters(law: Regulation) -> None:
    number = diverted(law)
    for empty in ({}, {"opinion": ""}, {"opinion": " \n "}):
        with pytest.raises(InvalidInput) as said, transaction.atomic():
            law.do(number, "return_opinion", empty, by="wu")
        assert said.value.clause.endswith("第十一条")
    with refused(NotPermitted):
        law.do(number, "return_opinion", {"opinion": "代答"}, by="hu")

    law.do(number, "return_opinion", {"opinion": "已取卡并致歉"}, by="wu")

    assert law.ticket(number).fields["opinion"] == "已取卡并致歉"
    assert "close" in law.may(number, by="hu")
    assert clock(number, "returned_in_time").state == Clock.State.MET


@pytest.mark.req("BNK-20")
def test_an_opinion_that_is_not_accurate_goes_back_to_the_unit_under_a_new_limit(law: Regulation) -> None:
    number = returned(law)
    law.at("2024-06-03 14:00")
    with refused(InvalidInput):
        law.do(number, "reopen", {}, by="hu")

    law.do(number, "reopen", {"reason": "未说明吞卡原因"}, by="hu")

    assert (law.state(number), law.ticket(number).unit) == ("circulated", law.units["CX"])
    assert clock(number, "returned_in_time").due_at == moment("2024-06-04 14:00") + (
        moment("2024-06-04 10:00") - moment("2024-06-04 09:30")
    )


@pytest.mark.req("BNK-21", "BNK-05")
def test_an_overdue_opinion_is_urged_by_the_system_then_told_to_the_head_and_counts_against_the_unit(law: Regulation) -> None:
    number = diverted(law)
    due = moment("2024-06-04 09:30")

    sweep(due)
    assert law.events(number, "urge") == []
    sweep(moment("2024-06-04 09:31"))
    urged = law.events(number, "urge")
    assert len(urged) == 1
    assert told(law, "urged", number) == {"wu"}
    assert told(law, "breached", number) == {"wu", "qian", "hu", "he"}

    sweep(moment("2024-06-04 15:01"))
    assert len(law.events(number, "urge")) == 2
    assert told(law, "escalated", number) == {"fang", "shen"}
    law.at("2024-06-04 16:00")
    law.do(number, "urge", {"note": "第三次催办"}, by="hu")
    assert told(law, "repeated", number) == {"fang", "guan"}

    law.do(number, "return_opinion", {"opinion": "迟到的意见"}, by="wu")
    assert clock(number, "returned_in_time").state == Clock.State.MISSED
    assert Finding.objects.get(rule="returned_in_time").clause == "第六条(二)"
    assert rate(law, "return_timeliness", unit="CX").deduction == 19.0


@pytest.mark.req("BNK-21")
def test_praise_is_late_without_being_urged(law: Regulation) -> None:
    number = diverted(law, "praise_supervise", CALM)

    sweep(moment("2024-06-05 09:00"))

    assert clock(number, "returned_in_time").breached_at is not None
    assert (law.events(number, "urge"), "urge" in law.may(number, by="hu")) == ([], False)


@pytest.mark.req("BNK-20", "BNK-11")
def test_over_rest_a_complaint_is_reviewed_circulated_diverted_and_returned(law: Regulation, monkeypatch: pytest.MonkeyPatch) -> None:
    hu, shen, qian, wu = (rest(law, name, monkeypatch) for name in ("hu", "shen", "qian", "wu"))
    number = hu.open("complaint_supervise", SAID)[1]["number"]
    assert hu.act(number, "submit")[0] == 200
    assert hu.act(number, "review", {"decision": "approved"})[0] == 403
    assert shen.act(number, "review", {"decision": "approved"})[1]["state"] == "reviewed"

    status, problem = hu.act(number, "circulate", {"sent_through": "mail", "target_unit": law.units["BX"].pk})
    assert (status, problem["code"]) == (422, "unit-not-registered")
    sent: dict[str, Any] = {"sent_through": "mail", "target_unit": law.units["CX"].pk}
    assert hu.act(number, "circulate", sent)[1]["state"] == "circulated"
    assert qian.act(number, "divert", {"follower": law.members["wu"].pk})[1]["state"] == "diverted"

    status, problem = wu.act(number, "return_opinion", {"opinion": ""})
    assert (status, [error["field"] for error in problem["errors"]]) == (422, ["opinion"])
    assert wu.act(number, "return_opinion", {"opinion": "已致歉"})[1]["state"] == "returned"
    assert hu.get(f"tickets/{number}")[1]["fields"]["opinion"] == "已致歉"
    assert rest(law, "dong", monkeypatch).get(f"tickets/{number}")[0] == 404
