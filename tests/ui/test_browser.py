"""The face in a real browser: it fits, it reads, it survives lost sessions and lost connections."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.ui import site

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
BUILT = AXE.exists() and (ROOT / "banjie" / "ui" / "static" / "dist" / "app.js").exists()

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here"),
    pytest.mark.skipif(not BUILT, reason="the browser code is not built: npm ci && npm run build"),
]
FORM = "#dialog-example"


@pytest.fixture
def browser(one_chromium: Browser) -> Browser:
    return one_chromium


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with site.serving(ENV=SimpleNamespace(live_url="", live_port=0)) as address:
        yield address


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """Open the gallery, with the example form sent to the test's door."""
    site.SEEN.clear()
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN", base_url=address)
    page = context.new_page()
    page.set_default_timeout(5000)
    open_gallery(page)
    yield page
    context.close()


def open_gallery(page: Page) -> None:
    page.goto("/ui/gallery")
    page.evaluate(
        "() => { const form = document.getElementById('example-form'); form.setAttribute('hx-post', '/door'); htmx.process(form); }"
    )


def send(page: Page, *answers: str) -> None:
    site.ANSWERS[:] = answers
    page.get_by_role("button", name="登记", exact=True).first.click()
    page.fill(f"{FORM} [name=title]", "打印机坏了")
    page.locator(f"{FORM} button[type=submit]").click()


@pytest.mark.parametrize(
    ("width", "theme", "language"), [(1280, "light", "zh-CN"), (1280, "dark", "en"), (375, "light", "en"), (375, "dark", "zh-CN")]
)
def test_every_component_fits_reads_and_obeys_the_policy(browser: Browser, address: str, width: int, theme: str, language: str) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=theme, locale=language)  # type: ignore[arg-type]
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))

    page.goto(f"{address}/ui/gallery")
    page.wait_for_selector("[data-chart] canvas")
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    violations = page.evaluate("async () => (await axe.run()).violations.map((one) => one.id + ': ' + one.nodes[0].html)")
    context.close()

    assert overflow <= 0
    assert violations == []
    assert complaints == []


def test_a_refusal_stands_in_the_form_and_marks_its_fields(page: Page) -> None:
    send(page, "refuse")

    expect(page.locator(f"{FORM} .form-errors")).to_contain_text("有两处需要更正。")
    expect(page.locator(f"{FORM} [data-error-of=title]")).to_have_text("请填写事项。")
    expect(page.locator(f"{FORM} [name=title]")).to_have_attribute("aria-invalid", "true")
    expect(page.locator(f"{FORM} [name=title]")).to_be_focused()
    expect(page.locator(f"{FORM} [name=title]")).to_have_value("打印机坏了")
    expect(page.locator(f"{FORM} button[type=submit]")).to_be_enabled()


def test_an_accepted_form_shows_the_whole_next_page(page: Page) -> None:
    send(page, "next")

    page.wait_for_url("**/ui/gallery?done")
    assert len(site.SEEN) == 1


def test_an_ended_session_asks_to_sign_in_and_keeps_what_was_typed(page: Page) -> None:
    send(page, "signed-out")

    expect(page.get_by_role("heading", name="登录已失效")).to_be_visible()
    page.locator("[data-sign-in-retry]").click()
    expect(page.locator("[data-sign-in-note]")).to_have_text("尚未登录。请先在新窗口中登录。")
    expect(page.locator(f"{FORM} [name=title]")).to_have_value("打印机坏了")


def test_after_signing_in_again_the_same_form_is_sent_with_a_fresh_token(page: Page, address: str) -> None:
    send(page, "signed-out", "next")
    expect(page.get_by_role("heading", name="登录已失效")).to_be_visible()
    page.route("**/ui/session", lambda route: route.fulfill(status=204))
    fresh = "b" * 32
    page.context.add_cookies([{"name": "csrftoken", "value": fresh, "url": address}])

    page.locator("[data-sign-in-retry]").click()

    page.wait_for_url("**/ui/gallery?done")
    assert [sent["title"] for sent in site.SEEN] == ["打印机坏了", "打印机坏了"]
    assert site.SEEN[-1]["csrfmiddlewaretoken"] == fresh


def test_a_lost_connection_offers_to_try_again(page: Page) -> None:
    page.context.set_offline(True)
    send(page, "refuse")
    expect(page.locator("#toasts")).to_contain_text("网络不通")
    page.context.set_offline(False)

    page.locator("#toasts").get_by_role("button", name="重试").click()

    expect(page.locator(f"{FORM} .form-errors")).to_contain_text("有两处需要更正。")
    expect(page.locator("#toasts")).not_to_contain_text("网络不通")


def test_a_broken_server_is_told_in_words(page: Page) -> None:
    send(page, "broken")

    expect(page.locator("#toasts")).to_contain_text("系统未能完成操作")


def test_a_form_in_flight_cannot_be_sent_twice(page: Page) -> None:
    site.ANSWERS[:] = ["next"]
    page.get_by_role("button", name="登记", exact=True).first.click()
    page.fill(f"{FORM} [name=title]", "一次")

    page.evaluate("() => { const form = document.getElementById('example-form'); for (let i = 0; i < 3; i++) form.requestSubmit(); }")

    page.wait_for_url("**/ui/gallery?done")
    assert len(site.SEEN) == 1


def test_typed_text_survives_a_reload_and_can_be_discarded(page: Page) -> None:
    page.on("dialog", lambda dialog: dialog.accept())
    page.fill("#forms [name=contact]", "改过的名字")

    page.reload()

    expect(page.locator("#forms [name=contact]")).to_have_value("改过的名字")
    page.locator("#toasts").get_by_role("button", name="不要恢复").click()
    expect(page.locator("#forms [name=contact]")).to_have_value("王示例")


def test_a_list_can_be_used_without_a_mouse(page: Page) -> None:
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator(".list-row-current")).to_contain_text("GD-250304-018")

    page.keyboard.press("Enter")

    page.wait_for_url("**#GD-250304-018")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="键盘快捷键")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("q")
    page.wait_for_url("**/ui/gallery?queue")


def test_a_clock_follows_the_servers_time_not_the_machines(page: Page) -> None:
    page.clock.install(time="2001-01-01T00:00:00Z")  # a machine whose clock is decades slow
    open_gallery(page)
    page.clock.run_for(2000)

    expect(page.locator(".clock-warn .clock-span").first).to_contain_text("剩 8:5")
    page.clock.run_for(10 * 60 * 1000)
    expect(page.locator("#marks .clock").nth(1)).to_have_class("clock clock-bad")


def test_theme_and_language_are_kept(page: Page) -> None:
    for _ in range(2):
        page.locator(".topbar [data-cycle-theme]").click()
    page.locator(".topbar .language button").click()

    expect(page.locator("h1")).to_have_text("Components")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_navigation_opens_over_the_page_on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 375, "height": 800})
    expect(page.locator(".sidebar-item").first).not_to_be_visible()

    page.get_by_role("button", name="导航").click()

    expect(page.locator(".sidebar-item").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".sidebar-item").first).not_to_be_visible()
