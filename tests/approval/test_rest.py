"""Sign-offs and deputies over REST."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from banjie.people.models import Delegation
from tests.approval.pages import apply
from tests.cast import Person
from tests.regulation import Regulation
from tests.rest.client import Rest

YES = {"decision": "approved"}


def rest(law: Regulation, name: str, scope: str = "write") -> Rest:
    return Rest(Person(law.members[name], law.actor(name), ""), scope)


def test_what_waits_is_read_signed_and_gone(today: Regulation) -> None:
    number = apply(today)
    du = rest(today, "du")

    status, before = du.get("approvals")
    signed, _done = du.act(number, "sign", YES)
    _status, after = du.get("approvals")

    assert (status, signed, after) == (200, 200, {"approvals": [], "next": ""})
    (row,) = before["approvals"]
    assert (row["number"], row["type"], row["step"], row["applicant"], row["missing"]) == (number, "采购申请", "部门负责人", "陈员工", 1)
    assert (row["behalf"], row["handed_by"]) == ("", "")


def test_the_list_goes_on_by_its_cursor_and_refuses_another(today: Regulation) -> None:
    numbers = [apply(today) for _n in range(3)]
    du = rest(today, "du", "read")

    first = du.get("approvals", limit=2)[1]
    second = du.get("approvals", limit=2, cursor=first["next"])[1]
    status, problem = du.get("approvals", cursor="x")

    assert [row["number"] for page in (first, second) for row in page["approvals"]] == numbers
    assert (second["next"], status, problem["errors"][0]["field"]) == ("", 422, "cursor")


def test_the_signatures_of_a_ticket_tell_steps_who_signed_and_who_is_asked(today: Regulation) -> None:
    number = apply(today)
    rest(today, "du").act(number, "sign", {**YES, "reason": "同意购买"})

    status, found = rest(today, "chen", "read").get(f"tickets/{number}/signatures")
    assert status == 200
    ((signoff,), (signature,)) = found["signoffs"], found["signatures"]

    assert [step["state"] for step in signoff["steps"]] == ["done", "now"]
    assert [mark["name"] for mark in signoff["steps"][0]["signed"]] == ["杜负责"]
    assert [(one["name"], one["role"]) for one in signoff["steps"][1]["asked"]] == [
        ("范财务", "财务"), ("费财务", "财务"), ("雷法务", "法务"),
    ]  # fmt: skip
    assert (signature["by"], signature["decision"], signature["opinion"]) == ("杜负责", "approved", "同意购买")
    assert signoff["mine"] is False
    assert rest(today, "lei").get(f"tickets/{number}/signatures")[1]["signoffs"][0]["mine"] is True


def test_a_round_that_ended_is_kept_and_asks_nobody(today: Regulation) -> None:
    number = apply(today)
    rest(today, "du").act(number, "sign", {"decision": "returned", "reason": "缺报价"})

    found = rest(today, "chen").get(f"tickets/{number}/signatures")[1]

    assert found["signoffs"] == []
    assert [(one["decision"], one["decision_title"]) for one in found["signatures"]] == [("returned", "退回")]


@pytest.mark.req("PLT-09")
def test_the_signatures_of_a_hidden_ticket_are_not_there(today: Regulation) -> None:
    number = apply(today)
    today.dismiss("zhou", "staff")

    assert rest(today, "zhou").get(f"tickets/{number}/signatures")[0] == 404


def test_a_deputy_is_named_read_from_both_sides_and_ended(today: Regulation) -> None:
    du, zhou = rest(today, "du"), rest(today, "zhou")
    until = (today.now + timedelta(days=2)).isoformat()

    status, made = du.post("delegations", {"deputy": "zhou", "until": until, "reason": "休假"})

    (one,) = made["deputies"]
    assert (status, one["deputy"], one["deputy_username"], one["reason"], one["is_now"]) == (201, "周员工", "zhou", "休假", True)
    assert zhou.get("delegations")[1] == {"deputies": [], "deputy_for": [one]}
    assert zhou.delete(f"delegations/{one['id']}")[0] == 404
    assert du.delete(f"delegations/{one['id']}") == (200, {"deputies": [], "deputy_for": []})
    assert du.delete(f"delegations/{one['id']}")[0] == 422


@pytest.mark.parametrize(
    ("changed", "status", "code", "field"),
    [
        ({"deputy": "nobody"}, 422, "invalid-input", "deputy"),
        ({"deputy": "du"}, 422, "invalid-input", "deputy"),
        ({"until": "2020-01-01T00:00:00Z"}, 422, "invalid-input", "until"),
        ({"until": "2030-01-01"}, 422, "invalid-input", "body.payload.until"),
        ({"until": "2199-01-01T00:00:00Z"}, 422, "invalid-input", "until"),
        ({"member": "chen"}, 422, "invalid-input", "member"),
        ({"deputy": "ma"}, 409, "ring-of-deputies", "deputy"),
    ],
)
def test_what_is_wrong_with_a_delegation_is_named_by_its_field(
    today: Regulation, changed: dict[str, Any], status: int, code: str, field: str
) -> None:
    until = (today.now + timedelta(days=2)).isoformat()
    rest(today, "ma").post("delegations", {"deputy": "du", "until": until})

    answered, problem = rest(today, "du").post("delegations", {"deputy": "zhou", "until": until, **changed})

    assert (answered, problem["code"], [error["field"] for error in problem["errors"]]) == (status, code, [field])
    assert Delegation.objects.count() == 1


def test_who_manages_members_names_a_deputy_for_one_of_them(today: Regulation) -> None:
    today.appoint("ma", "admin")
    until = (today.now + timedelta(days=2)).isoformat()

    status, made = rest(today, "ma").post("delegations", {"member": "du", "deputy": "zhou", "until": until})

    assert (status, made["deputies"][0]["member_username"]) == (201, "du")
    assert rest(today, "ma").delete(f"delegations/{made['deputies'][0]['id']}")[0] == 200


@pytest.mark.req("PLT-09")
def test_a_token_that_reads_names_and_ends_no_deputy(today: Regulation) -> None:
    until = (today.now + timedelta(days=2)).isoformat()
    made = rest(today, "du").post("delegations", {"deputy": "zhou", "until": until})[1]["deputies"][0]
    reader = rest(today, "du", "read")

    assert reader.post("delegations", {"deputy": "mo", "until": until})[0] == 403
    assert reader.delete(f"delegations/{made['id']}")[0] == 403
    assert reader.get("delegations")[1]["deputies"] == [made]


def test_the_ticket_itself_is_told_as_before(today: Regulation) -> None:
    number = apply(today)

    found = rest(today, "du").get(f"tickets/{number}")[1]

    assert "signoffs" not in found
    assert "sign" in [action["name"] for action in found["actions"]]
