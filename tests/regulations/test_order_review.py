"""The regulation on order review, clause by clause, and scenario S13."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from banjie.approval.entering import NobodyToSign
from banjie.approval.models import Signature
from banjie.channels.models import Notification
from banjie.deadlines.duties import run_duties
from banjie.deadlines.models import Clock, DutyRun, Finding
from banjie.deadlines.sweep import sweep
from banjie.kernel.errors import InvalidInput, NotAllowedNow, NotPermitted
from banjie.tickets.models import Ticket
from tests.pos import moment
from tests.regulation import Regulation, install
from tests.tickets.observing import refused

PEOPLE = {
    "ke": ("柯专员", "cs_specialist", "HQ"),
    "zhu": ("朱主管", "cs_supervisor", "HQ"),
    "xiao": ("肖销售", "sales", "HQ"),
    "ying": ("应总监", "marketing_director", "HQ"),
    "zong": ("宗总办", "gm_office", "HQ"),
    "cai": ("蔡财务", "finance", "HQ"),
    "ji": ("纪计划", "planning", "HQ"),
    "sheng": ("盛生产", "production", "HQ"),
    "pin": ("品管员", "quality", "HQ"),
    "wu": ("吴物流", "logistics", "HQ"),
}
SAME = {"item": "螺栓M8", "quantity": "100", "price": "10", "last_price": "10"}
DEARER = {"item": "螺栓M8", "quantity": "100", "price": "10.50", "last_price": "10"}
ORDER = {"company": "恒达", "customer_kind": "existing", "order_kind": "mass", "goods": "螺栓M8 100件", "lines": [SAME]}
CHECKS: dict[str, Any] = {"currency_fits": True, "mode_fits": True, "payment_fits": True, "payment_unchanged": True, "seal_company": "恒达"}
SHEETS = {"order_review": [{"item": "技术要求", "finding": "可满足"}], "shipping_review": [{"item": "出货日期", "finding": "可满足"}]}
CHECKED = {**CHECKS, **SHEETS, "terms_read": True, "objection": False}
TERMS = {"currency": "CNY", "trade_mode": "内销", "payment_terms": "月结30天", "credit_form": "资信表及营业执照"}
URGENT = {"company": "恒达", "goods": "PO-9 螺栓M8", "ordered_on": "2024-06-03", "wanted_on": "2024-06-08", "lead_time_days": "14"}
NOTICE = {
    "company": "恒达",
    "goods": "螺栓M8 100件",
    "order_address": "苏州园区1号",
    "order_contact": "马先生",
    "system_address": "苏州园区1号",
    "system_contact": "马先生",
    "ship_on": "2024-06-20",
    "delivery_on": "2024-06-22",
}
MOVED = {**NOTICE, "order_address": "无锡新区8号"}
ADDED = {"proof_no": "BG-12", "added_address": "无锡新区8号", "added_contact": "马先生"}
YES = {"decision": "approved"}


@pytest.fixture
def law(db: None) -> Regulation:
    found = install("order-review", PEOPLE)
    found.at("2024-06-03 10:00")  # a Monday
    return found


def checked(law: Regulation, kind: str = "sales_order", **changes: Any) -> str:
    """Return an order that is entered and checked."""
    number = law.open(kind, {**ORDER, **{name: value for name, value in changes.items() if name in ORDER}}, by="ke")
    law.do(number, "check", {**CHECKED, **changes}, by="ke")
    return number


def signing(law: Regulation) -> str:
    """Return an order that waits for its signatures."""
    number = checked(law)
    law.do(number, "confirm", by="ke")
    law.do(number, "submit", by="ke")
    return number


def entered(law: Regulation) -> str:
    """Return an urgent order that waits for its signatures."""
    number = law.open("urgent_order", URGENT, by="ke")
    law.do(number, "enter_plan", {"plan_no": "FC-31"}, by="ke")
    return number


def issued(law: Regulation) -> str:
    number = entered(law)
    law.do(number, "approve", YES, by="ying")
    law.do(number, "approve", YES, by="zong")
    law.do(number, "issue", {"internal_no": "NB-7"}, by="ke")
    return number


def reviewing(law: Regulation) -> str:
    number = issued(law)
    law.do(number, "convene", {"meeting": "三楼会议室", **SHEETS}, by="ke")
    return number


def producing(law: Regulation) -> str:
    number = reviewing(law)
    for name in ("ji", "sheng", "pin", "cai"):
        law.do(number, "review", YES, by=name)
    law.do(number, "answer", {"delivery_on": "2024-06-09"}, by="ke")
    return number


def produced(law: Regulation) -> str:
    number = producing(law)
    law.do(number, "finish_production", by="sheng")
    return number


def requested(law: Regulation, number: str) -> str:
    """Ask for special shipping and return the request's number."""
    law.do(number, "request_shipping", {"ship_on": "2024-06-09"}, by="ke")
    return str(law.events(number, "request_shipping")[-1].payload["opened"])


