"""Sign-offs in a real browser: from the application through a return to the last signature; deputies; every width and theme."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from banjie.people.verbs.delegations import DelegationDraft, name_deputy
from tests.approval.pages import apply, client
from tests.cast import BUILDER
from tests.regulation import Regulation

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
BUILT = AXE.exists() and (ROOT / "banjie" / "ui" / "static" / "dist" / "app.js").exists()
PICTURES = os.environ.get("PICTURES", "")  # a folder: keep what the pages look like

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here"),
    pytest.mark.skipif(not BUILT, reason="the browser code is not built: npm ci && npm run build"),
]
SignIn = Callable[..., Page]


@pytest.fixture
def office(transactional_db: None, today: Regulation) -> Regulation:
    """Return the regulation, seen by the server's own connections too."""
    return today


@pytest.fixture
def sign_in(office: Regulation, live_server: LiveServer, one_chromium: Browser) -> Iterator[SignIn]:
    """Return a function that opens a window of somebody: `sign_in("du", width=375, theme="dark")`."""
    contexts = []

    def signed_in(name: str, *, width: int = 1280, theme: str = "light") -> Page:
        phone = width < 500
        context = one_chromium.new_context(
            viewport={"width": width, "height": 812 if phone else 900},
            locale="zh-CN",
            base_url=live_server.url,
            is_mobile=phone,
            has_touch=phone,
            color_scheme="dark" if theme == "dark" else "light",
        )
        contexts.append(context)
        cookie = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": cookie, "value": client(office, name).cookies[cookie].value, "url": live_server.url}])
        page = context.new_page()
        page.set_default_timeout(30_000)  # the first page of a cold server on a busy machine
        return page

    yield signed_in
    for context in contexts:
        context.close()


def shot(page: Page, name: str) -> None:
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


