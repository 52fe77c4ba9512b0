"""The navigation: each page is marked at one place."""

from __future__ import annotations

import re

import pytest

from banjie.deadlines.models import Finding
from tests.cast import Person
from tests.console.desk import Desk


def marked(desk: Desk, person: Person, address: str) -> list[str]:
    """Return the titles of the places that are marked as current on a page."""
    sidebar = desk.read(person, address).split('id="sidebar"')[1].split("</aside>")[0]
    return re.findall(r'aria-current="page".*?<span>([^<]+)</span>', sidebar, re.DOTALL)


@pytest.mark.parametrize(
    ("address", "titles"),
    [
        ("/tickets/", ["工单"]),
        ("/tickets/?view=overdue", ["工单"]),
        ("/tickets/new/", ["受理新工单"]),
        ("/duties/", ["回访与核实"]),
        ("/insight/", ["统计"]),
        ("/insight/clauses", ["条款"]),
        ("/insight/breaches", ["条款"]),
        ("/rulebooks/", ["规则书"]),
        ("/inbox/", []),
        ("/people/profile", []),
    ],
)
def test_a_page_is_marked_at_one_place(desk: Desk, address: str, titles: list[str]) -> None:
    assert marked(desk, desk.pos.cast.li, address) == titles


def test_what_belongs_to_a_place_is_marked_there(desk: Desk) -> None:
    li, number = desk.pos.cast.li, desk.dispatched()
    finding = Finding.objects.filter(ticket__number=number)[0].pk

    assert marked(desk, li, f"/tickets/{number}/") == ["工单"]
    assert marked(desk, li, f"/insight/findings/{finding}") == ["条款"]


@pytest.mark.parametrize("address", ["/people/units", "/people/members", "/people/roles", "/people/log", "/people/tokens", "/calendars/"])
def test_administration_is_marked_once_too(desk: Desk, address: str) -> None:
    assert len(marked(desk, desk.pos.cast.admin, address)) == 1