def due(number: str, clock: str) -> object:
    return Clock.objects.get(ticket__number=number, name=clock).due_at


def outcomes(number: str, rule: str) -> list[str]:
    return list(Finding.objects.filter(ticket__number=number, rule=rule).values_list("outcome", flat=True))


def told(name: str, number: str) -> set[str]:
    return set(Notification.objects.filter(member__username=name, ticket_number=number).values_list("kind", flat=True))


@pytest.mark.req("REV-08", "REV-09", "REV-10", "REV-11", "REV-12", "REV-13", "REV-14")
def test_s13_an_urgent_order_from_its_receipt_to_its_shipping(law: Regulation) -> None:
    number = law.open("urgent_order", URGENT, by="ke")
    assert law.ticket(number).fields["urgent"] is True
    assert due(number, "entered_in_time") == moment("2024-06-03 12:00")
    law.at("2024-06-03 11:45")
    law.do(number, "enter_plan", {"plan_no": "FC-31"}, by="ke")
    law.at("2024-06-03 13:00")
    law.do(number, "approve", YES, by="ying")
    law.at("2024-06-03 13:20")
    law.do(number, "approve", YES, by="zong")
    law.do(number, "issue", {"internal_no": "NB-7"}, by="ke")
    assert due(number, "convened_in_time") == moment("2024-06-03 15:20")
    law.at("2024-06-03 14:50")
    law.do(number, "convene", {"meeting": "三楼会议室", **SHEETS}, by="ke")

    for name in ("ji", "sheng", "pin"):
        law.do(number, "review", YES, by=name)
    assert law.state(number) == "reviewing"  # finance has not signed
    with refused(NotAllowedNow):
        law.do(number, "answer", {"delivery_on": "2024-06-09"}, by="ke")
    law.at("2024-06-03 15:30")
    law.do(number, "review", YES, by="cai")
    assert due(number, "answered_in_time") == moment("2024-06-03 16:30")
    law.at("2024-06-03 16:10")
    law.do(number, "answer", {"delivery_on": "2024-06-09"}, by="ke")

    for day in range(4, 9):
        law.at(f"2024-06-{day:02} 09:00")
        run_duties(law.now)
        if day != 6:
            law.do(number, "chase", {"note": "按计划生产"}, by="ke")
    law.at("2024-06-09 00:01")
    run_duties(law.now)
    days = DutyRun.objects.filter(duty="chase_daily", period__gte=date(2024, 6, 4), period__lte=date(2024, 6, 8)).order_by("period")
    assert [run.state for run in days] == ["kept", "kept", "broken", "kept", "kept"]

    law.at("2024-06-09 10:00")
    law.do(number, "finish_production", by="sheng")
    with refused(NotAllowedNow, clause="5.4"):
        law.do(number, "ship", {"ship_on": "2024-06-09"}, by="ke")
    request = requested(law, number)
    law.do(request, "approve", YES, by="cai")
    with refused(NotAllowedNow, clause="5.4"):
        law.do(number, "ship", by="ke")
    law.do(request, "approve", YES, by="zong")
    law.do(number, "ship", by="ke")

    assert law.state(number) == "shipped"
    assert sweep(moment("2024-06-30 00:00")) == 0
    assert {name: outcomes(number, name) for name in ("entered_in_time", "convened_in_time", "answered_in_time")} == {
        "entered_in_time": ["met"],
        "convened_in_time": ["met"],
        "answered_in_time": ["met"],
    }


@pytest.mark.req("REV-02", "REV-16")
def test_s13_a_foreign_currency_and_another_address_are_stopped(law: Regulation) -> None:
    with refused(InvalidInput, field="currency_fits", clause="5.1.1.1"):
        law.open("customer_code_form", {"company": "恒达", **TERMS, **CHECKS, "currency_fits": False}, by="ke")
    notice = law.open("shipping_notice", MOVED, by="ke")
    with refused(InvalidInput, clause="5.5.2"):
        law.do(notice, "submit", by="ke")
    law.do(notice, "add_address", {"address_proof": "letter", **ADDED}, by="ke")

    law.do(notice, "submit", by="ke")

    assert law.state(notice) == "auditing"


