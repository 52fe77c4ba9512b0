"""Whether to dispatch, to whom, with what data, and the assignee's answer."""

from __future__ import annotations

import pytest

from banjie.console.queries.drawing import Form, drawn
from banjie.deadlines.models import Finding
from banjie.deadlines.sweep import sweep
from banjie.dispatch.choosing import NotEligible
from banjie.dispatch.models import Assignment, Receipt
from banjie.handling.models import Acknowledgement
from banjie.kernel.errors import InvalidInput, NotAllowedNow, NotPermitted, Refused
from banjie.tickets.snapshot import load
from tests.pos import moment
from tests.regulation import Regulation
from tests.regulations.dispatch_management import (
    CALL,
    DATA,
    NEEDED,
    at_work,
    dispatched,
    refused,
    to_dispatch,
    told,
)


@pytest.fixture
def law(db: None) -> Regulation:
    return at_work()


@pytest.mark.req("DSP-01")
def test_nothing_is_dispatched_before_it_was_judged_whether_it_is_needed_and_why(law: Regulation) -> None:
    number = law.open("request", {**CALL, "service_type": "repair"}, by="ke")
    with refused(NotAllowedNow):
        law.do(number, "dispatch_repair", {**DATA, "assignee_person": law.members["wei"].pk}, by="pai")
    for wrong in ({"dispatch_needed": "needed"}, {"judgement": "须上门"}):
        with refused(InvalidInput):
            law.do(number, "judge", wrong, by="ke")

    law.do(number, "judge", NEEDED, by="ke")

    assert (law.state(number), law.ticket(number).fields["judgement"]) == ("to_dispatch", NEEDED["judgement"])
    assert told(number, "entered") == {"pai"}


@pytest.mark.req("DSP-01")
def test_a_request_that_needs_no_dispatch_ends_with_the_decision_on_record(law: Regulation) -> None:
    number = law.open("request", CALL, by="ke")

    law.do(number, "judge", {"dispatch_needed": "not_needed", "judgement": "已指导关紧阀门，客户确认不漏"}, by="ke")

    assert (law.state(number), law.ticket(number).is_open) == ("not_dispatched", False)
    (event,) = law.events(number, "judge")
    assert (event.actor_name, event.at, event.outcome, event.payload["judgement"]) == (
        "柯客服",
        law.now,
        "not_needed",
        "已指导关紧阀门，客户确认不漏",
    )
    assert Assignment.objects.count() == 0


@pytest.mark.req("DSP-02")
@pytest.mark.parametrize(("service", "fits"), [("installation", "an"), ("repair", "wei"), ("delivery", "song")])
def test_each_type_of_service_is_dispatched_to_those_who_do_it_only(law: Regulation, service: str, fits: str) -> None:
    number = to_dispatch(law, service)
    action = f"dispatch_{service}"

    assert {name for name in law.may(number, by="pai") if name.startswith("dispatch")} == {action}
    for other in {"an", "wei", "song"} - {fits}:
        with refused(NotEligible):
            law.do(number, action, {**DATA, "assignee_person": law.members[other].pk}, by="pai")
    law.do(number, action, {**DATA, "assignee_person": law.members[fits].pk}, by="pai")

    assert law.ticket(number).assignee == law.members[fits]


@pytest.mark.req("DSP-02", "DSP-08")
def test_the_dispatcher_sees_each_ones_open_work_and_the_least_loaded_first(law: Regulation) -> None:
    dispatched(law), dispatched(law)
    dispatched(law, to="xiu")
    number = to_dispatch(law)
    ticket, by = load(number, lock=False), law.actor("pai")
    rule = law.program.types["request"].actions["dispatch_repair"]

    (people,) = [one for one in drawn(Form(law.program, rule, ticket, by, "zh-hans")) if one["name"] == "assignee_person"]

    assert people["options"] == [
        (law.members["xiu"].pk, "修师傅 · 在办 1 张"),
        (law.members["wei"].pk, "韦维修 · 在办 2 张"),
    ]
    law.do(number, "dispatch_repair", {**DATA, "assignee_person": law.members["xiu"].pk}, by="pai")
    assert {one["name"]: one["open"] for one in Assignment.objects.get(ticket__number=number).candidates} == {"修师傅": 1, "韦维修": 2}


