"""Browser windows of the people of a regulation, for journeys by hand."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from banjie.people.models import Member
from tests.approval.pages import client
from tests.approval.test_browser import BUILT, CHROMIUM
from tests.regulation import Regulation
from tools import messages

PICTURES = os.environ.get("PICTURES", "")  # a folder: keep what the pages look like
PATIENCE = 20_000  # milliseconds
MARKS = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(240),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here"),
    pytest.mark.skipif(not BUILT, reason="the browser code is not built: npm ci && npm run build"),
]
Window = Callable[..., Page]


@contextmanager
def windows(law: Regulation, live_server: LiveServer, browser: Browser) -> Iterator[Window]:
    """Yield a function that opens a window of somebody, signed in, today."""
    messages.compile_all()
    Member.objects.update(must_change_password=False)
    law.now = timezone.now()
    contexts = []

    def window(name: str, *, width: int = 1280) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, locale="zh-CN", base_url=live_server.url)
        contexts.append(context)
        cookie = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": cookie, "value": client(law, name).cookies[cookie].value, "url": live_server.url}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        return page

    yield window
    for context in contexts:
        context.close()


def shot(page: Page, name: str) -> None:
    """Keep a picture of the page where one is asked for."""
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


def take(page: Page, kind: str, entries: Mapping[str, str], choices: Mapping[str, str] | None = None) -> None:
    """Fill in the form of a new ticket and send it."""
    page.goto(f"/tickets/new/?type={kind}")
    for name, value in (choices or {}).items():
        page.locator(f"[name={name}][value={value}]").check()
    for name, value in entries.items():
        page.fill(f"[name={name}]", value)
    page.locator(f"[name={next(iter(entries))}]").press("Control+Enter")


def number_of(page: Page, letter: str) -> str:
    """Wait for the page of a new ticket and return its number."""
    page.wait_for_url(f"**/tickets/{letter}-*/**")
    return page.url.split("/tickets/")[1].split("/")[0]


def do(page: Page, number: str, action: str, entries: Mapping[str, str] | None = None, choices: Mapping[str, str] | None = None) -> Locator:
    """Open an action's form, fill it in and send it; return the form."""
    page.goto(f"/tickets/{number}/?do={action}")
    form = page.locator("#action-form")
    expect(form).to_be_visible(timeout=PATIENCE)
    for name, value in (choices or {}).items():
        picked = form.locator(f"[name={name}]").first
        if picked.evaluate("e => e.tagName") == "SELECT":
            picked.select_option(value=value)
        elif value == "yes":
            form.locator(f"[name={name}][type=checkbox]").check()
        else:
            form.locator(f"[name={name}][value='{value}']").check()
    for name, value in (entries or {}).items():
        form.locator(f"[name={name}]").fill(value)
    form.locator(".form-actions button[type=submit]").click()
    return form


def stands(page: Page, state: str) -> None:
    """Expect the ticket to be in a state."""
    expect(page.locator("#ticket-head")).to_contain_text(state, timeout=PATIENCE)
