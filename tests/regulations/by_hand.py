"""Forms of actions, filled in and sent by hand in a real browser, each waited for until it is answered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from banjie.people.access import forget
from banjie.people.models import Member
from tests.approval.pages import client
from tests.approval.test_browser import SignIn
from tests.regulation import Regulation
from tools import messages


def at_present(law: Regulation) -> Regulation:
    """Bring a regulation to the present time, with people who may sign in: doors read the clock themselves."""
    messages.compile_all()
    Member.objects.update(must_change_password=False)
    forget()
    law.now = timezone.now()
    return law


@contextmanager
def windows(law: Regulation, address: str, browser: Browser) -> Iterator[SignIn]:
    """Yield a function that opens a window of somebody: `sign_in("ke", width=375)`."""
    contexts = []

    def sign_in(name: str, *, width: int = 1280) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, locale="zh-CN", base_url=address)
        contexts.append(context)
        cookie = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": cookie, "value": client(law, name).cookies[cookie].value, "url": address}])
        page = context.new_page()
        page.set_default_timeout(20_000)
        return page

    yield sign_in
    for context in contexts:
        context.close()


def begin(page: Page, number: str, action: str, **entries: str) -> None:
    """Open the form of an action and fill it in; the texts of choices are given as "=text"."""
    page.goto(f"/tickets/{number}/?do={action}")
    expect(page.locator("#action-form")).to_be_visible()
    for name, text in entries.items():
        if text.startswith("="):
            page.locator(f"#action-form [data-field={name}]").get_by_label(text[1:], exact=True).check()
        else:
            page.fill(f"#action-form [name='{name}']", text)


def send(page: Page) -> None:
    """Send the form of the action, and wait until it is answered."""
    with page.expect_response(
        lambda answer: answer.request.method == "POST" and "/actions/" in answer.url and not answer.url.endswith("/fields")
    ):
        page.locator("#action-form .form-actions button[type=submit]").click()


def act(page: Page, number: str, action: str, state: str, **entries: str) -> None:
    """Do an action, which brings the ticket into a state."""
    begin(page, number, action, **entries)
    send(page)
    expect(page.locator("#ticket-head")).to_contain_text(state)


def opened(page: Page, letter: str, last: str) -> str:
    """Send the form of a new ticket with the keyboard, from its field `last`; return its number."""
    page.locator(f"[name={last}]").press("Control+Enter")
    page.wait_for_url(f"**/tickets/{letter}-*/**")
    return page.url.split("/tickets/")[1].split("/")[0]
