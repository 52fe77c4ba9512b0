"""A type of ticket is added by hand: written with proposals, checked, previewed, approved by another person, in use without a restart."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from banjie.people.models import Role
from banjie.people.verbs.posts import assign_post
from banjie.tickets.models import Ticket
from tests.approval.test_browser import SignIn
from tests.cast import BUILDER, LONG_AGO
from tests.regulation import Regulation, install
from tests.regulations.bank_circulation import PEOPLE, SAID, SLUG, UNITS
from tests.regulations.windows import MARKS, PATIENCE, at_present, shot, windows

pytestmark = MARKS


@pytest.fixture
def bank(transactional_db: None) -> Regulation:
    """Return the bank at work, with one open ticket; Hu also writes rulebooks, Shen reviews them as the regulation says."""
    law = install(SLUG, PEOPLE, UNITS)
    assign_post(law.members["hu"], role=Role.objects.get(code="hq_supervisor"), unit=law.units["HQ"], by=BUILDER, at=LONG_AGO)
    law.open("complaint_supervise", SAID, by="he")
    return at_present(law)


@pytest.fixture
def sign_in(bank: Regulation, live_server: LiveServer, one_chromium: Browser) -> Iterator[SignIn]:
    with windows(bank, live_server, one_chromium) as opened:
        yield opened


def find(page: Page, text: str) -> None:
    """Look for a text in the editor, and put the cursor at the end of its line."""
    page.locator(".cm-content").click()
    page.keyboard.press("Control+f")
    page.locator(".cm-search input[name=search]").press_sequentially(text)
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator(".cm-activeLine")).to_contain_text(text)
    page.keyboard.press("End")
    page.keyboard.press("End")  # the first goes to the end of the row, the second to that of the line


def type_with_proposals(page: Page) -> None:
    """Write the new type; its process, its first state and its clause are taken from what is proposed."""
    page.keyboard.press("Enter")
    page.keyboard.type("kiosk_repair: {title: 自助设备报修单, pro")
    expect(page.locator(".cm-tooltip-autocomplete li").first).to_contain_text("process")
    shot(page, "editor-proposals")
    page.wait_for_timeout(120)  # a proposal is not taken in the instant in which it appears
    page.keyboard.press("Enter")
    expect(page.locator(".cm-tooltip-autocomplete li").first).to_have_text(re.compile("circulation"))
    page.wait_for_timeout(120)
    page.keyboard.press("Enter")
    page.keyboard.type(", start: scr")
    expect(page.locator(".cm-tooltip-autocomplete li").first).to_contain_text("screened")
    page.wait_for_timeout(120)
    page.keyboard.press("Enter")
    page.keyboard.type(", letter: K, clause: 第七条")


def open_tab(page: Page, title: str) -> None:
    page.locator("#panel").get_by_role("button", name=title).click()
    expect(page.locator("#panel button[aria-current=true]")).to_contain_text(title, timeout=PATIENCE)


def test_type_k_is_added_in_the_editor_and_used_without_a_restart(sign_in: SignIn, bank: Regulation) -> None:
    page = sign_in("hu")
    page.goto(f"/rulebooks/{bank.program.version_id}/")
    page.get_by_role("link", name="以此新建草稿").click()
    find(page, "business_acceptance: {")
    type_with_proposals(page)
    expect(page.locator("#panel")).to_contain_text("没有问题，可以提交批准", timeout=PATIENCE)

    open_tab(page, "表单")
    page.locator("#panel-choice").select_option(label="自助设备报修单 · 发起")
    expect(page.locator("#panel [name=content]")).to_be_visible()
    shot(page, "editor-form")
    open_tab(page, "流程")
    expect(page.locator("#panel svg").first).to_be_visible()
    open_tab(page, "改动")
    expect(page.locator("#panel")).to_contain_text("自助设备报修单")
    open_tab(page, "影响")
    expect(page.locator("#panel")).to_contain_text("1 张未结工单仍按开单时的版本办理")
    expect(page.locator("#panel")).to_contain_text("新增工单类别：自助设备报修单")

    shot(page, "editor-effect")
    page.locator(".cm-content").press("Control+s")
    page.get_by_role("button", name="提交批准").first.click()
    page.locator("#dialog-propose").get_by_role("button", name="提交批准").click()
    expect(page.locator(".book-head")).to_contain_text("等待批准")
    expect(page.get_by_role("button", name="批准并启用")).to_have_count(0)
    reviewer = sign_in("shen")
    reviewer.goto(page.url)
    reviewer.get_by_role("button", name="批准并启用").first.click()
    reviewer.locator("#dialog-activate").get_by_role("button", name="批准并启用").click()
    expect(reviewer.locator(".book-head")).to_contain_text("使用中")

    page.goto("/tickets/new/")
    with page.expect_response("**/tickets/new/fields"):
        page.get_by_label("自助设备报修单").check()
    page.fill("[name=content]", "自助柜员机吞卡")
    for name, value in SAID.items():
        if name != "content":
            page.locator(f"[name={name}][value={value}]").check()
    page.locator("[name=content]").press("Control+Enter")
    page.wait_for_url("**/tickets/K-*/**")
    old, new = Ticket.objects.order_by("id")
    assert (old.type, new.type) == ("complaint_supervise", "kiosk_repair")
    assert old.rulebook_version_id == bank.program.version_id
    assert new.rulebook_version_id != bank.program.version_id
