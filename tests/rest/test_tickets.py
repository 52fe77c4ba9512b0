"""The REST door of tickets: what it returns, and what it refuses with which problem."""

from __future__ import annotations

import pytest
from django.test import Client

from banjie.tickets.models import Event, Ticket
from tests.pos import DETAILS, GUIDED, Pos
from tests.rest.client import Rest


def test_a_ticket_lives_from_the_call_to_its_dispatch_over_rest(pos: Pos) -> None:
    li = Rest(pos.cast.li)

    status, opened = li.open("device_fault", {**DETAILS, "terminal_no": "t-88001"})
    assert (status, opened["state"], opened["version"]) == (201, "accepted", 1)
    number = opened["number"]
    assert li.act(number, "guide", GUIDED)[0] == 200
    assert li.act(number, "dispatch")[1]["state"] == "unprocessed"

    status, ticket = li.get(f"tickets/{number}")
    assert status == 200
    assert (ticket["assignee"], ticket["customer"], ticket["unit"]) == ("赵强", "老王火锅", "长沙片区")
    assert ticket["fields"]["phone"] == "13800000001"
    assert [e["action"] for e in ticket["history"] if e["action"]] == ["dispatch", "guide", "accept"]
    assert {c["name"] for c in ticket["clocks"]} == {"handled"}
    assert "urge" in {a["name"] for a in ticket["actions"]}


def test_a_retry_with_the_same_key_returns_the_same_ticket(pos: Pos) -> None:
    li = Rest(pos.cast.li)

    first = li.open("consumables", DETAILS, key="call-1")
    again = li.open("consumables", DETAILS, key="call-1")
    other = li.open("consumables", {**DETAILS, "contact": "另一人"}, key="call-1")

    assert (first[0], first[1]["number"]) == (201, again[1]["number"])
    assert (other[0], other[1]["code"]) == (422, "idempotency-key-reused")
    assert Ticket.objects.count() == 1


def test_a_stale_version_tells_what_changed_and_by_whom_and_changes_nothing(pos: Pos) -> None:
    number = Rest(pos.cast.zhang).open("device_fault", DETAILS)[1]["number"]
    Rest(pos.cast.zhang).act(number, "guide", GUIDED, version=1)
    events = Event.objects.count()

    status, problem = Rest(pos.cast.li).act(number, "guide", GUIDED, version=1)

    assert (status, problem["code"]) == (409, "stale-version")
    assert "张敏" in problem["detail"]
    assert "电话指导" in problem["detail"]
    assert Event.objects.count() == events


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"type": "no_such_type"}, 422, "type"),
        ({"type": "device_fault", "fields": {"phone": "12"}}, 422, "phone"),
        ({"type": "device_fault", "fields": {"nonsense": "x"}}, 422, "nonsense"),
        ({"type": "device_fault", "fields": {"problem": "x" * 2001}}, 422, "problem"),
        ({"type": "device_fault", "fields": {"terminal_no": "%%%%%%%%"}}, 422, "terminal_no"),
        ({"type": "device_fault", "fields": []}, 422, "body.payload.fields"),
    ],
)
def test_bad_input_is_named_by_its_field_and_opens_nothing(pos: Pos, body: dict[str, object], status: int, field: str) -> None:
    answered, problem = Rest(pos.cast.li).post("tickets", body)

    assert answered == status
    assert field in [e["field"] for e in problem["errors"]]
    assert not Ticket.objects.exists()


def test_ten_megabytes_of_text_are_refused(pos: Pos) -> None:
    status, problem = Rest(pos.cast.li).open("device_fault", {"problem": "坏" * 3_500_000})

    assert (status, problem["code"]) == (413, "too-large")
    assert not Ticket.objects.exists()


@pytest.mark.req("POS-03", "PLT-09")
def test_guizhou_neither_lists_finds_reads_nor_touches_a_ticket_of_hunan(pos: Pos) -> None:
    number = pos.dispatched()
    gu = Rest(pos.cast.gu_gz)

    assert gu.get("tickets")[1]["tickets"] == []
    for text in (number, "13800000001", "打印机", "T-88001", number[-5:]):
        assert gu.get("search", q=text)[1]["tickets"] == []
        assert [t["number"] for t in Rest(pos.cast.chen_hn).get("search", q=text)[1]["tickets"]] == [number]
    assert gu.get(f"tickets/{number}") == gu.get("tickets/GZ-240101-99999")
    assert gu.get(f"tickets/{number}/timeline")[0] == 404
    assert gu.act(number, "urge")[0] == 404


def test_a_token_that_may_only_read_cannot_act(pos: Pos) -> None:
    number = pos.dispatched()
    reader = Rest(pos.cast.li, scope="read")

    assert reader.get(f"tickets/{number}")[1]["actions"] == []
    assert reader.act(number, "urge")[0] == 403
    assert reader.open("device_fault", DETAILS)[0] == 403


def test_an_auditor_sees_every_ticket_and_may_do_nothing_with_it(pos: Pos) -> None:
    number = pos.dispatched()
    auditor = Rest(pos.cast.auditor)

    assert auditor.get(f"tickets/{number}")[1]["actions"] == []
    assert auditor.act(number, "urge")[0] == 403


@pytest.mark.parametrize("header", ["", "Bearer x", "Bearer " + "y" * 5000, "Basic abc"])
def test_without_a_valid_token_nothing_is_told(pos: Pos, header: str) -> None:
    response = Client(headers={"Authorization": header} if header else {}).get("/api/v1/tickets")

    assert response.status_code == 401
    assert response["Content-Type"] == "application/problem+json"
