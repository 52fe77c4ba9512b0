"""Applying, review, classification and assignment of company tickets."""

from __future__ import annotations

import pytest

from banjie.approval.models import Signature
from banjie.console.queries.papers import printable
from banjie.console.queries.sheet import sheet
from banjie.dispatch.models import Assignment
from banjie.kernel.errors import InvalidInput, NotAllowedNow, NotPermitted, Refused
from banjie.tickets.models import Ticket
from tests.regulation import Regulation
from tests.regulations.company_ticket import (
    FIRST,
    FORM,
    OPENINGS,
    TECHNICAL,
    at_work,
    refused,
    submitted,
    told,
)


@pytest.fixture
def law(db: None) -> Regulation:
    return at_work()


@pytest.mark.req("COM-01")
@pytest.mark.parametrize("who", ["chen", "sun", "qin", "cui", "he", "tao", "guan"])
def test_everybody_of_every_department_may_apply_and_nobody_from_outside(law: Regulation, who: str) -> None:
    law.appoint("yu", "department_head")  # somebody reviews what headquarters and heads apply for

    number = law.open("technical", TECHNICAL, by=who)

    assert law.ticket(number).opened_by == law.members[who]
    with refused(NotPermitted):
        law.open("technical", TECHNICAL, by="wai")


@pytest.mark.req("COM-02", "COM-03", "COM-04")
@pytest.mark.parametrize("kind", OPENINGS)
def test_each_class_asks_for_its_own_kinds_of_work_and_knows_no_others(law: Regulation, kind: str) -> None:
    name, choices = OPENINGS[kind]
    with refused(InvalidInput) as said:
        law.open(kind, FORM, by="chen")
    assert [error.field for error in said.value.errors] == [name]

    assert set(law.program.field(name).choices) == choices
    for choice in choices:
        assert law.ticket(law.open(kind, {**FORM, name: choice}, by="chen")).fields[name] == choice
    other = next(field for field, _choices in OPENINGS.values() if field != name)
    with refused(InvalidInput):
        law.open(kind, {**FORM, name: next(iter(choices)), other: "daily"}, by="chen")


@pytest.mark.req("COM-05")
def test_the_application_form_becomes_a_numbered_ticket_of_the_requesting_department(law: Regulation) -> None:
    with refused(InvalidInput) as said:
        law.open("technical", {name: value for name, value in TECHNICAL.items() if name != "subject"}, by="chen")
    assert [error.field for error in said.value.errors] == ["subject"]
    ticket = law.ticket(law.open("technical", TECHNICAL, by="chen"))

    assert (ticket.unit.code, ticket.opened_by.name if ticket.opened_by else "", ticket.fields) == ("SALES", "陈晓", TECHNICAL)
    assert ticket.number.startswith("JS-240603-")
    assert [one["title"] for one in printable(sheet(law.actor("chen"), ticket.number, "zh-hans", law.now))] == ["工单申请表"]


@pytest.mark.req("COM-06")
@pytest.mark.parametrize("missing", ["background", "current_state", "expected_result"])
def test_background_present_state_and_expected_result_are_all_mandatory(law: Regulation, missing: str) -> None:
    for empty in ({k: v for k, v in TECHNICAL.items() if k != missing}, {**TECHNICAL, missing: "  "}):
        with refused(InvalidInput) as said:
            law.open("technical", empty, by="chen")
        assert [error.field for error in said.value.errors] == [missing]
        assert "四.1" in said.value.clause

    assert Ticket.objects.count() == 0


@pytest.mark.req("COM-07")
def test_nothing_reaches_the_desk_before_the_applicants_head_has_approved(law: Regulation) -> None:
    number = law.open("technical", TECHNICAL, by="chen")
    assert law.state(number) == "head_review"
    assert law.may(number, by="tao") <= {"remark"}
    with refused(NotAllowedNow):
        law.do(number, "classify_technical", FIRST, by="tao")
    with refused(NotPermitted):  # a desk is no head
        law.do(number, "review", {"decision": "approved"}, by="tao")

    law.do(number, "review", {"decision": "approved"}, by="sun")

    assert law.state(number) == "submitted"
    assert told(law, number, "entered") == {"tao"}


@pytest.mark.req("COM-07")
def test_the_head_of_another_department_does_not_review_and_does_not_even_see_it(law: Regulation) -> None:
    number = law.open("technical", TECHNICAL, by="chen")

    with refused(Refused):
        law.do(number, "review", {"decision": "approved"}, by="yu")

    assert law.state(number) == "head_review"


@pytest.mark.req("COM-07")
def test_what_was_withdrawn_while_it_waited_for_the_head_is_approved_no_more(law: Regulation) -> None:
    number = law.open("technical", TECHNICAL, by="chen")
    law.do(number, "withdraw", {"reason": "已自行解决"}, by="chen")

    with refused(NotAllowedNow) as said:
        law.do(number, "review", {"decision": "approved"}, by="sun")

    assert ("部门负责人审核" in said.value.message, "已撤回" in said.value.message) == (True, True)
    assert (law.state(number), Signature.objects.count()) == ("withdrawn", 0)