@pytest.mark.req("DSP-03")
def test_what_is_dispatched_stands_on_the_ticket_and_the_assignee_is_notified(law: Regulation) -> None:
    number = dispatched(law)

    ticket = law.ticket(number)
    assert {name: ticket.fields[name] for name in DATA} == DATA
    assert told(number, "dispatched") == {"wei"}
    assert load(number, lock=False).assignee_id == law.members["wei"].pk
    with refused(Refused):  # it is nobody else's
        law.do(number, "view", by="xiu")


@pytest.mark.req("DSP-04")
@pytest.mark.parametrize("missing", ["dispatcher_phone", "work_content", "work_requirement", "address", "assignee_person"])
def test_incomplete_dispatch_data_is_not_dispatched(law: Regulation, missing: str) -> None:
    number = law.open("request", {k: v for k, v in CALL.items() if k != "address"}, by="ke")
    law.do(number, "judge", NEEDED, by="ke")
    whole = {**DATA, "assignee_person": law.members["wei"].pk}
    law.do(number, "fill_in", {"address": "" if missing == "address" else CALL["address"]}, by="pai")

    with refused(InvalidInput) as said:
        law.do(number, "dispatch_repair", {k: v for k, v in whole.items() if k != missing}, by="pai")

    assert [error.field for error in said.value.errors] == [missing]
    assert (law.state(number), Assignment.objects.count()) == ("to_dispatch", 0)


@pytest.mark.req("DSP-04")
def test_the_dispatchers_name_is_his_own_whatever_anybody_types_and_a_wrong_phone_is_refused(law: Regulation) -> None:
    number = to_dispatch(law)
    wei = law.members["wei"].pk
    with refused(InvalidInput) as said:
        law.do(number, "dispatch_repair", {**DATA, "dispatcher_phone": "没有", "assignee_person": wei}, by="pai")
    assert [error.field for error in said.value.errors] == ["dispatcher_phone"]
    with refused(NotPermitted):
        law.do(number, "dispatch_repair", {**DATA, "assignee_person": wei}, by="ke")

    law.do(number, "dispatch_repair", {**DATA, "assignee_person": wei}, by="pai")

    assert Assignment.objects.get(ticket__number=number).by_name == "裴派单"


@pytest.mark.req("DSP-05")
def test_looking_into_the_system_is_stamped_and_due_within_the_limit(law: Regulation) -> None:
    first, second = dispatched(law), dispatched(law)
    law.pass_time(minutes=30)
    law.do(first, "view", by="wei")
    sweep(law.pass_time(seconds=1))

    assert Receipt.objects.get(ticket__number=first).at == moment("2024-06-03 09:30")
    assert dict(Finding.objects.filter(rule="viewed").values_list("ticket__number", "outcome")) == {first: "met", second: "breached"}
    assert told(second, "breached") == {"wei", "pai"}


@pytest.mark.req("DSP-06")
def test_the_assignee_acknowledges_with_a_reply_to_customer_service_before_he_starts(law: Regulation) -> None:
    number = dispatched(law)
    for action in ("acknowledge", "plan", "start", "complete"):
        with refused(NotAllowedNow):
            law.do(number, action, by="wei")
    law.do(number, "view", by="wei")
    with refused(InvalidInput) as said:
        law.do(number, "acknowledge", by="wei")
    assert [error.field for error in said.value.errors] == ["reply"]
    with refused(NotAllowedNow):
        law.do(number, "start", by="wei")

    law.do(number, "acknowledge", {"reply": "清楚，下午上门"}, by="wei")

    assert Acknowledgement.objects.get(ticket__number=number).by_name == "韦维修"
    assert told(number, "told") == {"pai", "ke"}


@pytest.mark.req("DSP-06")
def test_a_reply_later_than_the_limit_is_a_breach(law: Regulation) -> None:
    number = dispatched(law)
    law.do(number, "view", by="wei")

    sweep(law.pass_time(hours=1, seconds=1))

    assert Finding.objects.get(ticket__number=number, rule="replied").outcome == "breached"
