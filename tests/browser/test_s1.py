"""S1 in a real browser: a request is taken, guided, refused for its missing phone, dispatched, visited, completed, called back."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn, shot
from tests.cast import SHANGHAI

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.mark.req("POS-05", "POS-09", "POS-11", "POS-12", "POS-16", "POS-17", "POS-22")
def test_s1_from_the_call_to_the_callbacks_of_the_next_day(sign_in: SignIn) -> None:
    li = sign_in("li")

    number = accept_and_guide(li)
    dispatch_after_a_refusal(li, number)
    zhao = sign_in("zhao", width=375, theme="dark")
    book_and_complete_on_the_phone(zhao, number)

    expect(li.locator("#ticket-head .pill").first).to_have_text("已完结")  # without a reload
    shot(li, "s1-5-completed-live")
    call_four_back(li)
    look_at_the_regulation(li)


def accept_and_guide(li: Page) -> str:
    li.keyboard.press("g")
    li.keyboard.press("n")
    li.wait_for_url("**/tickets/new/")
    li.locator("h1").click()
    li.keyboard.press("2")
    expect(li.locator("label.kind:has(:checked)")).to_contain_text("机具故障")
    li.get_by_label("商户", exact=True).check()
    li.fill("[name=problem]", "打印机不出纸")
    shot(li, "s1-1-intake")
    li.locator("[name=problem]").press("Control+Enter")
    li.wait_for_url("**/?do=guide")
    li.get_by_label("未解决").check()
    li.fill("#action-form [name=guidance]", "重启、重装纸卷，仍不出纸")
    li.locator("#action-form button[type=submit]").click()
    li.wait_for_url("**/?do=dispatch")
    return li.url.split("/tickets/")[1].split("/")[0]


def dispatch_after_a_refusal(li: Page, number: str) -> None:
    form = li.locator("#action-form")
    for name, value in {"address": "长沙市五一路12号", "contact": "王老板", "terminal_no": "T-88001"}.items():
        form.locator(f"[name={name}]").fill(value)
    form.locator("button[type=submit]").click()
    expect(form.locator("[data-field=phone]")).to_contain_text("联系电话")
    expect(form.locator("[data-errors]")).to_contain_text("五.3")
    expect(form.locator("[name=address]")).to_have_value("长沙市五一路12号")
    shot(li, "s1-2-refused")
    form.locator("[name=phone]").fill("13800000001")
    form.locator("button[type=submit]").click()
    li.wait_for_url(f"**/tickets/{number}/")
    expect(li.locator("#ticket-head")).to_contain_text("未处理")
    expect(li.locator("#ticket-head")).to_contain_text("赵强")
    expect(li.locator("#ticket-side")).to_contain_text("直派")
    shot(li, "s1-3-dispatched")


def book_and_complete_on_the_phone(zhao: Page, number: str) -> None:
    zhao.goto("/")
    zhao.locator(f"#row-{number}").click()
    zhao.wait_for_url(f"**/tickets/{number}/")
    expect(zhao.locator(".phone-link")).to_have_attribute("href", "tel:13800000001")
    zhao.locator("[data-action=book]").click()
    tomorrow = datetime.now(SHANGHAI) + timedelta(days=1)
    zhao.fill("#action-form [name=visit_at]", tomorrow.strftime("%Y-%m-%dT15:00"))
    zhao.fill("#action-form [name=agreed_with]", "王老板")
    shot(zhao, "s1-4-booking")
    zhao.locator("#action-form button[type=submit]").click()
    expect(zhao.locator("#ticket-head")).to_contain_text("已预约")
    zhao.locator("[data-action=complete]").click()
    zhao.fill("#action-form [name=result]", "更换打印模块，试打正常")
    zhao.get_by_label("客户需求已完全解决").check()
    zhao.locator("#action-form button[type=submit]").click()
    expect(zhao.locator("#ticket-head")).to_contain_text("已完结")
    assert zhao.evaluate("document.documentElement.scrollWidth") <= 375


def call_four_back(li: Page) -> None:
    li.goto("/duties/")
    run = li.locator("section.panel").filter(has_text="前日已完结工单抽查回访").first
    expect(run).to_contain_text("应完成 4 张，已完成 0 张")
    for done in range(1, 5):
        run.get_by_role("link", name="回访", exact=True).first.click()
        li.get_by_label("满意", exact=True).check()
        shot(li, f"s1-6-callback-{done}")
        li.locator("#action-form button[type=submit]").click()
        expect(run).to_contain_text(f"应完成 4 张，已完成 {done} 张")
    expect(run).to_contain_text("10.8%")
    shot(li, "s1-7-kept")


def look_at_the_regulation(li: Page) -> None:
    """Open what the navigation offers on the regulation, whatever it is by now."""
    addresses = li.locator("#sidebar .sidebar-item").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    for address in addresses:
        response = li.goto(address)
        assert response is not None
        assert response.status == 200, address
        shot(li, f"s1-8-{address.strip('/').replace('/', '-') or 'start'}")
