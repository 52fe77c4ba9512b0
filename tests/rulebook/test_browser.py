"""The rulebooks' pages in a real browser: they fit, they read, they obey the policy, and a draft becomes active on them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from banjie.people.grants import forget
from banjie.people.models import Member
from banjie.people.verbs.posts import assign_post
from banjie.rulebook.models import RulebookVersion
from banjie.rulebook.shipped import install_shipped, shipped_text
from banjie.rulebook.verbs.versions import propose, save_draft
from banjie.worktime.verbs.install_shipped import install_shipped_calendars
from tests.cast import BUILDER, LONG_AGO, Cast
from tests.pos import moment
from tests.rulebook.books import SMALL, as_its_text_leaves_it

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
BUILT = AXE.exists() and (ROOT / "banjie" / "ui" / "static" / "dist" / "app.js").exists()
PICTURES = os.environ.get("PICTURES", "")  # a folder: keep what the pages look like

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here"),
    pytest.mark.skipif(not BUILT, reason="the browser code is not built: npm ci && npm run build"),
]


@pytest.fixture
def browser(one_chromium: Browser) -> Browser:
    return one_chromium


@pytest.fixture
def books(transactional_db: None, cast: Cast) -> dict[str, int]:
    """Put the POS regulation to work, with a changed version that waits, and a draft with unset limits."""
    Member.objects.update(must_change_password=False)
    install_shipped_calendars(by=BUILDER, at=LONG_AGO)
    active = install_shipped("pos-terminal-service", by=BUILDER, at=moment("2024-06-01 08:00"))
    changed = shipped_text("pos-terminal-service").replace("within: 10m", "within: 8m").replace("take: 10%", "take: 20%")
    waiting = propose(save_draft(changed, by=cast.wang_sup.actor, at=moment("2024-06-02 08:00")).pk, by=BUILDER, at=LONG_AGO)
    draft = save_draft(as_its_text_leaves_it(), by=BUILDER, at=moment("2024-06-02 09:00"))
    again = save_draft(changed, by=cast.wang_sup.actor, at=moment("2024-06-02 09:30"))
    return {"active": active.pk, "waiting": waiting.pk, "draft": draft.pk, "changed": again.pk}


def signed_in(
    browser: Browser, server: LiveServer, member: Member, *, width: int = 1280, theme: str = "light", language: str = "zh-CN"
) -> BrowserContext:
    """Open a browser in which a member is signed in."""
    forget()
    client = Client()
    client.force_login(member)
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme, locale=language, base_url=server.url)  # type: ignore[arg-type]
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": server.url}])
    return context


PAGES = {
    "list": "/rulebooks/",
    "explain": "/rulebooks/{active}/",
    "unset": "/rulebooks/{draft}/",
    "changes": "/rulebooks/{waiting}/?tab=changes",
    "text": "/rulebooks/{active}/?tab=text",
    "history": "/rulebooks/{active}/?tab=history",
    "edit": "/rulebooks/write/{draft}",
    "new": "/rulebooks/write/new",
    "form": "/rulebooks/write/{draft}?part=form",
    "flow": "/rulebooks/write/{draft}?part=flow",
    "changed": "/rulebooks/write/{changed}?part=changes",
    "effect": "/rulebooks/write/{changed}?part=impact",
    "bring": "/rulebooks/write/bring",
}


@pytest.mark.parametrize(("width", "theme", "language"), [(1280, "dark", "en"), (375, "light", "zh-CN")])
def test_every_page_fits_reads_and_obeys_the_policy(
    browser: Browser, live_server: LiveServer, books: dict[str, int], cast: Cast, width: int, theme: str, language: str
) -> None:
    context = signed_in(browser, live_server, cast.admin.member, width=width, theme=theme, language=language)

    wrong = [f"{name}: {one}" for name, address in PAGES.items() for one in seen(context, name, address.format(**books))]
    context.close()

    assert wrong == []


def seen(context: BrowserContext, name: str, address: str) -> list[str]:
    """Open a page; return what the browser, axe and the width of the screen complain of."""
    wrong: list[str] = []
    page = context.new_page()
    page.on("console", lambda said: wrong.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(address)
    wrong += complaints(page)
    if PICTURES:
        size = page.viewport_size or {"width": 0}
        page.screenshot(path=f"{PICTURES}/{name}-{size['width']}-{page.evaluate('document.documentElement.lang')}.png", full_page=True)
    page.close()
    return wrong


def complaints(page: Page) -> list[str]:
    """Return what does not fit into the page, and what axe finds."""
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(
        "async () => (await axe.run()).violations.map((one) => one.id + ': ' + one.nodes[0].html.slice(0, 160))"
    )
    return found + ([f"{over} px too wide"] if over > 0 else [])


def write(page: Page, text: str) -> None:
    """Put a text into the editor as a person who pastes it would."""
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def test_a_draft_is_written_checked_proposed_and_approved_by_another(
    browser: Browser, live_server: LiveServer, books: dict[str, int], cast: Cast
) -> None:
    assign_post(cast.boss_hn.member, role=cast.roles["rulebook_approver"], unit=cast.units["HQ"], by=BUILDER, at=LONG_AGO)
    author = signed_in(browser, live_server, cast.wang_sup.member)
    page = author.new_page()
    page.goto("/rulebooks/write/new")
    write(page, SMALL.replace("verb: verify", "verb: verifi"))
    expect(page.locator("#problems")).to_contain_text("没有“verifi”这个动作词")
    page.get_by_role("link", name="第 32 行第 26 列").click()
    expect(page.locator(".cm-activeLine")).to_contain_text("verb: verifi")
    write(page, SMALL)
    expect(page.locator("#problems")).to_contain_text("没有问题，可以提交批准")
    page.get_by_role("button", name="保存草稿").click()
    page.get_by_role("button", name="提交批准").first.click()
    page.locator("#dialog-propose").get_by_role("button", name="提交批准").click()
    expect(page.locator(".book-head")).to_contain_text("等待批准")

    approver = signed_in(browser, live_server, cast.boss_hn.member)
    other = approver.new_page()
    other.goto(page.url)
    other.get_by_role("button", name="批准并启用").first.click()
    other.locator("#dialog-activate").get_by_role("button", name="批准并启用").click()
    expect(other.locator(".book-head")).to_contain_text("使用中")
    author.close()
    approver.close()

    assert RulebookVersion.objects.get(rulebook__slug="small-book").approved_by_id == cast.boss_hn.member.pk
