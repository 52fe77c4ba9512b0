"""服务热线工作流程 at work: consultations, complaints, faults (HOT; scenarios S5 and S6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from banjie.channels.models import Notification
from banjie.customers.models import Asset
from banjie.customers.verbs.assets import AssetDraft, save_asset
from banjie.customers.verbs.customers import CustomerDraft, save_customer
from banjie.dispatch.choosing import NobodyToTakeIt, NotEligible
from banjie.dispatch.models import Receipt
from banjie.kernel.errors import InvalidInput, NotAllowedNow, NotPermitted, Refused
from banjie.people.models import Member
from banjie.tickets import queue
from banjie.tickets.models import Ticket
from banjie.tickets.queue import Filters
from banjie.tickets.repeats import RepeatSuspected
from banjie.verification.models import Callback
from tests.cast import BUILDER, LONG_AGO
from tests.console.test_printing import glyphs
from tests.regulation import Regulation, install

PEOPLE = {
    "lin": ("林坐席", "hotline_agent", "HQ"),
    "mei": ("梅坐席", "hotline_agent", "HQ"),
    "duan": ("段值班", "shift_leader", "HQ"),
    "song": ("宋主管", "cs_supervisor", "HQ"),
    "dong": ("董东区", "responsible_area", "EAST"),
    "xi": ("奚西区", "responsible_area", "WEST"),
    "hu": ("胡维护", "handler", "WEST"),
    "ge": ("葛维护", "handler", "WEST"),
    "tao": ("陶资费", "responsible_area", "TARIFF"),
}
UNITS = {"EAST": ("东工区", "东"), "WEST": ("西工区", "西"), "TARIFF": ("资费部", "资费")}
FAULT = {"user_no": "U-5566", "user_address": "东风路8号", "phone": "13812345678", "arrears": False, "content": "无信号"}
IN_ARREARS = {**FAULT, "arrears": True, "arrears_amount": "87.00", "dunned": "已提醒缴费,用户答应今天缴"}
COMPLAINT = {**FAULT, "content": "多收月租", "complaint_cause": "charge"}
DONE = {"result": "更换分支器", "fully_solved": True}
ANSWERED = {"result": "按用量分三档计价", "fully_solved": True}


@pytest.fixture
def law(db: None, monkeypatch: pytest.MonkeyPatch) -> Regulation:
    law = install("hotline-service", PEOPLE, UNITS)
    law.at("2024-05-03 09:00")
    monkeypatch.setattr(timezone, "now", lambda: law.now)  # pages read the clock of the test
    return law


@pytest.fixture
def user(law: Regulation) -> Asset:
    """Return user U-5566, whom the area East serves."""
    east = law.units["EAST"].pk
    customer = save_customer(CustomerDraft(name="余用户", kind="person", unit_id=east), by=BUILDER, at=LONG_AGO)
    draft = AssetDraft(kind="line", name="宽带", address="东风路8号", unit_id=east, keys={"user_no": "U-5566"})
    return save_asset(customer.pk, draft, by=BUILDER, at=LONG_AGO)


@contextmanager
def refused(kind: type[Refused], field: str = "") -> Iterator[None]:
    with pytest.raises(kind) as said, transaction.atomic():
        yield
    assert not field or field in [error.field for error in said.value.errors], said.value.errors


def to(law: Regulation, unit: str) -> dict[str, object]:
    return {"target_unit": law.units[unit].pk}


def dispatched(law: Regulation, kind: str = "fault", unit: str = "EAST", fields: Mapping[str, object] = FAULT) -> str:
    number = law.open(kind, {**fields, **({"complaint_cause": "charge"} if kind == "complaint" else {})}, by="lin", is_new=True)
    law.do(number, "dispatch", to(law, unit), by="lin")
    return number


def handled(law: Regulation, kind: str = "fault") -> str:
    number = dispatched(law, kind)
    law.do(number, "sign", by="dong")
    law.do(number, "complete", DONE, by="dong")
    return number


def asked(law: Regulation, question: str = "阶梯资费怎么算?") -> str:
    """Return a consultation that the agent could not answer, dispatched to the tariff department."""
    number = law.open("consult", {"content": question, "phone": "13812345678"}, by="lin")
    law.do(number, "answer", {"guided": "failed", "guidance": "读了资费说明,用户仍不明白"}, by="lin")
    law.do(number, "dispatch", to(law, "TARIFF"), by="lin")
    return number


def browser(law: Regulation, name: str) -> Client:
    Member.objects.update(must_change_password=False)
    client = Client(headers={"Accept-Language": "zh-hans"})
    client.force_login(law.members[name])
    return client


def told(law: Regulation, number: str, kind: str) -> set[str]:
    rows = Notification.objects.filter(ticket_number=number, kind=kind).values_list("member__username", flat=True)
    return set(rows)


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
    client, form = browser(law, "lin"), {"type": "hotline-service:fault", "arrears": "true"}

    prompted = client.post("/tickets/new/fields", form, headers={"HX-Request": "true"}).content.decode()
    quiet = client.post("/tickets/new/fields", {**form, "arrears": "false"}, headers={"HX-Request": "true"}).content.decode()

    assert 'name="dunned"' in prompted
    assert "该用户欠费:请当场催促其缴费" in prompted
    assert 'name="dunned"' not in quiet


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


@pytest.mark.req("HOT-17")
def test_an_area_signs_for_what_is_its_own_before_it_works_on_it(law: Regulation) -> None:
    number = dispatched(law)
    with refused(NotAllowedNow):
        law.do(number, "complete", DONE, by="dong")
    with refused(Refused):
        law.do(number, "sign", by="xi")  # the other area does not see it

    law.do(number, "sign", by="dong")

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


@pytest.mark.req("HOT-01")
def test_the_consult_form_can_be_printed(law: Regulation) -> None:
    number = law.open("consult", {"content": "营业时间?"}, by="lin")
    law.do(number, "answer", {"guided": "solved", "guidance": "九点到十八点"}, by="lin")

    sheet = browser(law, "lin").get(f"/tickets/{number}/print/answer.pdf")

    assert all(word in glyphs(sheet.content) for word in ("咨询单", number, "营业时间", "九点到十八点"))


def test_the_area_and_its_technician_are_told_in_banjie_because_there_is_no_gateway_for_text_messages(law: Regulation) -> None:
    number = dispatched(law, unit="WEST")
    law.do(number, "sign", by="xi")

    law.do(number, "assign", {"technician": law.members["ge"].pk, "reason": "离得近"}, by="xi")

    assert told(law, number, "relayed") == {"xi"}
    assert told(law, number, "dispatched") == {"ge"}


@pytest.mark.req("HOT-08", "HOT-09", "HOT-13", "HOT-14", "HOT-15", "HOT-18", "HOT-19")
def test_s5_a_fault_is_refused_once_and_reported_again(law: Regulation, user: Asset) -> None:
    with refused(InvalidInput, "dunned"):
        law.open("fault", {**FAULT, "arrears": True, "arrears_amount": "87.00"}, by="lin")
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
