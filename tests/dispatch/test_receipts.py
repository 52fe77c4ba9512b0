"""Signing for dispatched work, and refusing to."""

from __future__ import annotations

import pytest

from banjie.dispatch.models import Receipt
from banjie.kernel.errors import InvalidInput, NotAllowedNow, NotPermitted, Unseen
from tests.regulation import Regulation
from tests.service import at_north, fault, service_line, signed, told, with_jia
from tests.tickets.observing import disagreements, refused


@pytest.fixture
def law(db: None) -> Regulation:
    return service_line()


@pytest.mark.req("HOT-17")
def test_who_signs_for_what_a_unit_was_given_works_it_from_then_on(law: Regulation) -> None:
    number = at_north(law)

    law.do(number, "sign", by="gao")

    ticket = law.ticket(number)
    assert (ticket.state, ticket.assignee, ticket.responsible) == ("signed", law.members["gao"], law.members["an"])
    row = Receipt.objects.get()
    assert (row.signed, row.by_name, row.reason, row.at) == (True, "高工区", "", law.now)
    assert disagreements() == []


@pytest.mark.req("HOT-17")
def test_a_head_who_signs_for_his_man_does_not_take_the_work_from_him(law: Regulation) -> None:
    number = with_jia(law)

    law.do(number, "sign", by="gao")

    assert law.ticket(number).assignee == law.members["jia"]
    assert "assignee" not in law.events(number, "sign")[0].payload


def test_nobody_signs_for_the_work_of_another_unit_or_twice(law: Regulation) -> None:
    number = with_jia(law)

    with refused(Unseen):
        law.do(number, "sign", by="lu")
    with refused(Unseen):
        law.do(number, "sign", by="kong")
    with refused(NotPermitted):
        law.do(number, "sign", by="an")
    law.do(number, "sign", by="jia")
    with refused(NotAllowedNow):
        law.do(number, "sign", by="jia")


@pytest.mark.req("HOT-18", "HOT-19", "FQR-02")
def test_what_is_refused_goes_back_to_those_who_dispatch_with_its_reason_and_keeps_its_first_taker(law: Regulation) -> None:
    number = with_jia(law)

    law.do(number, "refuse", {"reason": "属南区管辖"}, by="jia")

    ticket = law.ticket(number)
    assert (ticket.state, ticket.assignee, ticket.unit, ticket.responsible) == ("undispatched", None, law.units["HQ"], law.members["an"])
    row = Receipt.objects.get()
    assert (row.signed, row.reason, row.by_name) == (False, "属南区管辖", "贾维护")
    event = law.events(number, "refuse")[0]
    assert event.payload == {"reason": "属南区管辖", "from": law.members["jia"].pk, "from_unit": law.units["NORTH"].pk}
    assert told(number, "sent_back") == ["an", "bo"]
    assert disagreements() == []


@pytest.mark.req("HOT-18")
def test_a_reason_is_demanded_by_the_verb_itself_even_when_the_ticket_holds_one(law: Regulation) -> None:
    number = fault(law)
    law.do(number, "note_down", {"reason": "客户报修"}, by="an")
    law.do(number, "dispatch", {"target_unit": law.units["NORTH"].pk}, by="an")

    with refused(InvalidInput, field="reason", clause="一"):
        law.do(number, "refuse", by="gao")
    with refused(InvalidInput, field="reason"):
        law.do(number, "refuse", {"reason": "   "}, by="gao")


def test_the_next_one_may_be_chosen_after_a_refusal(law: Regulation) -> None:
    number = with_jia(law)
    law.do(number, "refuse", {"reason": "不归我管"}, by="jia")

    law.do(number, "dispatch", {"target_unit": law.units["SOUTH"].pk}, by="bo")
    law.do(number, "sign", by="lu")

    assert law.ticket(number).assignee == law.members["lu"]
    assert law.ticket(number).responsible == law.members["an"]


@pytest.mark.req("HOT-18")
def test_what_is_signed_for_can_no_longer_be_refused(law: Regulation) -> None:
    number = signed(law)

    with refused(NotAllowedNow):
        law.do(number, "refuse", {"reason": "不归我管"}, by="jia")
