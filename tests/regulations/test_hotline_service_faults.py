"""服务热线工作流程: faults, signing and refusing to sign (HOT; scenario S5)."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from banjie.customers.models import Asset
from banjie.dispatch.choosing import NobodyToTakeIt, NotEligible
from banjie.dispatch.models import Receipt
from banjie.kernel.errors import InvalidInput, NotAllowedNow, Refused
from banjie.tickets import queue
from banjie.tickets.models import Ticket
from banjie.tickets.queue import Filters
from banjie.tickets.repeats import RepeatSuspected
from tests.console.test_printing import glyphs
from tests.regulation import Regulation, install
from tests.regulations.hotline_service import (
    COMPLAINT,
    DONE,
    FAULT,
    IN_ARREARS,
    PEOPLE,
    UNITS,
    browser,
    dispatched,
    handled,
    known_user,
    refused,
    to,
    told,
)


@pytest.fixture
def law(db: None, monkeypatch: pytest.MonkeyPatch) -> Regulation:
    law = install("hotline-service", PEOPLE, UNITS)
    law.at("2024-05-03 09:00")
    monkeypatch.setattr(timezone, "now", lambda: law.now)  # pages read the clock of the test
    return law


@pytest.fixture
def user(law: Regulation) -> Asset:
    return known_user(law)


@pytest.mark.req("HOT-10")
def test_the_same_complaint_within_30_days_is_urged_and_fills_no_second_form(law: Regulation, user: Asset) -> None:
    number = dispatched(law, "complaint")
    law.do(number, "sign", by="dong")
    law.at("2024-05-28 10:00")
    with refused(RepeatSuspected, "is_new"):
        law.open("complaint", {**COMPLAINT, "phone": "13900000000"}, by="mei")

    law.do(number, "append", {"note": "仍未退费"}, by="mei")

    assert Ticket.objects.count() == 1
    assert told(law, number, "appended") == {"dong"}
    assert law.events(number, "append")[0].payload["note"] == "仍未退费"


@pytest.mark.req("HOT-13")
def test_the_agent_agrees_an_approximate_visit_while_he_registers_a_fault(law: Regulation) -> None:
    number = law.open("fault", {**FAULT, "visit_wish": "2024-05-04 09:00"}, by="lin")

    assert law.ticket(number).fields["visit_wish"] == "2024-05-04T01:00:00+00:00"
    with refused(InvalidInput, "visit_wish"):
        law.do(number, "register", {"visit_wish": "明天上午"}, by="lin")


@pytest.mark.req("HOT-14")
def test_the_same_fault_within_30_days_stands_in_the_list_with_the_way_to_add_to_it(law: Regulation, user: Asset) -> None:
    number = handled(law)
    law.do(number, "call_back", {"reached": "satisfied"}, by="lin")
    law.at("2024-05-28 10:00")
    with refused(RepeatSuspected, "is_new"):
        law.open("fault", FAULT, by="mei")

    form = {"type": "hotline-service:fault", "user_no": "U-5566"}
    shown = browser(law, "mei").post("/tickets/new/match", form, headers={"HX-Request": "true"}).content.decode()

    assert f"/tickets/{number}/?do=append" in shown
    law.do(number, "append", {"note": "又无信号"}, by="mei")
    assert (law.state(number), Ticket.objects.count()) == ("undispatched", 1)


@pytest.mark.req("HOT-14")
def test_after_30_days_a_fault_is_a_new_one(law: Regulation, user: Asset) -> None:
    law.open("fault", FAULT, by="lin")
    law.at("2024-06-02 23:59")
    with refused(RepeatSuspected):
        law.open("fault", FAULT, by="lin")

    law.at("2024-06-03 00:00")

    assert law.open("fault", FAULT, by="lin")


@pytest.mark.req("HOT-15")
def test_a_fault_is_dispatched_to_an_area_or_to_one_person_of_it(law: Regulation) -> None:
    to_area, to_person = dispatched(law, unit="WEST"), law.open("fault", FAULT, by="lin", is_new=True)
    law.do(to_person, "dispatch", {"technician": law.members["hu"].pk}, by="lin")

    area, person = law.ticket(to_area), law.ticket(to_person)

    assert (area.unit, area.assignee, told(law, to_area, "relayed")) == (law.units["WEST"], None, {"xi"})
    assert (person.unit, person.assignee, told(law, to_person, "dispatched")) == (law.units["WEST"], law.members["hu"], {"hu"})


@pytest.mark.req("HOT-15")
def test_a_dispatch_names_an_area_that_can_take_it_or_a_technician(law: Regulation) -> None:
    number = law.open("fault", FAULT, by="lin")

    with refused(NobodyToTakeIt, "target_unit"):
        law.do(number, "dispatch", by="lin")
    with refused(NotEligible, "technician"):
        law.do(number, "dispatch", {"technician": law.members["duan"].pk}, by="lin")


@pytest.mark.req("HOT-17", "HOT-18")
def test_an_area_signs_for_what_is_its_own_before_it_works_on_it(law: Regulation) -> None:
    number = dispatched(law)
    with refused(NotAllowedNow):
        law.do(number, "complete", DONE, by="dong")
    with refused(Refused):
        law.do(number, "sign", by="xi")  # the other area does not see it

    law.do(number, "sign", by="dong")

    with refused(NotAllowedNow):  # what is signed for is one's own
        law.do(number, "refuse", {"reason": "属西工区"}, by="dong")
    assert (law.state(number), law.ticket(number).assignee) == ("signed", law.members["dong"])
    assert Receipt.objects.get(ticket__number=number).signed
    law.do(number, "complete", DONE, by="dong")
    assert law.state(number) == "handled"


@pytest.mark.req("HOT-18")
def test_a_refusal_to_sign_needs_a_reason_and_leaves_a_detailed_trace(law: Regulation) -> None:
    number = dispatched(law)
    with refused(InvalidInput, "reason"):
        law.do(number, "refuse", by="dong")
    with refused(InvalidInput, "reason"):
        law.do(number, "refuse", {"reason": "  "}, by="dong")
    law.pass_time(minutes=12)

    law.do(number, "refuse", {"reason": "属西工区"}, by="dong")

    event = law.events(number, "refuse")[0]
    assert (event.actor_name, event.at, event.from_state, event.to_state) == ("董东区", law.now, "dispatched", "refused")
    assert (event.payload["reason"], event.payload["from_unit"]) == ("属西工区", law.units["EAST"].pk)
    receipt = Receipt.objects.get(ticket__number=number)
    assert (receipt.signed, receipt.reason, receipt.by) == (False, "属西工区", law.members["dong"])


@pytest.mark.req("HOT-19")
@pytest.mark.parametrize("kind", ["fault", "complaint"])
def test_what_was_refused_stands_among_the_undispatched_with_a_mark_of_its_own(law: Regulation, kind: str) -> None:
    fresh = law.open(kind, {**COMPLAINT} if kind == "complaint" else FAULT, by="lin")
    back = dispatched(law, kind)
    law.do(back, "refuse", {"reason": "属西工区"}, by="dong")

    rows = {row.number: row.state for row in queue.page(law.actor("mei"), Filters()).rows}
    page = browser(law, "mei").get("/tickets/").content.decode()

    assert rows == {fresh: "undispatched", back: "refused"}
    assert "未派单(拒签)" in page
    assert law.ticket(back).stage == law.ticket(fresh).stage
    assert law.ticket(back).unit == law.units["HQ"]
    assert told(law, back, "entered") == {"lin", "mei"}
    law.do(back, "dispatch", to(law, "WEST"), by="mei")
    assert law.state(back) == "dispatched"


@pytest.mark.req("HOT-19")
def test_a_refused_ticket_keeps_its_first_taker_and_the_second_refusal_tells_the_shift_leader(law: Regulation) -> None:
    number = dispatched(law)
    law.do(number, "refuse", {"reason": "属西工区"}, by="dong")
    assert told(law, number, "repeated") == set()
    law.do(number, "dispatch", to(law, "WEST"), by="lin")

    law.do(number, "refuse", {"reason": "属东工区"}, by="xi")

    assert told(law, number, "repeated") == {"duan"}
    assert law.ticket(number).responsible == law.members["lin"]


@pytest.mark.req("HOT-20")
def test_after_signing_the_area_has_the_ticket_and_prints_it(law: Regulation) -> None:
    number = dispatched(law)
    client = browser(law, "dong")
    assert client.get(f"/tickets/{number}/print/sign.pdf").status_code == 404

    law.do(number, "sign", by="dong")

    page = client.get(f"/tickets/{number}/").content.decode()
    sheet = client.get(f"/tickets/{number}/print/sign.pdf")
    assert f"/tickets/{number}/print/sign.pdf" in page
    assert sheet.status_code == 200
    text = glyphs(sheet.content)
    assert all(word in text for word in ("电子工单", number, "U-5566", "东风路8号", "无信号", "董东区"))


def test_the_area_and_its_technician_are_told_in_banjie_because_there_is_no_gateway_for_text_messages(law: Regulation) -> None:
    number = dispatched(law, unit="WEST")
    law.do(number, "sign", by="xi")

    law.do(number, "assign", {"technician": law.members["ge"].pk, "reason": "离得近"}, by="xi")

    assert told(law, number, "relayed") == {"xi"}
    assert told(law, number, "dispatched") == {"ge"}


@pytest.mark.req("HOT-08", "HOT-09", "HOT-13", "HOT-14", "HOT-15", "HOT-18", "HOT-19")
def test_s5_a_fault_is_refused_once_and_reported_again(law: Regulation, user: Asset) -> None:
    with refused(InvalidInput, "dunned"):
        law.open("fault", {**FAULT, "arrears": "owing", "arrears_amount": "87.00"}, by="lin")
    number = law.open("fault", {**IN_ARREARS, "visit_wish": "2024-05-04 09:00"}, by="lin")
    law.do(number, "dispatch", to(law, "EAST"), by="lin")
    with refused(InvalidInput, "reason"):
        law.do(number, "refuse", by="dong")
    law.do(number, "refuse", {"reason": "属西工区"}, by="dong")
    assert law.state(number) == "refused"
    law.do(number, "dispatch", {"technician": law.members["hu"].pk}, by="lin")
    law.do(number, "sign", by="hu")
    assert (law.state(number), law.ticket(number).assignee) == ("signed", law.members["hu"])

    law.at("2024-05-28 10:00")
    with refused(RepeatSuspected) as _suspected:
        law.open("fault", {**FAULT, "content": "又无信号"}, by="mei")
    law.do(number, "append", {"note": "又无信号"}, by="mei")
    assert (law.state(number), Ticket.objects.count(), told(law, number, "appended")) == ("undispatched", 1, {"hu"})

    law.at("2024-06-03 10:00")
    another = law.open("fault", {**FAULT, "content": "网速慢"}, by="mei")
    assert another != number
    law.do(number, "dispatch", {"technician": law.members["hu"].pk}, by="lin")
    law.do(number, "sign", by="hu")
    law.do(number, "complete", DONE, by="hu")
    law.do(number, "call_back", {"reached": "dissatisfied"}, by="lin")
    law.do(number, "dispatch", {"technician": law.members["ge"].pk}, by="lin")

    ticket = law.ticket(number)
    assert (ticket.state, ticket.round, ticket.assignee) == ("dispatched", 2, law.members["ge"])
    assert ticket.fields["content"] == "无信号\n又无信号"


def test_who_refuses_a_ticket_comes_back_to_his_list_and_not_to_a_page_that_he_may_not_see(law: Regulation) -> None:
    number = dispatched(law)
    client = browser(law, "dong")
    form = client.get(f"/tickets/{number}/actions/refuse", headers={"HX-Request": "true"}).content.decode()
    hidden = dict(re.findall(r'name="(token|version)" value="([^"]*)"', form))

    sent = client.post(f"/tickets/{number}/actions/refuse", {**hidden, "reason": "属西工区"})

    assert (sent.status_code, sent.headers["Location"]) == (302, "/tickets/")
    assert law.state(number) == "refused"