# Customers and their credit


def new_customer(law: Regulation) -> str:
    number = law.open("sales_order", {**ORDER, "customer_kind": "new", "credit_form": "资信表"}, by="ke")
    law.do(number, "check", CHECKED, by="ke")
    return number


@pytest.mark.req("REV-01")
def test_a_new_customer_without_a_credit_form_is_refused_and_an_old_one_needs_none(law: Regulation) -> None:
    with refused(InvalidInput, field="credit_form", clause="5.1.1.1"):
        law.open("sales_order", {**ORDER, "customer_kind": "new"}, by="ke")

    assert law.open("sales_order", ORDER, by="ke")


@pytest.mark.req("REV-01")
def test_a_new_customers_order_waits_until_finance_filed_the_form_and_the_customer_is_in_the_system(law: Regulation) -> None:
    number = new_customer(law)
    law.do(number, "apply_code", TERMS, by="ke")
    form = str(law.events(number, "apply_code")[0].payload["opened"])
    law.do(number, "confirm", by="ke")
    assert "entered" in told("cai", form)
    with refused(NotAllowedNow):
        law.do(number, "submit_new", by="ke")
    with refused(NotAllowedNow):  # an old customer's way is none round it
        law.do(number, "submit", by="ke")
    with refused(NotAllowedNow):
        law.do(form, "create", {"customer_code": "C-1"}, by="ke")
    with refused(NotPermitted):
        law.do(form, "file_credit", {"credit_file_no": "CW-1"}, by="ke")
    law.do(form, "file_credit", {"credit_file_no": "CW-1"}, by="cai")
    law.do(form, "create", {"customer_code": "C-1"}, by="ke")

    law.do(number, "submit_new", by="ke")

    assert law.state(number) == "signing"


@pytest.mark.req("REV-02")
@pytest.mark.parametrize(
    "wrong",
    [{"currency_fits": False}, {"mode_fits": False}, {"payment_fits": False}, {"payment_unchanged": False}, {"seal_company": "恒达香港"}],
)
def test_each_of_the_four_comparisons_stops_the_application_and_the_order(law: Regulation, wrong: dict[str, Any]) -> None:
    field = next(iter(wrong)).replace("payment_fits", "payment_unchanged")  # one demand for both, named at the last of them
    number = checked(law, **wrong)
    stranger = new_customer(law)

    with refused(InvalidInput, field=field):
        law.open("customer_code_form", {"company": "恒达", **TERMS, **CHECKS, **wrong}, by="ke")
    with refused(InvalidInput, clause="5.1.1.2"):
        law.do(number, "confirm", by="ke")
    with refused(InvalidInput):  # nor by way of the order
        law.do(stranger, "apply_code", {**TERMS, **wrong}, by="ke")
    assert not Ticket.objects.filter(type="customer_code_form").exists()


@pytest.mark.req("REV-02")
@pytest.mark.parametrize("field", ["currency_fits", "mode_fits", "payment_fits", "payment_unchanged", "seal_company"])
def test_a_comparison_that_was_not_made_stops_the_application(law: Regulation, field: str) -> None:
    form = {"company": "恒达", **TERMS, **CHECKS}
    del form[field]

    with refused(InvalidInput, field=field):
        law.open("customer_code_form", form, by="ke")


# The order's review


@pytest.mark.req("REV-03")
def test_a_changed_price_needs_a_quotation_that_sales_updated(law: Regulation) -> None:
    number = checked(law, lines=[SAME, DEARER])
    assert law.ticket(number).fields["price_changed"] is True
    with pytest.raises(InvalidInput, match="K3《报价单》"):
        law.do(number, "confirm", by="ke")
    with refused(NotPermitted):
        law.do(number, "update_quotation", {"quotation_no": "BJ-2", "quoted_amount": "2050"}, by="ke")
    law.do(number, "update_quotation", {"quotation_no": "BJ-2", "quoted_amount": "2050"}, by="xiao")

    law.do(number, "confirm", by="ke")

    assert law.state(number) == "confirmed"


