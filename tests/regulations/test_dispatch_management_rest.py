"""A dispatch over REST, from the customer's request to its final confirmation."""

from __future__ import annotations

import pytest

from tests.regulations.dispatch_management import CALL, DATA, DONE, NEEDED, at_work
from tests.rest.client import clients, said


@pytest.mark.req("DSP-01", "DSP-03", "DSP-06", "DSP-09", "DSP-11")
def test_a_dispatch_lives_its_whole_life_over_rest(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    law = at_work()
    ke, pai, wei = clients(law, monkeypatch, "ke", "pai", "wei")
    number = ke.open("request", CALL)[1]["number"]
    to_wei = {**DATA, "assignee_person": law.members["wei"].pk}
    status, problem = pai.act(number, "dispatch_repair", to_wei)
    assert (status, problem["code"], "二.2" in problem["clause"]) == (409, "not-allowed-now", True)
    assert ke.act(number, "judge", NEEDED)[1] == {"number": number, "version": 2, "state": "to_dispatch", "outcome": "needed"}
    status, problem = pai.act(number, "dispatch_repair", {**to_wei, "assignee_person": law.members["an"].pk})
    assert (status, problem["code"], [error["field"] for error in problem["errors"]]) == (422, "not-eligible", ["assignee_person"])

    assert wei.get(f"tickets/{number}")[0] == 404
    assert pai.act(number, "dispatch_repair", to_wei)[1]["state"] == "dispatched"
    shown = wei.get(f"tickets/{number}")[1]
    assert {name: shown["fields"][name] for name in ("work_content", "work_requirement")} == {
        name: DATA[name] for name in ("work_content", "work_requirement")
    }
    assert {one["name"] for one in shown["clocks"] if one["state"] == "running"} == {"viewed", "replied", "finished"}

    assert wei.act(number, "view")[1]["state"] == "viewed"
    status, problem = wei.act(number, "acknowledge")
    assert (status, [error["field"] for error in problem["errors"]], "二.5" in problem["clause"]) == (422, ["reply"], True)
    assert wei.act(number, "acknowledge", {"reply": "清楚"})[1]["state"] == "acknowledged"
    assert wei.act(number, "plan", {"planned_finish": "2024-06-03T17:00:00+08:00"})[1]["state"] == "planned"
    planned = next(one for one in pai.get(f"tickets/{number}")[1]["clocks"] if one["name"] == "as_planned")
    assert (planned["state"], planned["due_at"][:16]) == ("running", "2024-06-03T09:00")
    assert [wei.act(number, *step)[1]["state"] for step in (("start",), ("complete", DONE))] == ["working", "completed"]
    assert wei.act(number, "confirm", {"finding": "passed"})[0] == 403
    assert pai.act(number, "confirm", {"finding": "passed"})[1]["state"] == "confirmed"

    shown = pai.get(f"tickets/{number}")[1]
    assert (shown["open"], shown["clocks"]) == (False, [])
    assert said(pai, number) == ["receive", "judge", "dispatch_repair", "view", "acknowledge", "plan", "start", "complete", "confirm"]
    assert pai.get(f"tickets/{number}/signatures")[1] == {"signoffs": [], "signatures": []}
