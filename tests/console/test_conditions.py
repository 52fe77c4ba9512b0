"""Forms that change while they are filled: what the server draws again, and what it leaves alone."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from banjie.tickets.models import Ticket
from tests.console.desk import HTMX, Desk, text_of
from tests.returns import SLUG, install_returns

TYPE = {"type": f"{SLUG}:goods"}
HIDDEN = {"state.amount": "hidden", "state.grounds": "hidden", "state.model": "hidden"}


@pytest.fixture
def counter(desk: Desk) -> Desk:
    """A desk at which returns are taken too, by chen."""
    install_returns(at=desk.pos.now - timedelta(days=1))
    return desk


def asked(counter: Desk, sent: dict[str, str]) -> dict[str, str]:
    """Return the places that are drawn again: name and markup."""
    response = counter.browser(counter.pos.cast.chen_hn).post("/tickets/new/conditions", {**TYPE, **sent}, headers=HTMX)
    assert response.status_code == 200
    places = text_of(response).split('<div id="cell-')[1:] or text_of(response).split(' id="cell-')[1:]
    return {place.split('"')[0]: place for place in places}


def test_a_form_with_conditions_asks_while_it_is_filled_and_others_never_do(counter: Desk) -> None:
    chen = counter.pos.cast.chen_hn

    returns = counter.read(chen, f"/tickets/new/?type={TYPE['type']}")
    fault = counter.read(chen, "/tickets/new/?type=pos-terminal-service:device_fault")

    assert 'data-conditions hx-post="/tickets/new/conditions"' in returns
    assert re.findall(r'name="state\.(\w+)" value="(\w+)"', returns) == [("amount", "hidden"), ("grounds", "hidden"), ("model", "hidden")]
    assert 'name="amount"' not in returns
    assert "data-conditions" not in fault


def test_only_what_changes_is_drawn_again(counter: Desk) -> None:
    refund = asked(counter, {**HIDDEN, "way": "refund"})
    same = asked(counter, {**HIDDEN, "way": "refund", "state.amount": "needed"})
    large = asked(counter, {**HIDDEN, "way": "refund", "amount": "6000", "state.amount": "needed"})
    exchange = asked(
        counter, {**HIDDEN, "way": "exchange", "amount": "6000", "grounds": "x", "state.amount": "needed", "state.grounds": "needed"}
    )

    assert list(refund) == ["amount"]
    assert 'name="amount"' in refund["amount"]
    assert "aria-required" in refund["amount"]
    assert same == {}
    assert list(large) == ["grounds"]
    assert list(exchange) == ["amount", "grounds", "model"]
    assert "<input" not in exchange["amount"].split('value="hidden">')[1].split("</div>")[0]
    assert all("autofocus" not in place for place in {**refund, **large, **exchange}.values())


def test_half_typed_entries_are_no_error(counter: Desk) -> None:
    assert list(asked(counter, {**HIDDEN, "way": "refund", "amount": "6.0.0", "state.amount": "needed"})) == []
    assert list(asked(counter, {**HIDDEN, "way": "nonsense"})) == []


def test_another_type_keeps_even_what_is_not_right_yet(counter: Desk) -> None:
    response = counter.browser(counter.pos.cast.chen_hn).post(
        "/tickets/new/fields", {**TYPE, "problem": "坏了", "way": "exchange", "model": "half"}, headers=HTMX
    )

    html = text_of(response)
    assert 'value="坏了"' in html
    assert 'value="half"' in html


def test_the_form_of_an_action_follows_what_the_ticket_holds_and_what_is_typed(counter: Desk) -> None:
    chen = counter.pos.cast.chen_hn
    counter.browser(chen).post("/tickets/new/", {**TYPE, "problem": "坏了", "way": "refund", "amount": "20", "token": "t"}, headers=HTMX)
    number = Ticket.objects.get(type="goods").number

    form = counter.read(chen, f"/tickets/{number}/actions/register", **HTMX)
    states = dict(re.findall(r'name="state\.(\w+)" value="(\w+)"', form))
    sent = {f"state.{name}": state for name, state in states.items()} | {"was.way": "refund", "way": "exchange", "amount": "20.00"}
    response = counter.browser(chen).post(f"/tickets/{number}/actions/register/fields", sent, headers=HTMX)

    assert states == {"amount": "needed", "grounds": "hidden", "model": "hidden"}
    assert re.findall(r'name="state\.(\w+)" value="(\w+)"', text_of(response)) == [("amount", "hidden"), ("model", "shown")]


def test_a_form_whose_time_has_passed_says_so_while_it_is_filled(counter: Desk) -> None:
    number = counter.dispatched()

    response = counter.browser(counter.pos.cast.li).post(f"/tickets/{number}/actions/dispatch/fields", {}, headers=HTMX)

    assert (response.status_code, response["X-Fragment"]) == (409, "refusal")
