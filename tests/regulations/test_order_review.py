"""The regulation on order review, clause by clause: price, terms, signatures, samples."""

from __future__ import annotations

import pytest

from banjie.approval.models import Signature
from banjie.kernel.errors import InvalidInput, NotAllowedNow, NotPermitted
from tests.regulation import Regulation, install
from tests.regulations.orders import CHECKED, DEARER, ORDER, PEOPLE, SAME, SHEETS, YES, checked, issued, signing, told
from tests.tickets.observing import refused


@pytest.fixture
def law(db: None) -> Regulation:
    found = install("order-review", PEOPLE)
    found.at("2024-06-03 10:00")  # a Monday
    return found


# The order's review


@pytest.mark.req("REV-03")
@pytest.mark.parametrize(("price", "amount"), [("10.50", "2050"), ("9.50", "1950")])
def test_a_changed_price_needs_a_quotation_that_sales_updated(law: Regulation, price: str, amount: str) -> None:
    number = checked(law, lines=[SAME, {**SAME, "price": price}])
    assert law.ticket(number).fields["price_changed"] is True
    with pytest.raises(InvalidInput, match="K3《报价单》"):
        law.do(number, "confirm", by="ke")
    with refused(NotPermitted):
        law.do(number, "update_quotation", {"quotation_no": "BJ-2", "quoted_amount": amount}, by="ke")
    law.do(number, "update_quotation", {"quotation_no": "BJ-2", "quoted_amount": amount}, by="xiao")

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
