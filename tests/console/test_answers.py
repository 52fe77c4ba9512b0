"""Yes or no, said or left open; detail rows by their numbers."""

from __future__ import annotations

import re

import pytest
from django.utils.translation import override

from banjie.console.queries.papers import paper_of
from banjie.console.queries.sheet import sheet
from tests.console.desk import text_of
from tests.console.forms import HTMX, at_work, client
from tests.regulation import Regulation

OFFERS = {"offers": [{"plan": "原价退款", "cost": "100"}, {"plan": "补发", "cost": "50"}]}


@pytest.fixture
def law(db: None) -> Regulation:
    return at_work()


def form(law: Regulation, number: str, action: str, *, by: str = "an") -> str:
    return text_of(client(law, by).get(f"/tickets/{number}/actions/{action}", headers=HTMX))


def send(law: Regulation, number: str, action: str, values: dict[str, str], *, by: str = "an") -> str:
    """Send a form as a browser does: with what it holds unseen."""
    hidden = dict(re.findall(r'<input type="hidden"[^>]*name="([\w.]+)" value="([^"]*)"', form(law, number, action, by=by)))
    return text_of(client(law, by).post(f"/tickets/{number}/actions/{action}", {**hidden, **values}, headers=HTMX))


def answers(html: str, name: str) -> list[tuple[str, str, bool]]:
    """Return the inputs of a field: type, value, and whether each is chosen."""
    found = re.findall(rf'<input class="form-check-input" type="(\w+)" name="{name}" value="(\w*)"( checked)?', html)
    return [(kind, value, bool(chosen)) for kind, value, chosen in found]


def test_no_is_an_answer_where_one_must_be_given(law: Regulation) -> None:
    number = law.open("job", {"what": "投诉"}, by="an")

    html = form(law, number, "judge")
    unanswered = send(law, number, "judge", {})
    send(law, number, "judge", {"ours": "no"})

    assert answers(html, "ours") == [("radio", "yes", False), ("radio", "no", False)]
    assert "我方原因" in unanswered
    assert law.ticket(number).fields["ours"] is False
    assert answers(form(law, number, "judge"), "ours") == [("radio", "yes", False), ("radio", "no", True)]


def test_an_answer_that_nobody_needs_may_be_left_open_and_taken_back(law: Regulation) -> None:
    number = law.open("job", {"what": "投诉"}, by="an")
    law.do(number, "judge", {"ours": True, "urgent": True, "why": "急用"}, by="an")

    drawn = answers(form(law, number, "judge"), "urgent")
    send(law, number, "judge", {"ours": "yes", "urgent": ""})

    assert drawn == [("radio", "yes", True), ("radio", "no", False), ("radio", "", False)]
    assert "urgent" not in law.ticket(number).fields
    assert "why" not in law.ticket(number).fields


def test_an_answer_that_stands_is_not_touched_by_who_does_not_change_it(law: Regulation) -> None:
    number = law.open("job", {"what": "投诉"}, by="an")
    law.do(number, "judge", {"ours": False}, by="an")

    send(law, number, "judge", {"ours": "no", "urgent": "no"})

    assert law.events(number, "judge")[1].payload == {"urgent": False, "before": {"urgent": None}}


@pytest.mark.parametrize(("action", "name"), [("check", "checked"), ("finish", "fully_solved")])
def test_what_can_only_be_confirmed_is_a_box_to_tick(law: Regulation, action: str, name: str) -> None:
    number = law.open("job", {"what": "投诉"}, by="an")
    if action == "finish":
        law.do(number, "offer", OFFERS, by="an")
        law.do(number, "choose", {"decision": "approved", "chosen": "2", "instruction": "速办"}, by="shen")

    html = form(law, number, action)

    assert re.search(rf'type="checkbox"[^>]*name="{name}"', html)
    assert answers(html, name) == []


@pytest.mark.req("CMP-07")
def test_the_leader_chooses_one_of_the_numbered_proposals_and_it_is_marked_everywhere(law: Regulation) -> None:
    number = law.open("job", {"what": "投诉"}, by="an")
    law.do(number, "offer", OFFERS, by="an")

    before = text_of(client(law, "shen").get(f"/tickets/{number}/"))
    asked = form(law, number, "choose", by="shen")
    send(law, number, "choose", {"decision": "approved", "chosen": "2", "instruction": "速办"}, by="shen")
    after = text_of(client(law, "an").get(f"/tickets/{number}/"))
    with override("zh-hans"):
        paper = paper_of(sheet(law.actor("an"), number, "zh-hans", law.now), "choose", "")

    assert re.findall(r'<th scope="row" class="nowrap">(\d)</th>', before) == ["1", "2"]
    assert re.findall(r'name="chosen" value="(\d)"[^>]*><span class="form-check-label">([^<]*)<', asked) == [
        ("1", "1 · 原价退款，100.00"),
        ("2", "2 · 补发，50.00"),
    ]
    assert law.ticket(number).fields["chosen"] == "2"
    assert re.findall(r'<tr class="row-chosen"><th scope="row" class="nowrap">(\d) ', after) == ["2"]
    assert "已选定" in after
    assert [row[0] for row in paper.tables[0].rows] == ["1", "2（选定）"]


def test_rows_are_numbered_where_they_are_entered(law: Regulation) -> None:
    number = law.open("job", {"what": "投诉"}, by="an")

    html = form(law, number, "offer")

    assert '<th scope="col">序号</th>' in html
    assert re.findall(r'<td class="soft">(\d)</td>', html) == ["1", "2", "3"]
