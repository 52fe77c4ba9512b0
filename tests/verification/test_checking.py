"""Checks on the spot, and filing."""

from __future__ import annotations

import pytest

from banjie.kernel.errors import InvalidInput, NotPermitted
from banjie.verification.models import Closure, Inspection
from banjie.verification.verbs.close import CustomerDissatisfied
from tests.regulation import Regulation
from tests.service import finished, service_line
from tests.tickets.observing import refused


@pytest.fixture
def law(db: None) -> Regulation:
    return service_line()


@pytest.mark.req("REN-06")
def test_what_passes_ends_and_what_fails_goes_back_to_work(law: Regulation) -> None:
    good, bad = finished(law), finished(law)

    assert law.do(good, "inspect", {"finding": "passed"}, by="an").state == "settled"
    assert law.do(bad, "inspect", {"finding": "failed", "note": "接头外露"}, by="an").state == "signed"

    assert list(Inspection.objects.order_by("id").values_list("passed", "note")) == [(True, ""), (False, "接头外露")]
    assert law.ticket(bad).assignee == law.members["jia"]


def test_nobody_inspects_his_own_work(law: Regulation) -> None:
    number = finished(law)

    with refused(NotPermitted):
        law.do(number, "inspect", {"finding": "passed"}, by="jia")
    with refused(InvalidInput, field="finding"):
        law.do(number, "inspect", by="an")


@pytest.mark.req("EXC-28")
def test_nothing_is_filed_while_the_customer_is_dissatisfied(law: Regulation) -> None:
    number = finished(law)
    law.do(number, "call", {"reached": "dissatisfied"}, by="an")

    with refused(CustomerDissatisfied):
        law.do(number, "file", by="an")
    law.pass_time(hours=1)
    law.do(number, "call", {"reached": "unreachable"}, by="an")
    with refused(CustomerDissatisfied):
        law.do(number, "file", by="an")

    law.pass_time(hours=1)
    law.do(number, "call", {"reached": "satisfied"}, by="an")
    law.do(number, "file", by="an")

    assert law.state(number) == "filed"


@pytest.mark.req("EXC-27")
def test_filing_ends_a_ticket_and_is_kept(law: Regulation) -> None:
    number = finished(law)

    law.do(number, "file", by="an")

    ticket = law.ticket(number)
    assert (ticket.state, ticket.is_open, ticket.ended_at) == ("filed", False, law.now)
    assert Closure.objects.get().kind == "archived"


def test_the_time_of_its_end_stays_when_an_ended_ticket_is_filed_later(law: Regulation) -> None:
    number = finished(law)
    law.do(number, "call", {"reached": "satisfied"}, by="an")
    ended = law.now

    law.pass_time(days=2)
    law.do(number, "file", by="an")

    assert law.ticket(number).ended_at == ended
