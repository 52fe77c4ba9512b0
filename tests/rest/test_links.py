"""Links over REST: made, read with the ticket, ended."""

from __future__ import annotations

import pytest

from tests.pos import Pos
from tests.rest.client import Rest


@pytest.mark.req("PLT-14")
def test_a_link_is_made_read_from_both_ends_and_ended(pos: Pos) -> None:
    one, two = pos.dispatched(), pos.dispatched()
    li = Rest(pos.cast.li)

    status, made = li.post(f"tickets/{one}/links", {"ticket": two, "relation": "parent"})

    assert status == 201
    (link,) = made["links"]
    assert (link["ticket"], link["relation"], link["title"], link["by"], link["open"]) == (two, "parent", "上级工单", "李娜", True)
    (back,) = li.get(f"tickets/{two}")[1]["links"]
    assert (back["id"], back["ticket"], back["relation"]) == (link["id"], one, "child")
    assert li.delete(f"tickets/{two}/links/{link['id']}?reason=%E8%AF%AF") == (200, {"links": []})
    assert li.get(f"tickets/{one}")[1]["links"] == []
    assert [entry["title"] for entry in li.get(f"tickets/{one}")[1]["history"]][:2] == ["解除关联", "关联工单"]


@pytest.mark.parametrize(
    ("other", "relation", "status", "code", "field"),
    [
        ("GZ-240603-99999", "related", 422, "invalid-input", "other"),
        ("itself", "related", 422, "invalid-input", "other"),
        ("linked", "related", 409, "linked-already", "other"),
        ("below", "parent", 409, "ring-of-parents", "other"),
        ("linked", "uncle", 422, "invalid-input", "body.payload.relation"),
    ],
)
def test_what_is_wrong_with_a_link_is_named_by_its_field(pos: Pos, other: str, relation: str, status: int, code: str, field: str) -> None:
    tickets = {"itself": pos.dispatched(), "linked": pos.dispatched(), "below": pos.dispatched()}
    li = Rest(pos.cast.li)
    li.post(f"tickets/{tickets['itself']}/links", {"ticket": tickets["linked"], "relation": "child"})
    li.post(f"tickets/{tickets['linked']}/links", {"ticket": tickets["below"], "relation": "child"})

    answered, problem = li.post(f"tickets/{tickets['itself']}/links", {"ticket": tickets.get(other, other), "relation": relation})

    assert (answered, problem["code"], [error["field"] for error in problem["errors"]]) == (status, code, [field])


@pytest.mark.req("PLT-09")
def test_a_token_that_reads_links_nothing(pos: Pos) -> None:
    one, two = pos.dispatched(), pos.dispatched()

    status, _problem = Rest(pos.cast.li, scope="read").post(f"tickets/{one}/links", {"ticket": two, "relation": "related"})

    assert status == 403
