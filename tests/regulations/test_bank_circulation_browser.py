"""Scenario S3 by hand in a real browser: initiated, reviewed by another person, refused to a unit that registered nothing, circulated, returned."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from banjie.people.access import forget
from banjie.people.models import Member
from tests.approval.pages import client
from tests.approval.test_browser import BUILT, CHROMIUM
from tests.regulation import Regulation, install
from tests.regulations.bank_circulation import PEOPLE, SLUG, UNITS, appoint, certify, register
from tools import messages

PICTURES = os.environ.get("PICTURES", "")  # a folder: keep what the pages look like

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(180),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here"),
    pytest.mark.skipif(not BUILT, reason="the browser code is not built: npm ci && npm run build"),
]
SignIn = Callable[..., Page]


@pytest.fixture
def bank(transactional_db: None) -> Regulation:
    """Return the bank today: Qian is certified, Chengxi has registered nothing yet."""
    law = install(SLUG, PEOPLE, UNITS)
    messages.compile_all()
    Member.objects.update(must_change_password=False)
    law.now = timezone.now()
    certify(law, "qian")
    appoint(law, "qian", "CX")
    forget()
    return law


@pytest.fixture
def sign_in(bank: Regulation, live_server: LiveServer, one_chromium: Browser) -> Iterator[SignIn]:
    """Return a function that opens a window of somebody."""
    contexts = []

    def signed_in(name: str, *, width: int = 1280) -> Page:
        context = one_chromium.new_context(viewport={"width": width, "height": 900}, locale="zh-CN", base_url=live_server.url)
        contexts.append(context)
        cookie = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": cookie, "value": client(bank, name).cookies[cookie].value, "url": live_server.url}])
        page = context.new_page()
        page.set_default_timeout(15_000)
        return page

    yield signed_in
    for context in contexts:
        context.close()


def shot(page: Page, name: str) -> None:
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


def begin(page: Page, number: str, action: str) -> None:
    """Open the form of an action."""
    page.goto(f"/tickets/{number}/?do={action}")
    expect(page.locator("#action-form")).to_be_visible()


def send(page: Page) -> None:
    page.locator("#action-form .form-actions button[type=submit]").click()


def test_s3_from_headquarters_to_the_teller_lead_and_back(sign_in: SignIn, bank: Regulation) -> None:
    hu, shen, qian = (sign_in(name) for name in ("hu", "shen", "qian"))

    number = initiate(hu)
    begin(hu, number, "submit")
    send(hu)
    expect(hu.locator("#ticket-head")).to_contain_text("待审核")
    begin(shen, number, "review")
    shen.locator("#action-form").get_by_label("同意", exact=True).check()
    send(shen)
    expect(shen.locator("#ticket-head")).to_contain_text("待流转")

    begin(hu, number, "circulate")
    hu.locator("#action-form").get_by_label("内网邮件").check()
    hu.locator("#action-form [name=target_unit]").select_option(label="城西支行")
    send(hu)
    expect(hu.locator("#action-form")).to_contain_text("处理时效、工单流转环节")
    shot(hu, "bank-2-refused")
    register(bank, "CX", by="qian")
    send(hu)
    expect(hu.locator("#ticket-head")).to_contain_text("已流转")
    expect(hu.locator("#ticket-side")).to_contain_text("按时返回处理意见")

    qian.goto("/")
    qian.locator(f"#row-{number}").click()
    qian.wait_for_url(f"**/tickets/{number}/**")
    begin(qian, number, "divert")
    qian.locator("#action-form [name=follower]").select_option(value=str(bank.members["wu"].pk))
    shot(qian, "bank-3-divert")
    send(qian)
    expect(qian.locator("#ticket-head")).to_contain_text("吴主管")

    answer(sign_in("wu", width=375), number)
    hu.goto(f"/tickets/{number}/")
    expect(hu.locator("#ticket-head")).to_contain_text("已返回")
    expect(hu.locator("#timeline")).to_contain_text("卡已取出，柜员已道歉")
    begin(hu, number, "close")
    send(hu)
    expect(hu.locator("#ticket-head")).to_contain_text("已办结")
    shot(hu, "bank-5-closed")


def initiate(hu: Page) -> str:
    hu.goto("/tickets/new/?type=bank-circulation:complaint_supervise")
    hu.fill("[name=content]", "吞卡且柜员态度差")
    for name, value in {"severity": "serious", "customer_urgency": "pressing", "urgency": "urgent"}.items():
        hu.locator(f"[name={name}][value={value}]").check()
    shot(hu, "bank-1-initiate")
    hu.locator("[name=content]").press("Control+Enter")
    hu.wait_for_url("**/tickets/T-*/**")
    return hu.url.split("/tickets/")[1].split("/")[0]


def answer(wu: Page, number: str) -> None:
    """Return the opinion on a telephone, after an empty one was refused."""
    begin(wu, number, "return_opinion")
    send(wu)
    expect(wu.locator("[data-field=opinion]")).to_contain_text("处理意见")
    expect(wu.locator("#action-form [data-errors]")).to_contain_text("第十一条")
    wu.fill("#action-form [name=opinion]", "卡已取出，柜员已道歉")
    shot(wu, "bank-4-opinion")
    send(wu)
    expect(wu.locator("#ticket-head")).to_contain_text("已返回")
    assert wu.evaluate("document.documentElement.scrollWidth") <= 375
