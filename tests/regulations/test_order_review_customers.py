"""The regulation on order review, clause by clause: new customers; and scenario S13."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from banjie.deadlines.duties import run_duties
from banjie.deadlines.models import DutyRun
from banjie.deadlines.sweep import sweep
from banjie.kernel.errors import InvalidInput, NotAllowedNow, NotPermitted
from banjie.tickets.models import Ticket
from tests.pos import moment
from tests.regulation import Regulation, install
from tests.regulations.orders import (
    ADDED,
    CHECKED,
    CHECKS,
    MOVED,
    ORDER,
    PEOPLE,
    SHEETS,
    TERMS,
    URGENT,
    YES,
    checked,
    due,
    outcomes,
    requested,
    told,
)
from tests.tickets.observing import refused


@pytest.fixture
def law(db: None) -> Regulation:
    found = install("order-review", PEOPLE)
    found.at("2024-06-03 10:00")  # a Monday
    return found


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
    with refused(InvalidInput, field="credit_file_no"):
        law.do(form, "file_credit", by="cai")
    law.do(form, "file_credit", {"credit_file_no": "CW-1"}, by="cai")
    with refused(NotAllowedNow):  # filed is not yet in the system
        law.do(number, "submit_new", by="ke")
    with refused(InvalidInput, field="customer_code"):
        law.do(form, "create", by="ke")
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