@pytest.mark.req("REV-03")
def test_a_price_changed_once_more_needs_another_quotation(law: Regulation) -> None:
    number = checked(law, lines=[DEARER])
    law.do(number, "update_quotation", {"quotation_no": "BJ-2", "quoted_amount": "1050"}, by="xiao")
    law.do(number, "check", {"lines": [{**DEARER, "price": "12"}]}, by="ke")

    with pytest.raises(InvalidInput, match="报价单金额"):
        law.do(number, "confirm", by="ke")


@pytest.mark.req("REV-03")
def test_prices_are_compared_on_every_line_and_none_may_be_left_open(law: Regulation) -> None:
    assert "update_quotation" not in law.may(checked(law), by="xiao")
    number = checked(law, lines=[SAME, {"item": "垫片", "quantity": "5"}])

    with pytest.raises(InvalidInput, match="数量和单价"):
        law.do(number, "confirm", by="ke")


@pytest.mark.req("REV-04")
def test_terms_are_read_and_objections_settled_before_anybody_signs(law: Regulation) -> None:
    unread = checked(law, terms_read=False)
    with pytest.raises(InvalidInput, match="仔细阅读"):
        law.do(unread, "confirm", by="ke")
    with refused(InvalidInput, field="objection_settled"):
        law.do(unread, "check", {"terms_read": True, "objection": True}, by="ke")
    with refused(NotAllowedNow):
        law.do(unread, "submit", by="ke")
    law.do(unread, "check", {"terms_read": True, "objection": True, "objection_settled": "违约金改为千分之一"}, by="ke")
    law.do(unread, "confirm", by="ke")

    law.do(unread, "submit", by="ke")

    assert told("ying", unread) == {"to_sign"}
    assert law.may(unread, by="ying") == {"approve"}


@pytest.mark.req("REV-05", "REV-04")
def test_director_then_finance_then_the_seal_and_in_no_other_order(law: Regulation) -> None:
    number = signing(law)

    with refused(NotPermitted):
        law.do(number, "approve", YES, by="cai")
    with refused(NotAllowedNow):
        law.do(number, "seal", by="ke")
    law.do(number, "approve", YES, by="ying")
    assert law.state(number) == "signing"
    with refused(NotAllowedNow):
        law.do(number, "seal", by="ke")
    law.do(number, "approve", YES, by="cai")
    law.do(number, "seal", by="ke")

    assert law.state(number) == "sealed"
    assert list(Signature.objects.order_by("id").values_list("by__username", flat=True)) == ["ying", "cai"]


@pytest.mark.req("REV-05")
def test_what_finance_returns_is_signed_by_the_director_again(law: Regulation) -> None:
    number = signing(law)
    law.do(number, "approve", YES, by="ying")
    law.do(number, "approve", {"decision": "returned", "reason": "单价低于底价"}, by="cai")
    assert law.state(number) == "checking"
    law.pass_time(minutes=5)
    law.do(number, "confirm", by="ke")
    law.do(number, "submit", by="ke")

    with refused(NotPermitted):
        law.do(number, "approve", YES, by="cai")


def test_a_correction_after_the_confirmation_is_confirmed_anew(law: Regulation) -> None:
    number = checked(law)
    law.do(number, "confirm", by="ke")

    law.do(number, "check", {"lines": [DEARER]}, by="ke")

    assert law.state(number) == "checking"


@pytest.mark.req("REV-06")
def test_a_sample_order_has_the_type_trial_and_goes_the_way_of_a_sales_order(law: Regulation) -> None:
    with refused(InvalidInput, field="order_kind"):
        law.open("sample_order", ORDER, by="ke")
    with refused(InvalidInput, field="order_kind"):
        law.open("sales_order", {**ORDER, "order_kind": "trial"}, by="ke")
    number = checked(law, "sample_order", order_kind="trial")
    with refused(InvalidInput, field="order_kind"):
        law.do(number, "check", {"order_kind": "mass"}, by="ke")
    law.do(number, "confirm", by="ke")
    law.do(number, "submit", by="ke")

    law.do(number, "approve", YES, by="ying")
    law.do(number, "approve", YES, by="cai")

    assert law.state(number) == "sealing"
    assert law.program.types["sample_order"].process_name == law.program.types["sales_order"].process_name


