"""Scenario S13 by hand in a real browser: an urgent order from its receipt to its shipping, and a notice with another address."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from banjie.tickets.models import Ticket
from tests.approval.test_browser import BUILT, CHROMIUM, SignIn, shot
from tests.regulation import Regulation, install
from tests.regulations.orders import ADDED, MOVED, PEOPLE, URGENT
from tests.regulations.windows import act, at_present, begin, opened, send, windows

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here"),
    pytest.mark.skipif(not BUILT, reason="the browser code is not built: npm ci && npm run build"),
]
SHEETS = {f"{sheet}.0.{column}": "可满足" for sheet in ("order_review", "shipping_review") for column in ("item", "finding")}


@pytest.fixture
def law(transactional_db: None) -> Regulation:
    return at_present(install("order-review", PEOPLE))


@pytest.fixture
def sign_in(law: Regulation, live_server: LiveServer, one_chromium: Browser) -> Iterator[SignIn]:
    with windows(law, live_server, one_chromium) as found:
        yield found


def receive(ke: Page) -> str:
    """Try it as a sales order, which is refused, then open the urgent order."""
    ke.goto("/tickets/new/?type=order-review:urgent_order")
    for name, text in {**URGENT, "lead_time_days": "3"}.items():
        ke.fill(f"[name={name}]", text)
    ke.locator("[name=company]").press("Control+Enter")
    expect(ke.locator("form").filter(has=ke.locator("[name=company]"))).to_contain_text("请开“销售订单”")
    shot(ke, "order-1-not-urgent")
    ke.fill("[name=lead_time_days]", "14")
    return opened(ke, "JJ", "company")


def test_s13_by_hand(sign_in: SignIn) -> None:
    ke, ying, zong, cai, sheng = (sign_in(name) for name in ("ke", "ying", "zong", "cai", "sheng"))
    number = receive(ke)
    expect(ke.locator("#ticket-side")).to_contain_text("2小时内输入计划管理模块")
    act(ke, number, "enter_plan", "签字审核中", plan_no="FC-31")
    act(ying, number, "approve", "签字审核中", decision="=同意")
    act(zong, number, "approve", "待发行内部订单明细表", decision="=同意")
    act(ke, number, "issue", "待召开评审", internal_no="NB-7")
    act(ke, number, "convene", "紧急评审中", meeting="三楼会议室", **SHEETS)
    for name in ("ji", "pin"):
        act(sign_in(name), number, "review", "紧急评审中", decision="=同意")
    act(sheng, number, "review", "紧急评审中", decision="=同意")
    act(cai, number, "review", "待回传交付日期", decision="=同意")
    shot(cai, "order-2-reviewed")
    act(ke, number, "answer", "生产中", delivery_on="2024-06-09")
    act(ke, number, "chase", "生产中", note="按计划生产")
    act(sheng, number, "finish_production", "待加急发货")

    begin(ke, number, "ship", ship_on="2024-06-09")
    send(ke)
    expect(ke.locator("#action-form")).to_contain_text("特殊发货申请")
    shot(ke, "order-3-no-request")
    act(ke, number, "request_shipping", "待加急发货", ship_on="2024-06-09")
    request = Ticket.objects.get(type="special_shipping").number
    act(cai, request, "approve", "待批准", decision="=同意")
    act(zong, request, "approve", "已批准", decision="=同意")
    act(ke, number, "ship", "已发货")
    shot(ke, "order-4-shipped")


def test_a_notice_with_another_address_by_hand(sign_in: SignIn) -> None:
    ke = sign_in("ke")
    ke.goto("/tickets/new/?type=order-review:shipping_notice")
    for name, text in MOVED.items():
        ke.fill(f"[name={name}]", text)
    number = opened(ke, "FH", "company")
    begin(ke, number, "submit")
    send(ke)
    expect(ke.locator("#action-form")).to_contain_text("须凭客户变更函")
    shot(ke, "order-5-other-address")
    begin(ke, number, "add_address", address_proof="=销售人员的联络单", proof_no=ADDED["proof_no"])
    expect(ke.locator("#action-form [name=finance_file_no]")).to_be_visible()
    begin(ke, number, "add_address", address_proof="=客户变更函", **ADDED)
    expect(ke.locator("#action-form [name=finance_file_no]")).to_have_count(0)
    send(ke)
    expect(ke.locator("#timeline")).to_contain_text("无锡新区8号")
    act(ke, number, "submit", "审核中")
    act(sign_in("zhu"), number, "audit", "审核中", decision="=同意")
    act(sign_in("cai"), number, "audit", "待告知生产部门", decision="=同意")
    act(ke, number, "tell_production", "已告知生产部门", document_no="K3-5")
