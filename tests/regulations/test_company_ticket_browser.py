"""Scenario S4 by hand in a real browser: form, the head's word, classification, escalation, report, rating, archive."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from tests.regulations.company_ticket import FORM, REPORT, at_work
from tests.regulations.windows import MARKS, Window, do, number_of, shot, stands, take, windows

pytestmark = MARKS


@pytest.mark.usefixtures("transactional_db")
def test_s4_from_the_application_to_the_archive(live_server: LiveServer, one_chromium: Browser) -> None:
    law = at_work()
    with windows(law, live_server, one_chromium) as window:
        number = apply_and_approve(window)
        desk = window("tao")
        do(desk, number, "classify_technical", choices={"technical_work": "troubleshooting", "urgency": "urgent", "priority": "first"})
        stands(desk, "待分配")
        desk.goto(f"/tickets/{number}/?do=assign")
        expect(desk.locator("#action-form [name=handler_person]")).to_contain_text("秦工 · 在办 0 张")
        shot(desk, "company-3-assign")
        do(desk, number, "assign", choices={"target_unit": str(law.units["IT"].pk)})
        stands(desk, "待响应")
        expect(desk.locator("#ticket-side")).to_contain_text("规定时间内响应")

        yu = window("yu")
        do(yu, number, "appoint", choices={"handler_person": str(law.members["qin"].pk)})
        stands(yu, "秦工")
        handle(window, number)

        chen = window("chen")
        do(chen, number, "confirm", {"rating": "4"}, {"reached": "satisfied"})
        stands(chen, "已确认")
        do(desk, number, "archive")
        stands(desk, "已归档")
        desk.goto("/insight/ledgers?book=company-ticket")
        expect(desk.locator("main")).to_contain_text(number)
        shot(desk, "company-6-ledger")


def apply_and_approve(window: Window) -> str:
    """Fill in the form, first without the expected result; let the head return it, amend it, and let him approve it."""
    chen, sun = window("chen"), window("sun", width=375)
    entries = {name: value for name, value in FORM.items() if name != "expected_result"}
    take(chen, "company-ticket:technical", entries, {"technical_work": "troubleshooting"})
    expect(chen.locator("[data-field=expected_result]")).to_contain_text("“期望结果”。")
    shot(chen, "company-1-missing")
    chen.fill("[name=expected_result]", FORM["expected_result"])
    chen.locator("[name=subject]").press("Control+Enter")
    number = number_of(chen, "JS")
    stands(chen, "待部门负责人审核")

    do(sun, number, "review", {"reason": "写明影响的人数"}, {"decision": "returned"})
    stands(sun, "退回申请人")
    do(chen, number, "resubmit", {"current_state": "销售部30人无法导出"})
    stands(chen, "待部门负责人审核")
    do(sun, number, "review", choices={"decision": "approved"})
    shot(sun, "company-2-approved")
    stands(sun, "待分类")
    return number


def handle(window: Window, number: str) -> None:
    """Respond, start, ask for support, get it, and report; a report without suggestions is refused."""
    qin = window("qin", width=375)
    for action, state in (("respond", "已响应"), ("start", "处理中")):
        do(qin, number, action)
        stands(qin, state)
    do(qin, number, "escalate", {"reason": "索引在厂商手里", "support_asked": "请厂商处理"})
    stands(qin, "已上报待支持")
    guan = window("guan")
    do(guan, number, "support", {"support": "已联系厂商"})
    stands(guan, "处理中")
    words = {name: str(value) for name, value in REPORT.items() if name != "fully_solved"}
    form = do(qin, number, "report", {**words, "suggestions": ""}, {"fully_solved": "yes"})
    expect(form.locator("[data-field=suggestions]")).to_contain_text("建议")
    expect(form.locator("[data-errors]").first).to_be_visible()
    shot(qin, "company-4-report")
    form.locator("[name=suggestions]").fill(words["suggestions"])
    form.locator(".form-actions button[type=submit]").click()
    stands(qin, "待需求部门确认")
    assert qin.evaluate("document.documentElement.scrollWidth") <= 375