def wrong_to_read(page: Page) -> list[str]:
    """Return what axe finds serious: contrast, names, labels."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found["violations"] if one["impact"] in ("serious", "critical")]


def decide(page: Page, number: str, choice: str, reason: str = "") -> None:
    """Sign from the list of what waits."""
    page.goto("/approvals/")
    page.locator(f"#row-{number} .list-row-link").click()
    page.locator("[data-action=sign]").click()
    page.locator("#action-form").get_by_label(choice, exact=True).check()
    if reason:
        page.fill("#action-form [name=reason]", reason)
    page.locator("#action-form .form-actions button[type=submit]").click()
    expect(page.locator("#action-form")).to_have_count(0)


def test_an_application_is_returned_corrected_and_signed_by_three(sign_in: SignIn, office: Regulation) -> None:
    chen, du, fan, lei = (sign_in(name) for name in ("chen", "du", "fan", "lei"))
    chen.goto("/tickets/new/?type=purchase:purchase")
    chen.fill("[name=item]", "打印纸二十箱")
    chen.fill("[name=amount]", "500")
    chen.locator("[name=amount]").press("Control+Enter")
    chen.wait_for_url("**/tickets/CG-*/**")
    number = chen.url.split("/tickets/")[1].split("/")[0]
    chen.locator("[data-action=submit]").click()
    chen.locator("#action-form .form-actions button[type=submit]").click()
    expect(chen.locator(".signing-now")).to_contain_text("杜负责")

    du.goto("/approvals/")
    expect(du.locator("#nav-count-approvals")).to_contain_text("1")
    decide(du, number, "退回", "请附三家报价")
    chen.goto("/approvals/applied")
    expect(chen.locator("#list")).to_contain_text("没有正在审批的申请")
    chen.goto(f"/tickets/{number}/")
    expect(chen.locator("#timeline")).to_contain_text("请附三家报价")
    chen.locator("[data-action=submit]").click()
    chen.locator("#action-form .form-actions button[type=submit]").click()
    expect(chen.locator(".signing-now")).to_contain_text("杜负责")

    decide(du, number, "同意", "报价合理")
    expect(du.locator(".signing-now")).to_contain_text("范财务")
    expect(du.locator(".signing-done")).to_contain_text("报价合理")
    shot(du, "second-step")
    decide(fan, number, "同意")
    expect(fan.locator(".signing-now")).to_contain_text("雷法务")
    decide(lei, number, "同意")

    expect(lei.locator("#ticket-head")).to_contain_text("已批准")
    expect(lei.locator(".signing")).to_have_count(0)
    lei.goto("/approvals/")
    expect(lei.locator("#list")).to_contain_text("没有等您审批的工单")
    expect(lei.locator("#nav-count-approvals")).to_be_hidden()
    lei.keyboard.press("g")
    lei.keyboard.press("p")
    lei.wait_for_url("**/approvals/")


def test_a_deputy_is_named_and_signs_on_behalf(sign_in: SignIn, office: Regulation) -> None:
    number = apply(office, item="会议室投影仪")
    du, zhou = sign_in("du"), sign_in("zhou")
    last = timezone.localdate() + timedelta(days=3)
    du.goto("/approvals/")
    du.get_by_role("link", name="我的代理人").first.click()

    du.fill("#deputy-form [name=deputy]", "没有这个人")
    du.fill("#deputy-form [name=until]", str(last))
    du.fill("#deputy-form [name=reason]", "休假")
    du.get_by_role("button", name="指定代理人").click()
    expect(du.locator("[data-field=deputy] .field-error")).to_contain_text("没有找到这位在职人员")
    expect(du.locator("#deputy-form [name=reason]")).to_have_value("休假")
    shot(du, "deputy-refused")
    du.fill("#deputy-form [name=deputy]", "周员工")
    du.get_by_role("button", name="指定代理人").click()
    expect(du.locator(".deputy-list")).to_contain_text("周员工")
    shot(du, "deputies")

    zhou.goto("/approvals/")
    expect(zhou.locator(f"#row-{number}")).to_contain_text("代 杜负责")
    decide(zhou, number, "同意")
    expect(zhou.locator(".signing-done")).to_contain_text(re.compile(r"周员工\s*代 杜负责"))
    expect(zhou.locator("#timeline")).to_contain_text("杜负责")

    du.get_by_role("button", name="结束代理").click()
    expect(du.locator("main")).to_contain_text("目前及以后都没有指定代理人")


def busy(office: Regulation) -> str:
    """Fill the lists; return a ticket whose panel shows everything at once."""
    for item in ("打印纸二十箱", "会议室投影仪及配套支架、线材和遥控器的采购与安装"):
        apply(office, item=item)
    office.do(apply(office, item="办公椅"), "sign", {"decision": "returned", "reason": "缺报价"}, by="du")
    until = office.now + timedelta(days=3)
    for member, deputy in (("du", "zhou"), ("fei", "mo"), ("ma", "du")):
        draft = DelegationDraft(office.members[member], office.members[deputy], office.now, until, "休假")
        name_deputy(draft, by=BUILDER, at=office.now)
    number = apply(office, item="机房服务器两台，含三年上门维保", amount="80000")
    office.do(number, "sign", {"decision": "approved", "reason": "请尽快采购"}, by="du")
    office.do(number, "amend", {"amount": "90000"}, by="fei")
    office.do(number, "sign", {"decision": "approved", "reason": "同意新的金额"}, by="zhou")
    office.do(number, "pass_on", {"signer": office.members["ma"].pk, "reason": "出差两周，请代为审核"}, by="lei")
    return number


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (1280, "dark"), (375, "light"), (375, "dark")])
def test_every_page_fits_its_window_and_can_be_read(sign_in: SignIn, office: Regulation, width: int, theme: str) -> None:
    number = busy(office)
    complaints: list[str] = []
    pages = [
        ("du", "/approvals/"), ("fan", "/approvals/"), ("zhou", "/approvals/"), ("mei", "/approvals/"), ("du", "/approvals/signed"),
        ("chen", "/approvals/applied"), ("du", "/people/deputies"), ("chen", f"/tickets/{number}/"), ("fan", f"/tickets/{number}/"),
        ("fan", f"/tickets/{number}/?do=sign"), ("ma", f"/tickets/{number}/?do=pass_on"),
    ]  # fmt: skip
    windows: dict[str, Page] = {}

    for name, address in pages:
        if name not in windows:
            windows[name] = sign_in(name, width=width, theme=theme)
            windows[name].on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
            windows[name].on("pageerror", lambda error: complaints.append(str(error)))
        page = windows[name]
        page.goto(address)
        page.wait_for_load_state("networkidle")
        shot(page, f"{name}-{re.sub(r'[^a-z]+', '-', address).strip('-')}-{width}-{theme}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        assert wrong_to_read(page) == [], address
    assert complaints == []
