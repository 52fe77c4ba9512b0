"""Fields that a rulebook shows or demands on a condition: what is hidden counts for nothing."""

from __future__ import annotations

from typing import Any

import pytest

from banjie.kernel.errors import InvalidInput
from banjie.rulebook.program import Program
from banjie.tickets.conditions import conditions_of
from banjie.tickets.lifecycle import perform
from banjie.tickets.models import Ticket
from banjie.tickets.opening import open_ticket
from tests.pos import Pos
from tests.returns import install_returns
from tests.tickets.observing import refused


@pytest.fixture
def returns(pos: Pos) -> Program:
    """The regulation of returns at work."""
    return install_returns(at=pos.now)


def opened(pos: Pos, returns: Program, **fields: Any) -> Ticket:
    number = open_ticket(returns, "goods", fields, by=pos.cast.chen_hn.actor, at=pos.now).number
    return pos.ticket(number)


def register(pos: Pos, number: str, **fields: Any) -> dict[str, Any]:
    perform(number, "register", fields, by=pos.cast.chen_hn.actor, at=pos.now)
    kept: dict[str, Any] = pos.ticket(number).fields
    return kept


@pytest.mark.parametrize(
    ("have", "hidden", "needed"),
    [
        ({}, {"amount", "grounds", "model"}, set()),
        ({"way": "refund"}, {"grounds", "model"}, {"amount"}),
        ({"way": "refund", "amount": "1000.01"}, {"model"}, {"amount"}),
        ({"way": "refund", "amount": "6000"}, {"model"}, {"amount", "grounds"}),
        ({"way": "exchange", "amount": "6000"}, {"amount", "grounds"}, set()),
    ],
)
def test_what_is_entered_shows_and_demands_fields_and_what_is_hidden_shows_nothing(
    pos: Pos, returns: Program, have: dict[str, str], hidden: set[str], needed: set[str]
) -> None:
    found = conditions_of(returns, returns.types["goods"].open_action, have)

    assert (set(found.hidden), set(found.needed)) == (hidden, needed)
    assert found.conditional == {"amount", "grounds", "model"}


def test_a_form_without_conditions_is_never_asked(pos: Pos) -> None:
    assert not conditions_of(pos.program, pos.program.types["question"].open_action, {}).conditional


@pytest.mark.parametrize("junk", ["6000", "much", "-1"])
def test_what_a_hidden_field_holds_is_ignored_right_or_wrong(pos: Pos, returns: Program, junk: str) -> None:
    ticket = opened(pos, returns, problem="坏了", way="exchange", amount=junk, grounds="无", model="AB123")

    assert ticket.fields == {"problem": "坏了", "way": "exchange", "model": "AB123"}


def test_a_field_that_becomes_hidden_loses_its_value_and_the_timeline_keeps_what_it_was(pos: Pos, returns: Program) -> None:
    ticket = opened(pos, returns, way="refund", amount="6000", grounds="整机退款")

    assert register(pos, ticket.number, way="exchange") == {"way": "exchange"}
    first, second = ticket.events.order_by("seq").filter(kind__in=["opened", "action"])
    assert (first.payload["amount"], first.payload["grounds"]) == ("6000.00", "整机退款")
    assert (second.payload["amount"], second.payload["grounds"]) == ("", "")


def test_a_shown_field_is_demanded_and_a_hidden_one_is_not(pos: Pos, returns: Program) -> None:
    number = opened(pos, returns, problem="坏了").number

    with refused(InvalidInput, field="amount", clause="一"):
        register(pos, number, way="refund")
    with refused(InvalidInput, field="grounds"):
        register(pos, number, way="refund", amount="5000.01")
    with refused(InvalidInput, field="way"):
        register(pos, number)
    with refused(InvalidInput, field="model"):
        register(pos, number, way="exchange", model="1")
    assert register(pos, number, way="exchange")["way"] == "exchange"  # though `needs` names the amount
