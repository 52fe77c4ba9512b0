"""Scenario S8 by hand in a real browser: two hundred kettles, from the report of the warehouse to management's plan, a dissatisfied customer, the archive."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.regulation import Regulation
from tests.regulations.service_exception import AGAIN, DONE, EFFECT, FOUND, MEASURES, ONE, PLAN, SORRY, TOLD, at_work, below
from tests.regulations.windows import MARKS, Window, act, begin, do, number_of, send, shot, stands, take, windows

pytestmark = MARKS
LEVEL_ONE = {"class": "=服务质量异常", "level": "=一级"}


@pytest.mark.usefixtures("transactional_db")
def test_s8_by_hand(live_server: LiveServer, one_chromium: Browser) -> None:
    law = at_work()
    with windows(law, live_server, one_chromium) as window:
        ke, guan, gao = window("ke"), window("guan"), window("gao", width=375)
        number = report_and_assess(law, window, ke)
        plan = {**PLAN, "plan_due": f"{law.now + timedelta(days=2):%Y-%m-%dT%H:%M}"}
        plan_and_approve(guan, gao, number, plan)
        do(ke, number, "explain", SORRY)
        expect(ke.locator("#timeline")).to_contain_text("深表歉意")
        act(ke, number, "refer", "执行中", target_unit=f"={law.units['FACTORY'].pk}")

        sheng = window("sheng", width=375)
        do(sheng, number, "start")
        finish = {"result": str(DONE["result"]), "fully_solved": "=yes", "caused_by_department": "=yes"}
        act(sheng, number, "finish", "处理完毕待反馈", **finish)
        shot(sheng, "exception-4-finished")
        assert sheng.evaluate("document.documentElement.scrollWidth") <= 375
        act(ke, number, "feed_back", "结果已反馈待评价", **TOLD)
        act(ke, number, "ask", "不满意重新评估方案", reached="=不满意", opinion=str(AGAIN["opinion"]))
        act(ke, number, "re_evaluate", "一级方案制定", **LEVEL_ONE, effect_satisfaction="继续下降", opinion=str(AGAIN["opinion"]))
        plan_and_approve(guan, gao, number, {**plan, "plan": "改用双层壶柄"})
        act(sheng, number, "finish", "处理完毕待反馈", **finish)
        act(ke, number, "feed_back", "结果已反馈待评价", **TOLD)
        act(ke, number, "ask", "客户满意待确认", reached="=满意", opinion="处理及时")

        begin(ke, number, "confirm_rectified")
        send(ke)
        expect(ke.locator("#action-form")).to_contain_text("部门整改")
        shot(ke, "exception-5-waits-for-rectification")
        rectify(law, window, ke, number)
        act(ke, number, "confirm_rectified", "已归档")
        expect(ke.locator("#timeline")).to_contain_text("改用双层壶柄")
        shot(ke, "exception-6-archived")


def report_and_assess(law: Regulation, window: Window, ke: Page) -> str:
    """Report by the warehouse on a phone, and assess it as level one: management has it in its list and signs for it."""
    cang = window("cang", width=375)
    take(cang, "service-exception:exception", {**FOUND, "happened_at": f"{law.now - timedelta(hours=1):%Y-%m-%dT%H:%M}"})
    number = number_of(cang, "YC")
    shot(cang, "exception-1-reported")
    act(ke, number, "assess", "一级已报管理层", assessment=str(ONE["assessment"]), **LEVEL_ONE)
    expect(ke.locator("#ticket-side")).to_contain_text("一级异常立即报管理层")
    act(window("gao"), number, "receive", "一级已报管理层", received="=yes")
    act(ke, number, "analyse", "一级方案制定", **EFFECT)
    return number


def plan_and_approve(guan: Page, gao: Page, number: str, plan: dict[str, str]) -> None:
    """Plan level one; who planned it is not offered to approve it, the other manager approves it on a phone."""
    act(guan, number, "plan_one", "方案待审批", **plan)
    expect(guan.get_by_role("link", name="审批一级方案")).to_have_count(0)
    begin(gao, number, "approve")
    shot(gao, "exception-3-approve")
    act(gao, number, "approve", "方案执行中", decision="=同意")


def rectify(law: Regulation, window: Window, ke: Page, number: str) -> None:
    """Order the department to rectify, let it file and implement its measures, and let the audit check them."""
    do(ke, number, "order_rectification", {"reason": "来料未检"})
    stands(ke, "客户满意待确认")
    (rectification,) = below(number)
    sheng = window("sheng")
    act(
        sheng, rectification, "file_measures", "整改实施中", **{**MEASURES, "measures_due": f"{law.now + timedelta(days=9):%Y-%m-%dT%H:%M}"}
    )
    act(sheng, rectification, "implement", "已实施待检查", result="已更换供应商", fully_solved="=yes")
    act(window("shen"), rectification, "check", "整改已落实", finding="=已落实")
