"""Order review and channel conflicts over REST: the clause that refuses is named, and what is done is what the pages would do."""

from __future__ import annotations

import pytest
from django.utils import timezone

from tests.cast import Person
from tests.regulation import Regulation, install
from tests.regulations import conflicts as conflict
from tests.regulations import orders as order
from tests.rest.client import Rest


def rest(law: Regulation, name: str, monkeypatch: pytest.MonkeyPatch) -> Rest:
    monkeypatch.setattr(timezone, "now", lambda: law.now)
    return Rest(Person(law.members[name], law.actor(name), ""))


@pytest.mark.req("REV-14")
def test_an_urgent_order_is_shipped_over_rest_after_its_request_was_granted(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    law = install("order-review", order.PEOPLE)
    law.at("2024-06-03 10:00")
    number = order.produced(law)
    ke, cai, zong = (rest(law, name, monkeypatch) for name in ("ke", "cai", "zong"))

    status, problem = ke.act(number, "ship", {"ship_on": "2024-06-09"})
    assert (status, problem["code"], "5.4" in problem["clause"]) == (409, "not-allowed-now", True)
    assert ke.act(number, "request_shipping", {"ship_on": "2024-06-09"})[0] == 200
    request = str(law.events(number, "request_shipping")[0].payload["opened"])
    assert cai.act(request, "approve", order.YES)[1]["state"] == "requested"
    assert zong.act(request, "approve", order.YES)[1]["state"] == "granted"

    assert ke.act(number, "ship")[1]["state"] == "shipped"


@pytest.mark.req("CHC-05")
def test_another_penalty_than_the_approved_one_is_refused_over_rest_in_the_words_of_the_regulation(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    law = install("channel-conflict", conflict.PEOPLE, conflict.UNITS)
    law.at("2024-11-08 10:00")
    number = conflict.until(law, "aggregate")
    cai = rest(law, "cai", monkeypatch)

    status, problem = cai.act(number, "execute", {**conflict.EXECUTION, "executed_amount": "1"})

    assert (status, problem["detail"]) == (422, "处罚须按审批意见执行，金额与批准的处罚金额不一致。")
    assert [error["field"] for error in problem["errors"]] == ["executed_amount"]
    assert cai.act(number, "execute", conflict.EXECUTION)[1]["state"] == "executed"
