"""S1 through the REST door: nine o'clock to the callbacks of the day after the completion."""

from __future__ import annotations

import pytest

from banjie.deadlines.duties import run_duties
from banjie.deadlines.models import DutyItem, DutyRun
from banjie.deadlines.sweep import sweep
from tests.journeys.conftest import Doors
from tests.pos import BLOCKED, DETAILS, GUIDED
from tests.tickets.observing import disagreements

CALL = {**DETAILS, "address": "12 Wuyi Rd, Changsha", "contact": "Wang", "problem": "no paper feed", "source": "merchant"}
JUNE = {"rulebook": "pos-terminal-service", "first": "2024-06-01", "last": "2024-06-30"}


@pytest.mark.req("POS-05", "POS-07", "POS-09", "POS-10", "POS-11", "POS-12")
def test_from_the_call_at_nine_to_the_inspector_at_seven_past(doors: Doors) -> None:
    doors.at("2024-06-03 09:00")
    opened = doors.li.open("device_fault", {"source": "merchant"}, key="call-0900")
    number = opened[1]["number"]
    assert (opened[0], doors.li.act(number, "dispatch")[1]["code"]) == (201, "not-allowed-now")
    doors.at("2024-06-03 09:03")
    assert doors.li.act(number, "guide", GUIDED)[0] == 200
    doors.li.act(number, "register", {**CALL, "terminal_no": "T-88001", "phone": ""})

    status, problem = doors.li.act(number, "dispatch")
    assert (status, [e["field"] for e in problem["errors"]]) == (422, ["phone"])
    assert "五.3" in problem["clause"]
    doors.at("2024-06-03 09:07")
    doors.li.act(number, "register", {"phone": "13800000001"})
    assert doors.li.act(number, "dispatch")[1]["state"] == "unprocessed"
    sweep(doors.at("2024-06-03 09:30"))

    ticket = doors.zhao.get(f"tickets/{number}")[1]
    assert (ticket["assignee"], ticket["customer"], ticket["unit"]) == ("赵强", "老王火锅", "长沙片区")
    assert {a["name"] for a in ticket["actions"]} >= {"acknowledge", "book", "start", "report_blocked", "complete"}
    kept = {c["clause"]: (c["kept"], c["broken"]) for c in doors.wang_sup.get("clauses", **JUNE)[1]}
    assert kept["五.3"] == (2, 0)


@pytest.mark.req("POS-16", "POS-17", "POS-22", "POS-23", "POS-25", "POS-27")
@pytest.mark.parametrize(("callbacks", "state", "rate"), [(3, "broken", 8.1), (4, "kept", 10.8)])
def test_of_37_completed_four_are_called_back_or_the_day_is_a_breach(doors: Doors, callbacks: int, state: str, rate: float) -> None:
    doors.at("2024-06-03 09:07")
    number = doors.pos.dispatched()
    assert doors.zhao.act(number, "book", {"visit_at": "2024-06-04 15:00", "agreed_with": "Wang"})[1]["state"] == "appointed"
    doors.at("2024-06-04 09:00")
    for _n in range(36):
        doors.pos.completed()
    waiting = [doors.pos.dispatched() for _n in range(5)]
    for other in waiting[:2]:
        doors.zhao.act(other, "book", {"visit_at": "2024-06-06 15:00", "agreed_with": "Wang"})
    for other in waiting[2:]:
        doors.zhao.act(other, "report_blocked", {**BLOCKED, "blocked_side": "merchant", "blocked_reason": "闭店装修"})
    doors.at("2024-06-04 16:10")
    assert doors.zhao.act(number, "complete", {"result": "fixed", "fully_solved": True})[1]["state"] == "completed"
    run_duties(doors.at("2024-06-05 00:00"))
    doors.at("2024-06-05 10:00")

    drawn = DutyItem.objects.filter(run__duty="sample_completed", run__period="2024-06-05", chosen=True).select_related("ticket")
    assert len(drawn) == 4
    for item in drawn[:callbacks]:
        assert doors.chen_hn.act(item.ticket.number, "call_back", {"reached": "satisfied"})[1]["state"] == "closed"
    for other in waiting:
        assert doors.li.act(other, "verify", {"verified": "已核实"})[0] == 200
    run_duties(doors.at("2024-06-06 00:00"))

    runs = {r.duty: (r.frame_size, r.required, r.done, r.state) for r in DutyRun.objects.filter(period="2024-06-05")}
    assert runs == {"sample_completed": (37, 4, callbacks, state), "verify_open": (5, 5, 5, "kept")}
    one_day = {**JUNE, "first": "2024-06-05", "last": "2024-06-05"}
    shown = {r["name"]: r for r in doors.wang_sup.get("statistics", **one_day)[1]["indicators"]}
    assert round(shown["callback_rate"]["value"] * 100, 1) == rate
    broken = doors.wang_sup.get("findings", **one_day, clause="五.6")[1]["findings"]
    assert [f["rule"] for f in broken] == (["sample_completed"] if state == "broken" else [])
    assert disagreements() == []
