"""Whoever opens a ticket sees his natural next step: the page's one primary button."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from banjie.tickets.possible import possible_actions
from banjie.tickets.snapshot import load
from tests.cast import Person
from tests.console.desk import HTMX, Desk
from tests.pos import GUIDED


def accepted(desk: Desk) -> str:
    return desk.open()


def registered(desk: Desk) -> str:
    number = desk.open()
    desk.pos.do(number, "guide", GUIDED)
    return number


def at_second_level(desk: Desk) -> str:
    number = desk.dispatched()
    desk.pos.do(number, "send_back", {"reason": "不在本区"}, by=desk.pos.cast.zhao.actor)
    return number


def dispatched(desk: Desk) -> str:
    return desk.dispatched()


def completed(desk: Desk) -> str:
    return desk.pos.completed()


def primary(html: str) -> list[str]:
    """Return the actions of the primary buttons in the main part of a page."""
    main = html.split('id="main"')[1].split("</main>", maxsplit=1)[0]
    return [(re.search(r'data-action="(\w+)"', tag) or [tag, tag])[1] for tag in re.findall(r"<(?:a|button)[^>]*btn-primary[^>]*>", main)]


def first_allowed(desk: Desk, person: Person, number: str) -> str:
    """Return the rulebook's first step for a person: of those it calls primary, else of all that undo nothing."""
    may = possible_actions(person.actor, desk.pos.program, load(number, lock=False), "zh-hans")
    return next((one.name for style in ("primary", "") for one in may if one.style == style), "")


@pytest.mark.parametrize(
    ("state", "who", "step"),
    [
        (accepted, "li", "guide"),
        (registered, "li", "dispatch"),
        (at_second_level, "chen_hn", "relay"),
        (dispatched, "zhao", "book"),
        (dispatched, "li", "urge"),
        (dispatched, "boss_hn", "transfer"),
        (completed, "li", "call_back"),
        (completed, "wang_sup", "urge"),
    ],
)
def test_the_one_primary_button_is_the_first_step_that_the_regulation_allows_this_person(
    desk: Desk, state: Callable[[Desk], str], who: str, step: str
) -> None:
    number, person = state(desk), getattr(desk.pos.cast, who)

    assert primary(desk.read(person, f"/tickets/{number}/")) == [step]
    assert first_allowed(desk, person, number) == step


def test_who_may_do_nothing_has_no_primary_button(desk: Desk) -> None:
    assert primary(desk.read(desk.pos.cast.auditor, f"/tickets/{desk.dispatched()}/")) == []


def test_a_form_has_one_primary_button_of_its_own(desk: Desk) -> None:
    form = desk.read(desk.pos.cast.zhao, f"/tickets/{desk.dispatched()}/actions/complete", **HTMX)

    assert len(re.findall("btn-primary", form)) == 1
