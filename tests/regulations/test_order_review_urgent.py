"""The regulation on order review, clause by clause: urgent orders."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from banjie.approval.entering import NobodyToSign
from banjie.deadlines.duties import run_duties
from banjie.deadlines.models import DutyRun, Finding
from banjie.kernel.errors import InvalidInput, NotAllowedNow, NotPermitted
from tests.pos import moment
from tests.regulation import Regulation, install
from tests.regulations.orders import (
    ORDER,
    PEOPLE,
    SHEETS,
    URGENT,
    YES,
    checked,
    due,
    entered,
    issued,
    outcomes,
    produced,
    producing,
    requested,
    reviewing,
    told,
)
from tests.tickets.observing import refused


@pytest.fixture
def law(db: None) -> Regulation:
    found = install("order-review", PEOPLE)
    found.at("2024-06-03 10:00")  # a Monday
    return found


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
    with refused(InvalidInput, field="meeting"):
        law.do(number, "convene", SHEETS, by="ke")
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
    number, chased = producing(law), producing(law)
    law.at("2024-06-04 09:00")
    run_duties(law.now)
    law.do(chased, "chase", {"note": "按计划生产"}, by="ke")
    law.at("2024-06-05 00:01")

    run_duties(law.now)

    finding = Finding.objects.get(rule="chase_daily", outcome="breached")
    assert (finding.clause, finding.evidence["missing"]) == ("5.4", [number])
    assert "duty_broken" in told("zhu", "")
    assert DutyRun.objects.get(duty="chase_daily", period=date(2024, 6, 5)).frame == [number, chased]


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
    number = producing(law)
    for action in ("request_shipping", "ship"):
        with refused(NotAllowedNow):  # it is not made yet
            law.do(number, action, {"ship_on": "2024-06-09"}, by="ke")
    law.do(number, "finish_production", by="sheng")
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