@pytest.mark.req("REV-07", "REV-11")
@pytest.mark.parametrize("sheet", [*SHEETS])
def test_both_review_sheets_are_filled_in_for_mass_and_urgent_orders_alike(law: Regulation, sheet: str) -> None:
    mass = law.open("sales_order", ORDER, by="ke")
    law.do(mass, "check", {name: value for name, value in CHECKED.items() if name != sheet}, by="ke")
    urgent = issued(law)

    with refused(InvalidInput, field=sheet, clause="5.1.1.2"):
        law.do(mass, "confirm", by="ke")
    with refused(InvalidInput, field=sheet, clause="5.4"):
        law.do(urgent, "convene", {"meeting": "会议室", **{name: rows for name, rows in SHEETS.items() if name != sheet}}, by="ke")


# Urgent orders


@pytest.mark.req("REV-08")
@pytest.mark.parametrize(
    ("entries", "urgent"),
    [
        ({"insertion": True}, True),
        ({"increase": True}, True),
        ({"ordered_on": "2024-06-03", "wanted_on": "2024-06-08", "lead_time_days": "14"}, True),
        ({"ordered_on": "2024-06-03", "wanted_on": "2024-06-16", "lead_time_days": "14"}, True),
        ({"ordered_on": "2024-06-03", "wanted_on": "2024-06-17", "lead_time_days": "14"}, False),
        ({}, False),
    ],
)
def test_what_is_urgent_is_an_urgent_order_and_nothing_else_is(law: Regulation, entries: dict[str, Any], urgent: bool) -> None:
    right, wrong = ("urgent_order", "sales_order") if urgent else ("sales_order", "urgent_order")
    order = {"company": "恒达", "goods": "螺栓"}

    with pytest.raises(InvalidInput, match="紧急"):
        law.open(wrong, {**(ORDER if urgent else order), **entries}, by="ke")
    assert law.open(right, {**(order if urgent else ORDER), **entries}, by="ke")


@pytest.mark.req("REV-08")
def test_an_order_that_becomes_urgent_later_is_stopped(law: Regulation) -> None:
    number = checked(law)

    with pytest.raises(InvalidInput, match="紧急"):
        law.do(number, "check", {"increase": True}, by="ke")


@pytest.mark.req("REV-09")
@pytest.mark.parametrize(("at", "outcome"), [("2024-06-03 12:00", "met"), ("2024-06-03 12:01", "breached")])
def test_the_urgent_order_is_in_the_planning_module_within_two_hours(law: Regulation, at: str, outcome: str) -> None:
    number = law.open("urgent_order", URGENT, by="xiao")
    assert "entered" in told("ke", number)
    with refused(NotPermitted):
        law.do(number, "enter_plan", {"plan_no": "FC-1"}, by="xiao")
    with refused(InvalidInput, field="plan_no"):
        law.do(number, "enter_plan", by="ke")
    law.at(at)

    law.do(number, "enter_plan", {"plan_no": "FC-1"}, by="ke")

    assert outcomes(number, "entered_in_time") == [outcome]


@pytest.mark.req("REV-10")
def test_the_internal_list_is_issued_to_planning_after_both_signatures_only(law: Regulation) -> None:
    number = entered(law)
    with refused(NotAllowedNow):
        law.do(number, "issue", {"internal_no": "NB-7"}, by="ke")
    law.do(number, "approve", YES, by="ying")
    with refused(NotAllowedNow):
        law.do(number, "issue", {"internal_no": "NB-7"}, by="ke")
    law.do(number, "approve", YES, by="zong")
    with refused(InvalidInput, field="internal_no"):
        law.do(number, "issue", by="ke")

    law.do(number, "issue", {"internal_no": "NB-7"}, by="ke")

    assert "entered" in told("ji", number)


@pytest.mark.req("REV-11")
@pytest.mark.parametrize(("at", "outcome"), [("2024-06-03 12:00", "met"), ("2024-06-03 12:01", "breached")])
def test_the_units_are_called_together_within_two_hours_of_the_internal_list(law: Regulation, at: str, outcome: str) -> None:
    number = issued(law)
    law.at(at)

    law.do(number, "convene", {"meeting": "三楼会议室", **SHEETS}, by="ke")

    assert outcomes(number, "convened_in_time") == [outcome]
    assert all({"told", "to_sign"} <= told(name, number) for name in ("ji", "sheng", "pin", "cai"))