@pytest.mark.req("COM-07")
def test_a_heads_own_application_waits_for_another_head_above_him(law: Regulation) -> None:
    with refused(Refused):  # nobody else heads sales
        law.open("technical", TECHNICAL, by="sun")
    law.appoint("guan", "department_head")
    number = law.open("technical", TECHNICAL, by="sun")
    with refused(Refused):
        law.do(number, "review", {"decision": "approved"}, by="sun")

    law.do(number, "review", {"decision": "approved"}, by="guan")

    assert law.state(number) == "submitted"


@pytest.mark.req("COM-08")
def test_a_returned_application_goes_back_to_the_requester_with_the_reason_and_is_reviewed_anew(law: Regulation) -> None:
    number = law.open("technical", TECHNICAL, by="chen")
    with refused(InvalidInput):
        law.do(number, "review", {"decision": "returned"}, by="sun")
    law.do(number, "review", {"decision": "returned", "reason": "写明影响的人数"}, by="sun")

    assert law.state(number) == "returned"
    assert told(law, number, "not_approved") == {"chen"}
    assert law.events(number, "review")[-1].payload["reason"] == "写明影响的人数"
    assert law.may(number, by="chen") == {"resubmit", "withdraw", "remark"}
    law.do(number, "resubmit", {"current_state": "销售部30人无法导出"}, by="chen")
    assert law.state(number) == "head_review"
    assert law.ticket(number).fields["current_state"] == "销售部30人无法导出"


@pytest.mark.req("COM-09")
def test_the_desk_classifies_by_nature_and_urgency_and_sets_the_priority_that_orders_the_queue(law: Regulation) -> None:
    late, first = submitted(law), submitted(law)
    with refused(InvalidInput) as said:
        law.do(first, "classify_technical", {"urgency": "urgent"}, by="tao")
    assert [error.field for error in said.value.errors] == ["priority"]
    with refused(NotPermitted):
        law.do(first, "classify_technical", FIRST, by="sun")
    with refused(NotAllowedNow):  # assigning comes after
        law.do(first, "assign", {"handler_person": law.members["qin"].pk}, by="tao")

    law.do(late, "classify_technical", {"urgency": "normal", "priority": "third"}, by="tao")
    law.do(first, "classify_technical", {**FIRST, "technical_work": "maintenance"}, by="tao")

    ticket = law.ticket(first)
    assert (ticket.state, ticket.priority, ticket.fields["urgency"], ticket.fields["technical_work"]) == (
        "classified", "first", "urgent", "maintenance",
    )  # fmt: skip
    assert list(Ticket.objects.order_by("rank").values_list("number", flat=True)) == [first, late]


@pytest.mark.req("COM-09")
@pytest.mark.parametrize("kind", OPENINGS)
def test_each_class_has_its_own_classification(law: Regulation, kind: str) -> None:
    name, choices = OPENINGS[kind]
    number = submitted(law, kind, {**FORM, name: min(choices)})

    assert {action for action in law.may(number, by="tao") if action.startswith("classify")} == {f"classify_{kind}"}
    law.do(number, f"classify_{kind}", {**FIRST, name: max(choices)}, by="tao")

    assert law.ticket(number).fields[name] == max(choices)


@pytest.mark.req("COM-10")
def test_the_desk_assigns_to_a_person_who_is_told(law: Regulation) -> None:
    number = submitted(law)
    to_qin = {"handler_person": law.members["qin"].pk}
    with refused(NotAllowedNow):  # by its type, so not before that is settled
        law.do(number, "assign", to_qin, by="tao")
    law.do(number, "classify_technical", FIRST, by="tao")
    for head in ("sun", "guan"):
        with refused(NotPermitted):
            law.do(number, "assign", to_qin, by=head)
    law.do(number, "assign", to_qin, by="tao")

    row = Assignment.objects.get(ticket__number=number)
    assert (row.by_name, row.assignee, law.ticket(number).unit.code) == ("陶专员", law.members["qin"], "IT")
    assert told(law, number, "dispatched") == {"qin"}
    with refused(Refused):  # sales sends nothing to anybody
        law.do(number, "transfer", {"handler_person": law.members["qiu"].pk, "reason": "换人"}, by="sun")


@pytest.mark.req("COM-10")
def test_the_desk_assigns_to_a_department_whose_head_appoints_the_person_or_takes_it(law: Regulation) -> None:
    numbers = [submitted(law), submitted(law)]
    for number in numbers:
        law.do(number, "classify_technical", FIRST, by="tao")
        with refused(InvalidInput):
            law.do(number, "assign", by="tao")
        law.do(number, "assign", {"target_unit": law.units["IT"].pk}, by="tao")
        assert (law.state(number), law.ticket(number).unit.code, law.ticket(number).assignee) == ("assigned", "IT", None)
        assert told(law, number, "relayed") == {"yu"}

    law.do(numbers[0], "appoint", {"handler_person": law.members["qiu"].pk}, by="yu")
    law.do(numbers[1], "take", by="yu")

    assert [(law.ticket(n).assignee, law.state(n)) for n in numbers] == [
        (law.members["qiu"], "assigned"),
        (law.members["yu"], "responded"),
    ]
    with refused(NotAllowedNow):
        law.do(numbers[1], "appoint", {"handler_person": law.members["qiu"].pk}, by="yu")
