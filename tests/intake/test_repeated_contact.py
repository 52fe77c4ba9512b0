"""A repeated contact, the class of a matter, and what a correction leaves behind."""

from __future__ import annotations

import pytest

from banjie.intake.models import Addition
from banjie.kernel.errors import InvalidInput, NotPermitted
from banjie.tickets.models import Ticket
from tests.regulation import Regulation
from tests.service import fault, finished, service_line, signed, told
from tests.tickets.observing import disagreements, refused


@pytest.fixture
def law(db: None) -> Regulation:
    return service_line()


@pytest.mark.req("HOT-11")
def test_what_is_said_on_a_repeated_call_is_added_scheduled_again_and_reaches_who_works_it(law: Regulation) -> None:
    number = signed(law)

    law.do(number, "add", {"note": "又断线了"}, by="bo")

    assert law.state(number) == "undispatched"
    assert Ticket.objects.count() == 1
    row = Addition.objects.get()
    assert (row.note, row.by_name, row.at) == ("又断线了", "薄坐席", law.now)
    assert told(number, "appended") == ["jia"]


def test_an_addition_to_what_nobody_works_reaches_its_first_taker(law: Regulation) -> None:
    number = fault(law)
    law.do(number, "dispatch", {"target_unit": law.units["NORTH"].pk}, by="an")

    law.do(number, "add", {"note": "催"}, by="bo")

    assert told(number, "appended") == ["an"]


def test_an_addition_takes_up_an_ended_ticket_in_another_round(law: Regulation) -> None:
    number = finished(law)
    law.do(number, "call", {"reached": "satisfied"}, by="an")

    law.do(number, "add", {"note": "故障重现"}, by="an")

    ticket = law.ticket(number)
    assert (ticket.is_open, ticket.round, ticket.ended_at) == (True, 2, None)
    assert disagreements() == []


def test_an_addition_says_something(law: Regulation) -> None:
    number = signed(law)

    with refused(InvalidInput, field="note"):
        law.do(number, "add", by="an")
    with refused(NotPermitted):
        law.do(number, "add", {"note": "我也要"}, by="jia")


@pytest.mark.req("EXC-20", "PLT-05")
def test_what_is_classified_belongs_to_the_ticket_and_the_timeline_keeps_what_it_was_before(law: Regulation) -> None:
    number = fault(law, place="一号楼")

    law.do(number, "classify", {"level": "grave"}, by="an")
    law.do(number, "classify", {"level": "grave", "place": "二号楼"}, by="an")

    ticket = law.ticket(number)
    assert (ticket.level, ticket.fields["place"]) == ("grave", "二号楼")
    first, second = law.events(number, "classify")
    assert first.payload == {"level": "grave", "before": {"level": None}}
    assert second.payload == {"level": "grave", "place": "二号楼", "before": {"place": "一号楼"}}


def test_the_choice_that_decides_is_the_outcome_and_leads_where_the_rulebook_says(law: Regulation) -> None:
    grave, slight = fault(law), fault(law)

    assert law.do(grave, "classify", {"level": "grave"}, by="an").outcome == "grave"
    assert law.do(slight, "classify", {"level": "slight"}, by="an").outcome == "slight"

    assert (law.state(grave), law.state(slight)) == ("undispatched", "settled")


def test_a_choice_that_the_ticket_holds_already_decides_too(law: Regulation) -> None:
    number = fault(law)
    law.do(number, "classify", {"level": "grave"}, by="an")

    assert law.do(number, "classify", {"place": "三号楼"}, by="an").outcome == "grave"


def test_without_the_choice_nothing_is_decided(law: Regulation) -> None:
    number = fault(law)

    with refused(InvalidInput, field="level"):
        law.do(number, "classify", {"place": "三号楼"}, by="an")
    with refused(InvalidInput, field="level"):
        law.do(number, "classify", {"level": "middling"}, by="an")
