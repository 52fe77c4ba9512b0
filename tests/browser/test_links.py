"""Links between tickets in a real browser: refused inline, made, told in the timeline, ended, without a reload."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn, shot

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]


def numbers(page: Page) -> list[str]:
    page.goto("/tickets/?view=all")
    return page.locator(".list-row .work-number").all_text_contents()[-2:]


def test_two_tickets_are_linked_and_parted_again_on_the_page(sign_in: SignIn) -> None:
    li = sign_in("li")
    one, two = numbers(li)
    li.goto(f"/tickets/{one}/")
    card = li.locator("#ticket-links")
    card.get_by_text("关联其他工单").click()

    card.locator("[name=other]").fill(one)
    card.get_by_role("button", name="关联").click()
    expect(card.locator("[data-field=other] .field-error")).to_contain_text("这是本工单自己的编号")
    expect(card.locator("[name=other]")).to_have_value(one)
    card.locator("[name=other]").fill(two.lower())
    card.locator("[name=relation]").select_option("parent")
    card.get_by_role("button", name="关联").click()

    expect(card).to_contain_text("上级工单")
    expect(card).to_contain_text(two)
    expect(li.locator("#timeline li").first).to_contain_text("关联工单")
    shot(li, "linked")
    card.get_by_text("解除关联").click()
    card.locator("[name=reason]").fill("误关联")
    card.get_by_role("button", name="确认解除").click()
    expect(card).not_to_contain_text(two)
    expect(li.locator("#timeline li").first).to_contain_text("误关联")
