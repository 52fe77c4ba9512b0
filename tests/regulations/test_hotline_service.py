"""服务热线工作流程: consultations and complaints (HOT; scenario S6)."""

from __future__ import annotations

import pytest
from django.utils import timezone

from banjie.customers.models import Asset
from banjie.kernel.errors import InvalidInput, NotAllowedNow, NotPermitted
from banjie.tickets.models import Ticket
from banjie.verification.models import Callback
from tests.console.test_printing import glyphs
from tests.regulation import Regulation, install
from tests.regulations.hotline_service import (
    ANSWERED,
    COMPLAINT,
    DONE,
    FAULT,
    IN_ARREARS,
    PEOPLE,
    UNITS,
    asked,
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


@pytest.mark.req("HOT-01")
def test_a_caller_who_is_satisfied_on_the_phone_leaves_an_archived_consult_form(law: Regulation) -> None:
    number = law.open("consult", {"content": "营业时间?"}, by="lin")

    law.do(number, "answer", {"guided": "solved", "guidance": "九点到十八点"}, by="lin")

    ticket = law.ticket(number)
    assert (ticket.state, ticket.is_open, ticket.ended_at, ticket.assignee_id) == ("archived", False, law.now, None)
    assert law.events(number, "answer")[0].payload["guidance"] == "九点到十八点"


@pytest.mark.req("HOT-01")
def test_a_consult_form_says_what_was_asked_and_what_was_answered(law: Regulation) -> None:
    with refused(InvalidInput, "content"):
        law.open("consult", {}, by="lin")
    number = law.open("consult", {"content": "营业时间?"}, by="lin")

    with refused(InvalidInput, "guidance"):
        law.do(number, "answer", {"guided": "solved"}, by="lin")


@pytest.mark.req("HOT-02")
def test_what_the_agent_cannot_answer_goes_to_the_responsible_department(law: Regulation) -> None:
    number = law.open("consult", {"content": "阶梯资费怎么算?", "phone": "13812345678"}, by="lin")
    with refused(NotAllowedNow):
        law.do(number, "dispatch", to(law, "TARIFF"), by="lin")
    law.do(number, "answer", {"guided": "failed", "guidance": "读了资费说明"}, by="lin")
    assert law.state(number) == "undispatched"

    law.do(number, "dispatch", to(law, "TARIFF"), by="lin")

    assert (law.state(number), law.ticket(number).unit) == ("at_area", law.units["TARIFF"])
    assert "submit_answer" in law.may(number, by="tao")
    assert told(law, number, "relayed") == {"tao"}


@pytest.mark.req("HOT-03")
def test_the_department_enters_its_answer_and_submits_it(law: Regulation) -> None:
    number = asked(law)
    with refused(InvalidInput, "result"):
        law.do(number, "submit_answer", {"fully_solved": True}, by="tao")
    with refused(NotPermitted):
        law.do(number, "submit_answer", ANSWERED, by="lin")

    law.do(number, "submit_answer", ANSWERED, by="tao")

    assert law.state(number) == "answered"
    assert law.events(number, "submit_answer")[0].payload["result"] == "按用量分三档计价"


@pytest.mark.req("HOT-04")
def test_a_consultation_is_archived_only_when_its_caller_is_satisfied_and_each_loop_counts(law: Regulation) -> None:
    number = asked(law)

    for n in range(1, 5):
        law.do(number, "submit_answer", ANSWERED, by="tao")
        law.do(number, "call_back", {"reached": "dissatisfied"}, by="mei")
        assert (law.state(number), law.ticket(number).round) == ("undispatched", n + 1)
        law.do(number, "dispatch", to(law, "TARIFF"), by="mei")
    law.do(number, "submit_answer", ANSWERED, by="tao")
    law.do(number, "call_back", {"reached": "satisfied"}, by="mei")

    assert (law.state(number), law.ticket(number).round) == ("archived", 5)
    assert Callback.objects.filter(ticket__number=number, result="dissatisfied").count() == 4


@pytest.mark.req("HOT-04", "HOT-12")
def test_who_is_not_reached_is_not_satisfied_and_only_the_supervisor_ends_such_a_ticket(law: Regulation) -> None:
    number = handled(law, "complaint")
    law.do(number, "call_back", {"reached": "unreachable"}, by="lin")
    assert law.state(number) == "handled"
    with refused(NotPermitted):
        law.do(number, "end_by_decision", {"reason": "三天未接通"}, by="lin")

    law.do(number, "end_by_decision", {"reason": "三天未接通"}, by="song")

    assert law.state(number) == "ended_by_decision"
    assert not Callback.objects.filter(ticket__number=number, result="satisfied").exists()


@pytest.mark.req("HOT-05")
def test_the_form_goes_along_whether_the_agent_dispatches_or_calls_the_department(law: Regulation) -> None:
    by_form, by_phone = (law.open("complaint", COMPLAINT, by="lin", is_new=True) for _n in range(2))
    with refused(InvalidInput, "spoken_to"):
        law.do(by_phone, "call_out", {**to(law, "TARIFF"), "note": "用户在线等候"}, by="lin")

    law.do(by_form, "dispatch", to(law, "TARIFF"), by="lin")
    law.do(by_phone, "call_out", {**to(law, "TARIFF"), "spoken_to": "陶资费", "note": "用户在线等候"}, by="lin")

    page = browser(law, "tao").get(f"/tickets/{by_phone}/").content.decode()
    assert {law.state(by_form), law.state(by_phone)} == {"dispatched"}
    for text in ("U-5566", "东风路8号", "多收月租", "资费账单"):
        assert text in page
    assert law.events(by_phone, "call_out")[0].payload["spoken_to"] == "陶资费"


@pytest.mark.req("HOT-06")
def test_a_typed_user_number_shows_the_user_and_what_he_reported_before(law: Regulation, user: Asset) -> None:
    ended = handled(law, "complaint")
    law.do(ended, "call_back", {"reached": "satisfied"}, by="lin")
    running = dispatched(law)
    law.at("2024-05-20 09:00")

    form = {"type": "hotline-service:complaint", "user_no": "u-5566"}
    shown = browser(law, "lin").post("/tickets/new/match", form, headers={"HX-Request": "true"}).content.decode()

    assert "余用户" in shown
    assert ended in shown
    assert running in shown


@pytest.mark.req("HOT-07")
def test_the_kind_of_a_complaint_is_chosen_from_the_list_of_causes(law: Regulation) -> None:
    with refused(InvalidInput, "complaint_cause"):
        law.open("complaint", FAULT, by="lin")
    with refused(InvalidInput, "complaint_cause"):
        law.open("complaint", {**COMPLAINT, "complaint_cause": "天气"}, by="lin")

    number = law.open("complaint", {**COMPLAINT, "complaint_cause": "资费账单"}, by="lin")

    assert law.ticket(number).fields["complaint_cause"] == "charge"


@pytest.mark.req("HOT-08")
@pytest.mark.parametrize("kind", ["complaint", "fault"])
@pytest.mark.parametrize("missing", ["user_no", "user_address", "arrears", "phone"])
def test_nothing_is_registered_before_number_address_arrears_and_phone_are_confirmed(law: Regulation, kind: str, missing: str) -> None:
    form = {name: value for name, value in COMPLAINT.items() if kind == "complaint" or name != "complaint_cause"}

    with refused(InvalidInput, missing):
        law.open(kind, {name: value for name, value in form.items() if name != missing}, by="lin")

    assert not Ticket.objects.exists()
    assert law.open(kind, form, by="lin")


@pytest.mark.req("HOT-09")
@pytest.mark.parametrize("kind", ["complaint", "fault"])
def test_who_is_in_arrears_is_dunned_and_what_was_said_is_kept(law: Regulation, kind: str) -> None:
    form = {**IN_ARREARS, **({"complaint_cause": "charge"} if kind == "complaint" else {})}
    with refused(InvalidInput, "dunned"):
        law.open(kind, {**form, "dunned": ""}, by="lin")

    number = law.open(kind, form, by="lin")

    assert law.ticket(number).fields["dunned"] == "已提醒缴费,用户答应今天缴"
    event = law.events(number)[0]
    assert (event.payload["dunned"], event.payload["arrears_amount"], event.member) == (
        "已提醒缴费,用户答应今天缴",
        "87.00",
        law.members["lin"],
    )


@pytest.mark.req("HOT-09")
def test_the_form_prompts_to_dun_as_soon_as_arrears_are_ticked(law: Regulation) -> None:
    client, form = browser(law, "lin"), {"type": "hotline-service:fault", "arrears": "owing"}

    prompted = client.post("/tickets/new/fields", form, headers={"HX-Request": "true"}).content.decode()
    quiet = client.post("/tickets/new/fields", {**form, "arrears": "clear"}, headers={"HX-Request": "true"}).content.decode()

    assert 'name="dunned"' in prompted
    assert "该用户欠费:请当场催促其缴费" in prompted
    assert 'name="dunned"' not in quiet


@pytest.mark.req("HOT-10")
def test_the_agent_urges_a_complaint_and_the_urge_is_kept(law: Regulation) -> None:
    number = dispatched(law, "complaint")
    law.do(number, "sign", by="dong")

    law.do(number, "urge", {"note": "用户再次来电"}, by="lin")

    assert told(law, number, "urged") == {"dong"}
    assert law.events(number, "urge")[0].at == law.now


@pytest.mark.req("HOT-11")
@pytest.mark.parametrize("state", ["dispatched", "handled", "archived"])
def test_what_is_added_stands_below_the_complaint_and_it_is_scheduled_again(law: Regulation, state: str) -> None:
    number = dispatched(law, "complaint", fields=COMPLAINT)
    if state != "dispatched":
        law.do(number, "sign", by="dong")
        law.do(number, "complete", DONE, by="dong")
    if state == "archived":
        law.do(number, "call_back", {"reached": "satisfied"}, by="lin")

    law.do(number, "append", {"note": "四月也多收"}, by="mei")

    assert law.ticket(number).fields["content"] == "多收月租\n四月也多收"
    assert (law.state(number), law.ticket(number).is_open) == ("undispatched", True)
    law.do(number, "dispatch", to(law, "TARIFF"), by="mei")
    assert law.ticket(number).unit == law.units["TARIFF"]


@pytest.mark.req("HOT-12")
def test_a_complaint_is_archived_when_its_caller_is_satisfied_and_dispatched_again_otherwise(law: Regulation) -> None:
    number = handled(law, "complaint")

    law.do(number, "call_back", {"reached": "dissatisfied"}, by="lin")
    assert (law.state(number), law.ticket(number).round, law.ticket(number).is_open) == ("undispatched", 2, True)
    law.do(number, "dispatch", to(law, "WEST"), by="lin")
    law.do(number, "sign", by="xi")
    law.do(number, "complete", DONE, by="xi")
    law.do(number, "call_back", {"reached": "satisfied"}, by="lin")

    assert (law.state(number), law.ticket(number).round) == ("archived", 2)


@pytest.mark.req("HOT-01")
def test_the_consult_form_can_be_printed(law: Regulation) -> None:
    number = law.open("consult", {"content": "营业时间?"}, by="lin")
    law.do(number, "answer", {"guided": "solved", "guidance": "九点到十八点"}, by="lin")

    sheet = browser(law, "lin").get(f"/tickets/{number}/print/answer.pdf")

    assert all(word in glyphs(sheet.content) for word in ("咨询单", number, "营业时间", "九点到十八点"))


@pytest.mark.req("HOT-01", "HOT-02", "HOT-03", "HOT-04")
def test_s6_one_caller_is_answered_at_once_and_the_other_after_two_rounds(law: Regulation) -> None:
    first = law.open("consult", {"content": "营业时间?"}, by="lin")
    law.do(first, "answer", {"guided": "solved", "guidance": "九点到十八点"}, by="lin")
    second = asked(law)
    law.do(second, "submit_answer", ANSWERED, by="tao")
    law.do(second, "call_back", {"reached": "dissatisfied", "opinion": "仍不明白第二档"}, by="lin")
    law.do(second, "dispatch", to(law, "TARIFF"), by="lin")
    law.do(second, "submit_answer", {**ANSWERED, "result": "举例算了一遍"}, by="tao")
    law.do(second, "call_back", {"reached": "satisfied"}, by="lin")

    assert (law.state(first), [event.action for event in law.events(first)]) == ("archived", ["accept", "answer"])
    assert (law.state(second), law.ticket(second).round) == ("archived", 2)
