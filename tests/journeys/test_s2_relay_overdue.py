"""S2 through the REST door: relayed to Guizhou, dispatched three minutes late, uncompleted, verified daily, called back."""

from __future__ import annotations

from typing import Any

import pytest

from banjie.deadlines.duties import run_duties
from banjie.deadlines.models import DutyRun
from banjie.deadlines.sweep import sweep
from tests.journeys.conftest import Doors
from tests.pos import BLOCKED, DETAILS, GUIDED, moment
from tests.tickets.observing import disagreements

JUNE = {"rulebook": "pos-terminal-service", "first": "2024-06-03", "last": "2024-06-09"}


def relayed(doors: Doors) -> str:
    """Accept a call of the Guizhou merchant at 10:00 and relay it at 10:01; return the number."""
    doors.at("2024-06-03 10:00")
    number: str = doors.li.open("device_fault", {**DETAILS, "merchant_no": "M-7002"})[1]["number"]
    doors.at("2024-06-03 10:01")
    assert doors.li.act(number, "guide", GUIDED)[0] == 200
    status, done = doors.li.act(number, "dispatch")
    assert (status, done["outcome"], done["state"]) == (200, "relay", "at_second_level")
    return number


def dispatched_late(doors: Doors) -> str:
    """Let Guizhou dispatch at 10:13, with the sweep having come by; return the number."""
    number = relayed(doors)
    sweep(moment("2024-06-03 10:10:01"))
    doors.at("2024-06-03 10:13")
    assert doors.gu_gz.act(number, "relay", {"inspector": doors.pos.cast.sun_gz.member.pk})[0] == 200
    return number


def blocked(doors: Doors) -> str:
    """Let the inspector report the ticket uncompleted."""
    number = dispatched_late(doors)
    doors.at("2024-06-03 15:00")
    assert doors.sun_gz.act(number, "report_blocked", {**BLOCKED, "blocked_reason": "bank terminal key not released"})[0] == 200
    return number


def breaches(doors: Doors, who: str, rule: str) -> list[dict[str, Any]]:
    """Return what broke 五.3 by a rule, as a person sees it."""
    status, answer = getattr(doors, who).get("findings", **JUNE, clause="五.3", rule=rule)
    assert status == 200, answer
    found: list[dict[str, Any]] = answer["findings"]
    return found


@pytest.mark.req("POS-13", "POS-11")
def test_a_merchant_without_inspector_is_relayed_to_guizhou_where_its_second_level_finds_it(doors: Doors) -> None:
    number = relayed(doors)

    status, ticket = doors.gu_gz.get(f"tickets/{number}")

    assert (status, ticket["unit"], ticket["assignee"]) == (200, "贵州分公司", None)
    assert "relay" in [a["name"] for a in ticket["actions"]]
    assert (ticket["due_clock"], ticket["due_at"]) == ("dispatched", "2024-06-03T02:10:00Z")


@pytest.mark.req("POS-11", "PLT-04")
def test_a_dispatch_at_13_minutes_is_a_breach_of_three_that_both_levels_see_while_passing_on_was_in_time(doors: Doors) -> None:
    number = dispatched_late(doors)

    for who in ("wang_sup", "gu_gz", "auditor"):
        (breach,) = breaches(doors, who, "dispatched")
        assert (breach["ticket"], breach["due_at"], breach["ended_at"]) == (number, "2024-06-03T02:10:00Z", "2024-06-03T02:13:00Z")
        assert breaches(doors, who, "passed_on") == []
    for who in ("li", "gu_gz"):
        timeline = getattr(doors, who).get(f"tickets/{number}/timeline")[1]["events"]
        assert [e["kind"] for e in timeline].count("breached") == 1
    assert breaches(doors, "chen_hn", "dispatched") == []


@pytest.mark.req("POS-15")
def test_uncompleted_without_its_reason_is_refused_and_with_it_stays_in_follow_up(doors: Doors) -> None:
    number = dispatched_late(doors)

    status, problem = doors.sun_gz.act(number, "report_blocked", {**BLOCKED, "blocked_reason": ""})
    assert (status, problem["code"], [e["field"] for e in problem["errors"]]) == (422, "invalid-input", ["blocked_reason"])
    assert "一.4" in problem["clause"]
    assert doors.sun_gz.get(f"tickets/{number}")[1]["state"] == "unprocessed"
    doors.sun_gz.act(number, "report_blocked", {**BLOCKED, "blocked_reason": "bank terminal key not released"})

    ticket = doors.gu_gz.get(f"tickets/{number}")[1]
    assert (ticket["state"], ticket["open"], ticket["assignee"]) == ("uncompleted", True, "孙磊")
    assert [t["number"] for t in doors.sun_gz.get("tickets", mine=True)[1]["tickets"]] == [number]


@pytest.mark.req("POS-23")
def test_it_is_owed_a_verification_every_day_until_it_is_completed(doors: Doors) -> None:
    number = blocked(doors)

    frames = {}
    for day in (4, 5, 6):
        run_duties(doors.at(f"2024-06-0{day} 00:00"))
        frames[day] = DutyRun.objects.get(duty="verify_open", period=f"2024-06-0{day}").frame
        doors.at(f"2024-06-0{day} 11:00")
        if day == 4:
            assert doors.gu_gz.act(number, "verify", {"verified": "银行尚未下发"})[0] == 200
        if day == 5:
            assert doors.sun_gz.act(number, "complete", {"result": "密钥已下发", "fully_solved": True})[0] == 200

    assert frames == {4: [number], 5: [number], 6: []}
    states = (
        DutyRun.objects.filter(duty="verify_open", period__in=["2024-06-04", "2024-06-05"])
        .order_by("period")
        .values_list("state", flat=True)
    )
    assert list(states) == ["kept", "nothing_due"]


@pytest.mark.req("POS-22", "POS-24")
def test_a_callback_by_guizhou_counts_for_its_own_district(doors: Doors) -> None:
    number = blocked(doors)
    doors.at("2024-06-04 11:00")
    doors.sun_gz.act(number, "complete", {"result": "密钥已下发", "fully_solved": True})
    run_duties(doors.at("2024-06-05 00:00"))
    doors.at("2024-06-05 09:00")

    status, done = doors.gu_gz.act(number, "call_back", {"reached": "satisfied"})
    run_duties(doors.at("2024-06-06 00:00"))

    assert (status, done["state"]) == (200, "closed")
    run = DutyRun.objects.get(duty="sample_completed", period="2024-06-05")
    assert (run.state, run.done, run.items.get().done_by) == ("kept", 1, doors.pos.cast.gu_gz.member)
    assert disagreements() == []


@pytest.mark.req("POS-02", "POS-03", "PLT-09")
def test_headquarters_sees_both_and_guizhou_nothing_of_hunan(doors: Doors) -> None:
    guizhou = blocked(doors)
    hunan = doors.pos.dispatched()

    assert {t["number"] for t in doors.li.get("tickets")[1]["tickets"]} == {guizhou, hunan}
    assert [t["number"] for t in doors.gu_gz.get("tickets")[1]["tickets"]] == [guizhou]
    assert doors.gu_gz.get(f"tickets/{hunan}")[0] == 404
    assert doors.chen_hn.get(f"tickets/{guizhou}")[0] == 404
