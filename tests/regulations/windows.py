"""Browser windows of the people of a regulation, and forms filled in and sent by hand, each waited for until it is answered."""

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

from banjie.people.access import forget
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


def at_present(law: Regulation) -> Regulation:
    """Bring a regulation to the present time, with people who may sign in: doors read the clock themselves."""
    messages.compile_all()
    Member.objects.update(must_change_password=False)
    forget()
    law.now = timezone.now()
    return law


@contextmanager
def windows(law: Regulation, live_server: LiveServer, browser: Browser) -> Iterator[Window]:
    """Yield a function that opens a window of somebody, signed in, today: `window("ke", width=375)`."""
    at_present(law)
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


def opened(page: Page, letter: str, last: str) -> str:
    """Send the form of a new ticket with the keyboard, from its field `last`; return its number."""
    page.locator(f"[name={last}]").press("Control+Enter")
    return number_of(page, letter)


def begin(page: Page, number: str, action: str, **entries: str) -> Locator:
    """Open the form of an action, fill it in and return it; what is chosen is given as "=" with its text or its value."""
    page.goto(f"/tickets/{number}/?do={action}")
    form = page.locator("#action-form")
    expect(form).to_be_visible(timeout=PATIENCE)
    for name, text in entries.items():
        if text.startswith("="):
            _choose(form, name, text[1:])
        else:
            form.locator(f"[name='{name}']").fill(text)
    return form


def _choose(form: Locator, name: str, wanted: str) -> None:
    by_value = form.locator(f"input[name='{name}'][value='{wanted}']")
    if form.locator(f"select[name='{name}']").count():
        form.locator(f"select[name='{name}']").select_option(wanted)
    elif by_value.count():
        by_value.check()
    elif wanted == "yes":
        form.locator(f"[name='{name}'][type=checkbox]").check()
    else:
        form.locator(f"[data-field='{name}']").get_by_label(wanted, exact=True).check()


def send(page: Page) -> None:
    """Send the form of the action, and wait until it is answered."""
    with page.expect_response(
        lambda answer: answer.request.method == "POST" and "/actions/" in answer.url and not answer.url.endswith("/fields")
    ):
        page.locator("#action-form .form-actions button[type=submit]").click()


def do(page: Page, number: str, action: str, entries: Mapping[str, str] | None = None, choices: Mapping[str, str] | None = None) -> Locator:
    """Open an action's form, fill it in and send it; return the form."""
    form = begin(page, number, action, **{name: f"={value}" for name, value in (choices or {}).items()}, **(entries or {}))
    send(page)
    return form


def act(page: Page, number: str, action: str, state: str, **entries: str) -> None:
    """Do an action, which brings the ticket into a state."""
    begin(page, number, action, **entries)
    send(page)
    stands(page, state)


def stands(page: Page, state: str) -> None:
    """Expect the ticket to be in a state."""
    expect(page.locator("#ticket-head")).to_contain_text(state, timeout=PATIENCE)
