"""Scenario S16 by hand in a real browser: complaint, evidence, filing, two decisions, the penalty as approved, the conclusion, the notice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from tests.approval.test_browser import BUILT, CHROMIUM, SignIn, shot
from tests.regulation import Regulation, install
from tests.regulations.conflicts import CODES, COMPLAINT, EVIDENCE, PENALTY, PEOPLE, REPORT, UNITS
from tests.regulations.windows import act, at_present, begin, opened, send, windows

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here"),
    pytest.mark.skipif(not BUILT, reason="the browser code is not built: npm ci && npm run build"),
]


@pytest.fixture
def law(transactional_db: None) -> Regulation:
    return at_present(install("channel-conflict", PEOPLE, UNITS))


@pytest.fixture
def sign_in(law: Regulation, live_server: LiveServer, one_chromium: Browser) -> Iterator[SignIn]:
    with windows(law, live_server, one_chromium) as found:
        yield found


def test_s16_by_hand(sign_in: SignIn) -> None:
    ke, zhuang, ying, zong, cai, xing = (sign_in(name) for name in ("ke", "zhuang", "ying", "zong", "cai", "xing"))
    ke.goto("/tickets/new/?type=channel-conflict:conflict")
    for name, text in COMPLAINT.items():
        ke.fill(f"[name={name}]", text)
    shot(ke, "conflict-1-complaint")
    number = opened(ke, "CH", "complainant")
    expect(ke.locator("#ticket-side")).to_contain_text("一个工作日内取证")
    expect(ke.locator("#ticket-side")).to_contain_text("三个工作日内上报立案")

    begin(ke, number, "take_evidence", **{**EVIDENCE, "quantity": ""})
    send(ke)
    expect(ke.locator("[data-field=quantity]")).to_contain_text("窜货数量")
    act(ke, number, "take_evidence", "已取证", **EVIDENCE)
    act(ke, number, "verify_on_site", "批号编号已确认", **CODES)
    act(ke, number, "report", "已上报待立案", **REPORT)
    act(zhuang, number, "file_case", "已立案", case_no="CH-0007")
    act(ke, number, "receive_form", "已收申报表")
    expect(ke.locator("#ticket-side")).to_contain_text("半个工作日内报营销总监")
    act(ke, number, "submit", "营销总监审定", **PENALTY)
    act(ying, number, "review", "总经理最终审定", decision="=同意")
    shot(ying, "conflict-2-director")
    act(zong, number, "decide", "省区处理中", decision="=同意")
    act(sign_in("sheng", width=375), number, "report_done", "省区已处理待汇总", province_report="已收回货品")
    act(ke, number, "aggregate", "待执行处罚", summary="材料齐全")

    begin(cai, number, "execute", executed_amount="3000", execution="扣返利")
    send(cai)
    expect(cai.locator("[data-field=executed_amount]")).to_contain_text("处罚须按审批意见执行")
    shot(cai, "conflict-3-other-penalty")
    cai.fill("#action-form [name=executed_amount]", "5000")
    send(cai)
    expect(cai.locator("#ticket-head")).to_contain_text("处罚已执行")

    act(ke, number, "conclude", "待总经理签署处理结论", conclusion="窜货属实")
    act(zong, number, "sign_conclusion", "待通报", decision="=同意")
    act(xing, number, "publish", "已通报", published_to="销售部、物流部")
    act(ke, number, "close", "已结案")
    shot(ke, "conflict-4-closed")