@pytest.mark.req("REV-12")
@pytest.mark.parametrize("missing", ["ji", "sheng", "pin", "cai"])
def test_the_review_is_finished_when_every_unit_has_signed(law: Regulation, missing: str) -> None:
    number = reviewing(law)
    for name in ("ji", "sheng", "pin", "cai"):
        if name != missing:
            law.do(number, "review", YES, by=name)

    assert law.state(number) == "reviewing"
    law.do(number, "review", YES, by=missing)
    assert law.state(number) == "reviewed"


@pytest.mark.req("REV-12")
def test_a_review_that_a_unit_could_not_sign_does_not_begin(law: Regulation) -> None:
    number = issued(law)
    law.dismiss("pin", "quality")

    with refused(NobodyToSign):
        law.do(number, "convene", {"meeting": "三楼会议室", **SHEETS}, by="ke")


@pytest.mark.req("REV-12")
@pytest.mark.parametrize(
    ("reviewed", "due_at", "at", "outcome"),
    [
        ("2024-06-03 15:30", "2024-06-03 16:30", "2024-06-03 16:30", "met"),
        ("2024-06-03 15:30", "2024-06-03 16:30", "2024-06-03 16:31", "breached"),
        ("2024-06-03 17:30", "2024-06-04 09:30", "2024-06-04 09:30", "met"),  # working hours
    ],
)
def test_the_delivery_date_goes_back_within_an_hour_of_the_review(
    law: Regulation, reviewed: str, due_at: str, at: str, outcome: str
) -> None:
    number = reviewing(law)
    law.at(reviewed)
    for name in ("ji", "sheng", "pin", "cai"):
        law.do(number, "review", YES, by=name)
    assert due(number, "answered_in_time") == moment(due_at)
    with refused(InvalidInput, field="delivery_on"):
        law.do(number, "answer", by="ke")
    law.at(at)

    law.do(number, "answer", {"delivery_on": "2024-06-09"}, by="ke")

    assert outcomes(number, "answered_in_time") == [outcome]


@pytest.mark.req("REV-13")
def test_a_day_without_a_chase_is_a_breach_that_names_the_order_and_tells_the_supervisor(law: Regulation) -> None:
    number = producing(law)
    law.at("2024-06-04 09:00")
    run_duties(law.now)
    law.at("2024-06-05 00:01")

    run_duties(law.now)

    finding = Finding.objects.get(rule="chase_daily", outcome="breached")
    assert (finding.clause, finding.evidence["missing"]) == ("5.4", [number])
    assert DutyRun.objects.get(duty="chase_daily", period=date(2024, 6, 5)).frame == [number]


@pytest.mark.req("REV-13")
def test_nothing_is_chased_once_it_is_produced(law: Regulation) -> None:
    number = produced(law)
    law.at("2024-06-04 09:00")

    run_duties(law.now)

    assert DutyRun.objects.get(duty="chase_daily", period=date(2024, 6, 4)).frame == []
    with refused(NotAllowedNow):
        law.do(number, "chase", {"note": "催"}, by="ke")


@pytest.mark.req("REV-14")
def test_shipping_waits_for_finance_and_gm_office_to_grant_the_request_of_this_very_order(law: Regulation) -> None:
    number, other = produced(law), produced(law)
    request = requested(law, other)
    law.do(request, "approve", YES, by="cai")
    law.do(request, "approve", YES, by="zong")

    with refused(NotAllowedNow, clause="5.4"):
        law.do(number, "ship", {"ship_on": "2024-06-09"}, by="ke")
    law.do(other, "ship", by="ke")

    assert law.state(other) == "shipped"
    assert "told" in told("wu", other)


@pytest.mark.req("REV-14")
def test_a_request_that_is_not_granted_lets_nothing_go_and_may_be_made_again(law: Regulation) -> None:
    number = produced(law)
    request = requested(law, number)
    with refused(NotPermitted):
        law.do(request, "approve", YES, by="zong")
    law.do(request, "approve", {"decision": "returned", "reason": "运费过高"}, by="cai")
    assert law.state(request) == "refused"
    with refused(NotAllowedNow):
        law.do(number, "ship", by="ke")
    again = requested(law, number)
    law.do(again, "approve", YES, by="cai")
    law.do(again, "approve", YES, by="zong")

    law.do(number, "ship", by="ke")

    assert law.state(number) == "shipped"


# Shipping notices


@pytest.mark.req("REV-15")
def test_the_same_address_and_contact_are_taken_from_the_system_without_more(law: Regulation) -> None:
    number = law.open("shipping_notice", NOTICE, by="ke")
    assert "add_address" not in law.may(number, by="ke")

    law.do(number, "submit", by="ke")

    assert law.ticket(number).address == "苏州园区1号"


