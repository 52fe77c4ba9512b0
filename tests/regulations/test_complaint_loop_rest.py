"""Complaints and service exceptions over REST: the same refusals, in the words of the regulations."""

from __future__ import annotations

import pytest
from django.utils import timezone

from tests.cast import Person
from tests.regulation import Regulation
from tests.regulations import complaint_loop as complaints
from tests.regulations import service_exception as exceptions
from tests.rest.client import Rest


def rest(law: Regulation, name: str, monkeypatch: pytest.MonkeyPatch) -> Rest:
    monkeypatch.setattr(timezone, "now", lambda: law.now)
    return Rest(Person(law.members[name], law.actor(name), ""))


@pytest.mark.req("CMP-06", "CMP-07", "CMP-09")
def test_a_complaint_goes_over_rest_from_its_solutions_to_its_file(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    law = complaints.at_work()
    number = complaints.until(law, "investigating")
    an, song, peng, lin = (rest(law, name, monkeypatch) for name in ("an", "song", "peng", "lin"))
    song.act(number, "investigate", complaints.LOSS)
    assert song.act(number, "propose", complaints.THREE)[0] == 200
    assert peng.act(number, "submit")[1]["state"] == "choosing"

    status, problem = lin.act(number, "choose", complaints.YES)
    assert (status, "流程.3" in problem["clause"]) == (422, True)
    assert an.act(number, "file")[0] == 409
    assert lin.act(number, "choose", complaints.SECOND)[1]["state"] == "executing"
    assert song.act(number, "execute", complaints.DONE)[1]["state"] == "executed"
    assert an.act(number, "call_back", {"reached": "satisfied"})[1]["state"] == "satisfied"

    assert an.act(number, "file")[1]["state"] == "filed"


@pytest.mark.req("EXC-17", "EXC-19", "EXC-21")
def test_an_exception_of_level_one_is_planned_and_approved_over_rest_by_two_managers(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    law = exceptions.at_work()
    cang, ke, guan, gao = (rest(law, name, monkeypatch) for name in ("cang", "ke", "guan", "gao"))
    number = cang.open("exception", exceptions.FOUND)[1]["number"]
    assert ke.act(number, "assess", exceptions.ONE)[1]["state"] == "reported_up"
    analysis = {"class": "quality", "level": "one", **exceptions.EFFECT}
    assert ke.act(number, "analyse", analysis)[1]["state"] == "planning_by_management"
    assert ke.act(number, "plan_one", exceptions.PLAN)[0] == 403
    assert guan.act(number, "plan_one", exceptions.PLAN)[1]["state"] == "awaiting_approval"
    status, problem = guan.act(number, "approve", exceptions.YES)
    assert (status, problem["code"]) == (403, "own-application")

    assert gao.act(number, "approve", exceptions.YES)[1]["state"] == "executing"
