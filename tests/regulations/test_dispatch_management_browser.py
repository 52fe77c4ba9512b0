"""A dispatch by hand in a real browser: judged, sent to who does such work and has least to do, acknowledged, planned, confirmed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from tests.regulations.dispatch_management import CALL, DATA, DONE, NEEDED, at_work
from tests.regulations.windows import MARKS, do, number_of, shot, stands, take, windows

pytestmark = MARKS


@pytest.mark.usefixtures("transactional_db")
def test_a_request_is_dispatched_worked_and_finally_confirmed(live_server: LiveServer, one_chromium: Browser) -> None:
    law = at_work()
    with windows(law, live_server, one_chromium) as window:
        ke, pai = window("ke"), window("pai")
        take(ke, "dispatch-management:request", CALL)
        number = number_of(ke, "PD")
        do(ke, number, "judge", {"judgement": NEEDED["judgement"]}, {"dispatch_needed": "needed", "service_type": "repair"})
        stands(ke, "待派单")

        pai.goto(f"/tickets/{number}/?do=dispatch_repair")
        people = pai.locator("#action-form [name=assignee_person]")
        expect(people).to_contain_text("韦维修 · 在办 0 张")
        expect(people).not_to_contain_text("安师傅")
        shot(pai, "dispatch-1-whom")
        do(pai, number, "dispatch_repair", DATA, {"assignee_person": str(law.members["wei"].pk)})
        stands(pai, "已派单")

        wei = window("wei", width=375)
        do(wei, number, "view")
        stands(wei, "已查看")
        do(wei, number, "acknowledge", {"reply": "清楚，下午上门"})
        stands(wei, "已确认")
        do(wei, number, "plan", {"planned_finish": f"{law.now + timedelta(hours=5):%Y-%m-%dT%H:%M}"})
        stands(wei, "已安排计划")
        do(wei, number, "start")
        stands(wei, "工作中")
        do(wei, number, "complete", {"result": str(DONE["result"])}, {"fully_solved": "yes"})
        stands(wei, "待最终确认")
        assert wei.evaluate("document.documentElement.scrollWidth") <= 375

        do(pai, number, "confirm", choices={"finding": "passed"})
        stands(pai, "最终完成")
        shot(pai, "dispatch-2-confirmed")