@pytest.mark.req("REV-15", "REV-16")
@pytest.mark.parametrize("change", [{"order_address": "无锡新区8号"}, {"order_contact": "牛小姐"}])
def test_another_address_or_contact_is_not_taken(law: Regulation, change: dict[str, str]) -> None:
    number = law.open("shipping_notice", {**NOTICE, **change}, by="ke")

    with refused(InvalidInput, clause="5.5.2"):
        law.do(number, "submit", by="ke")
    assert law.ticket(number).address == ""


@pytest.mark.req("REV-16")
@pytest.mark.parametrize(
    ("proof", "missing"),
    [({}, "address_proof"), ({"address_proof": "note"}, "finance_file_no"), ({"address_proof": "letter", "proof_no": ""}, "proof_no")],
)
def test_a_new_address_needs_a_change_letter_or_a_note_that_finance_filed(law: Regulation, proof: dict[str, str], missing: str) -> None:
    number = law.open("shipping_notice", MOVED, by="ke")

    with refused(InvalidInput, field=missing):
        law.do(number, "add_address", {**ADDED, **proof}, by="ke")


@pytest.mark.req("REV-16")
@pytest.mark.parametrize("proof", [{"address_proof": "letter"}, {"address_proof": "note", "finance_file_no": "CW-9"}])
def test_with_its_proof_the_address_of_the_order_is_added_and_taken(law: Regulation, proof: dict[str, str]) -> None:
    number = law.open("shipping_notice", MOVED, by="ke")
    with refused(InvalidInput, field="added_address"):
        law.do(number, "add_address", {**ADDED, **proof, "added_address": "别处"}, by="ke")
    law.do(number, "add_address", {**ADDED, **proof}, by="ke")

    law.do(number, "submit", by="ke")

    assert law.ticket(number).address == "无锡新区8号"


@pytest.mark.req("REV-16")
def test_an_address_changed_after_it_was_added_needs_another_proof(law: Regulation) -> None:
    number = law.open("shipping_notice", MOVED, by="ke")
    law.do(number, "add_address", {"address_proof": "letter", **ADDED}, by="ke")
    law.do(number, "correct", {"order_address": "常州1号"}, by="ke")

    with refused(InvalidInput, clause="5.5.2"):
        law.do(number, "submit", by="ke")


@pytest.mark.req("REV-17")
def test_the_supervisor_audits_first_and_finance_second(law: Regulation) -> None:
    number = law.open("shipping_notice", NOTICE, by="ke")
    law.do(number, "submit", by="ke")
    assert told("zhu", number) == {"to_sign"}

    with refused(NotPermitted):
        law.do(number, "audit", YES, by="cai")
    law.do(number, "audit", YES, by="zhu")
    assert law.state(number) == "auditing"
    law.do(number, "audit", YES, by="cai")

    assert law.state(number) == "audited"


@pytest.mark.req("REV-17")
@pytest.mark.parametrize(
    ("dates", "field"), [({"ship_on": ""}, "ship_on"), ({"delivery_on": ""}, "delivery_on"), ({"ship_on": "2024-06-23"}, "delivery_on")]
)
def test_ship_date_and_delivery_date_are_both_given_and_in_their_order(law: Regulation, dates: dict[str, str], field: str) -> None:
    number = law.open("shipping_notice", {**NOTICE, **dates}, by="ke")

    with refused(InvalidInput, field=field):
        law.do(number, "submit", by="ke")


@pytest.mark.req("REV-18")
def test_production_is_told_the_number_after_the_audits_and_not_before(law: Regulation) -> None:
    number = law.open("shipping_notice", NOTICE, by="ke")
    law.do(number, "submit", by="ke")
    law.do(number, "audit", YES, by="zhu")
    with refused(NotAllowedNow):
        law.do(number, "tell_production", {"document_no": "K3-5"}, by="ke")
    law.do(number, "audit", YES, by="cai")
    with refused(InvalidInput, field="document_no"):
        law.do(number, "tell_production", by="ke")
    assert told("sheng", number) == set()

    law.do(number, "tell_production", {"document_no": "K3-5"}, by="ke")

    assert told("sheng", number) == {"told"}
    assert law.ticket(number).fields["document_no"] == "K3-5"
