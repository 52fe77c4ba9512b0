"""The regulation on order review, clause by clause: shipping notices."""

from __future__ import annotations

import pytest

from banjie.kernel.errors import InvalidInput, NotAllowedNow, NotPermitted
from tests.regulation import Regulation, install
from tests.regulations.orders import ADDED, MOVED, NOTICE, PEOPLE, YES, told
from tests.tickets.observing import refused


@pytest.fixture
def law(db: None) -> Regulation:
    found = install("order-review", PEOPLE)
    found.at("2024-06-03 10:00")  # a Monday
    return found


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
    with refused(InvalidInput, field="added_contact", clause="5.5.2"):
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
