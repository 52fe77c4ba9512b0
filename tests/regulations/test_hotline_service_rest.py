"""The service hotline and first-question responsibility over REST: refusals name field and clause, and do what the pages do."""

from __future__ import annotations

import pytest
from django.utils import timezone

from tests.cast import Person
from tests.regulation import Regulation, install
from tests.regulations import first_question as first
from tests.regulations import hotline_service as hotline
from tests.rest.client import Rest


def rest(law: Regulation, name: str, monkeypatch: pytest.MonkeyPatch) -> Rest:
    monkeypatch.setattr(timezone, "now", lambda: law.now)
    return Rest(Person(law.members[name], law.actor(name), ""))


@pytest.mark.req("HOT-18", "HOT-19")
def test_a_fault_is_refused_and_dispatched_again_over_rest(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    law = install("hotline-service", hotline.PEOPLE, hotline.UNITS)
    lin, dong, hu = (rest(law, name, monkeypatch) for name in ("lin", "dong", "hu"))
    status, opened = lin.open("fault", hotline.FAULT)
    assert (status, opened["state"]) == (201, "undispatched")
    number = opened["number"]
    assert lin.act(number, "dispatch", hotline.to(law, "EAST"))[1]["state"] == "dispatched"

    status, problem = dong.act(number, "refuse")
    assert (status, [error["field"] for error in problem["errors"]], "三.5" in problem["clause"]) == (422, ["reason"], True)
    assert dong.act(number, "refuse", {"reason": "属西工区"})[1]["state"] == "refused"

    assert lin.act(number, "dispatch", {"technician": law.members["hu"].pk})[1]["state"] == "dispatched"
    assert hu.act(number, "sign")[1]["state"] == "signed"


@pytest.mark.req("FQR-01", "FQR-04")
def test_an_opinion_needs_its_follow_up_over_rest_and_the_first_taker_stays(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    law = install(first.BOOK, first.PEOPLE, first.UNITS)
    number = first.circulating(law)
    zhi, ma = rest(law, "zhi", monkeypatch), rest(law, "ma", monkeypatch)

    status, problem = zhi.act(number, "opine", {"note": "联系厂家"})
    assert (status, [error["field"] for error in problem["errors"]], "二.3" in problem["clause"]) == (422, ["follow_up"], True)
    assert zhi.act(number, "opine", first.OPINION)[0] == 200

    assert ma.get(f"tickets/{number}")[1]["responsible"] == "马首问"
