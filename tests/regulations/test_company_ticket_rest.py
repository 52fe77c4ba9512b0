"""A company ticket over REST, from its application to the archive."""

from __future__ import annotations

import pytest

from tests.regulations.company_ticket import FIRST, REPORT, TECHNICAL, at_work
from tests.rest.client import clients, said


@pytest.mark.req("COM-06", "COM-07", "COM-11", "COM-14", "COM-15")
def test_a_company_ticket_lives_its_whole_life_over_rest(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    law = at_work()
    chen, sun, tao, qin, yu = clients(law, monkeypatch, "chen", "sun", "tao", "qin", "yu")
    form = {one["name"] for kind in chen.get("types")[1] if kind["type"] == "technical" for one in kind["form"]}
    assert form == set(TECHNICAL)
    status, problem = chen.open("technical", {**TECHNICAL, "expected_result": ""})
    assert (status, [error["field"] for error in problem["errors"]], "四.1" in problem["clause"]) == (422, ["expected_result"], True)
    number = chen.open("technical", TECHNICAL)[1]["number"]

    asked = sun.get(f"tickets/{number}/signatures")[1]["signoffs"][0]
    assert (asked["clause"], asked["mine"], [one["name"] for one in asked["steps"][0]["asked"]]) == ("四.3", True, ["孙负责"])
    assert [one["number"] for one in sun.get("approvals")[1]["approvals"]] == [number]
    assert tao.act(number, "review", {"decision": "approved"})[0] == 403
    assert yu.get(f"tickets/{number}")[0] == yu.act(number, "review", {"decision": "approved"})[0] == 404
    assert sun.act(number, "review", {"decision": "approved"})[1]["state"] == "submitted"
    assert chen.get(f"tickets/{number}/signatures")[1]["signatures"][0]["by"] == "孙负责"

    seen = tao.get(f"tickets/{number}")[1]["version"]
    assert tao.act(number, "classify_technical", FIRST, version=seen)[1]["state"] == "classified"
    status, problem = tao.act(number, "assign", {"handler_person": law.members["qin"].pk}, version=seen)
    assert (status, problem["code"], "陶专员" in problem["detail"]) == (409, "stale-version", True)
    assert tao.act(number, "assign", {"handler_person": law.members["qin"].pk})[1]["state"] == "assigned"

    clocks = {one["name"]: one for one in qin.get(f"tickets/{number}")[1]["clocks"]}
    assert {name: (one["state"], one["clause"]) for name, one in clocks.items()} == {
        "response": ("running", "六.1"),
        "beginning": ("running", "六.1"),
    }
    status, problem = qin.act(number, "start")
    assert (status, problem["status"], problem["code"], "六.1" in problem["clause"]) == (409, 409, "not-allowed-now", True)
    assert [qin.act(number, action)[1]["state"] for action in ("respond", "start")] == ["responded", "in_hand"]
    assert qin.act(number, "report", REPORT)[1]["state"] == "reported"
    assert {one["name"] for one in chen.get(f"tickets/{number}")[1]["actions"]} == {"confirm", "remark"}
    assert chen.act(number, "confirm", {"reached": "satisfied", "rating": 5})[1]["state"] == "confirmed"
    assert tao.act(number, "archive")[1]["state"] == "archived"

    shown = chen.get(f"tickets/{number}")[1]
    assert (shown["open"], shown["stage"], shown["state_title"], shown["clocks"]) == (False, "archive", "已归档", [])
    assert said(chen, number) == ["apply", "review", "classify_technical", "assign", "respond", "start", "report", "confirm", "archive"]
