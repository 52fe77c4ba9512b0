"""Scenario S7 by hand in a real browser: whoever took the call answers for it wherever it goes; what is older than a day gets its opinions."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from banjie.deadlines.duties import run_duties
from tests.regulation import install
from tests.regulations.first_question import BOOK, PEOPLE, UNITS, opened
from tests.regulations.windows import MARKS, act, do, shot, stands, windows

pytestmark = MARKS


@pytest.mark.usefixtures("transactional_db")
def test_s7_a_backlog_ticket_by_hand(live_server: LiveServer, one_chromium: Browser) -> None:
    law = install(BOOK, PEOPLE, UNITS)
    law.now = timezone.now() - timedelta(hours=30)
    number = opened(law)
    with windows(law, live_server, one_chromium) as window:
        run_duties(law.now)
        pai, zhi = window("pai"), window("zhi")
        act(pai, number, "dispatch", "部门处理中", target_unit=f"={law.units['B'].pk}")
        do(pai, number, "pass_on", {"reason": "属资费问题"}, {"target_unit": str(law.units["C"].pk)})
        stands(pai, "部门处理中")
        expect(pai.locator("#main")).to_contain_text("马首问")
        shot(pai, "first-question-1-passed-on")

        zhi.goto("/duties/")
        expect(zhi.locator("#main")).to_contain_text(number)
        do(zhi, number, "opine", {"note": "联系资费部当日答复", "follow_up": "已致电资费部值班"})
        zhi.goto("/duties/")
        shot(zhi, "first-question-2-opinion-given")
        do(zhi, number, "escalate", {"reason": "跨部门，需经理协调"})

        jing = window("jing", width=375)
        jing.goto("/inbox/")
        expect(jing.locator("#main")).to_contain_text(number)
        do(jing, number, "coordinate", {"note": "今日内核算完毕"}, {"coordinated_with": str(law.units["C"].pk)})
        stands(jing, "部门处理中")
        jing.goto(f"/tickets/{number}/")
        shot(jing, "first-question-3-coordinated")
        assert jing.evaluate("document.documentElement.scrollWidth") <= 375

        chi, ma = window("chi"), window("ma")
        act(chi, number, "answer", "待回访", result="多扣话费已退", fully_solved="=yes")
        act(ma, number, "call_back", "已完结", reached="=satisfied")
        shot(ma, "first-question-4-closed")

    assert law.ticket(number).responsible_id == law.members["ma"].pk
