"""The console in a real browser: it fits every window, reads in both themes, and loses nothing that was typed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

from banjie.config.environment import PROJECT_ROOT
from tests.browser.conftest import SignIn, shot

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
AXE = PROJECT_ROOT / "node_modules" / "axe-core" / "axe.min.js"
PAGES = ("/tickets/?view=all", "/tickets/new/", "/duties/", "/inbox/", "TICKET", "TICKET?do=reopen", "DUTY")


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (1280, "dark"), (375, "light"), (375, "dark")])
def test_every_page_fits_its_window_and_can_be_read(sign_in: SignIn, width: int, theme: str) -> None:
    page = sign_in("li", width=width, theme=theme)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))

    for name in PAGES:
        page.goto(address_of(page, name))
        page.wait_for_load_state("networkidle")
        shot(page, f"{name.strip('/').replace('/', '-').replace('?', '-')}-{width}-{theme}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert wrong_to_read(page) == [], name
    assert complaints == []


def address_of(page: Page, name: str) -> str:
    if name.startswith("TICKET"):
        page.goto("/tickets/?view=all")
        return f"{page.locator('.list-row-link').first.get_attribute('href')}{name.removeprefix('TICKET')}"
    if name == "DUTY":
        page.goto("/duties/")
        return page.locator(".panel-title a").first.get_attribute("href") or ""
    return name


def wrong_to_read(page: Page) -> list[str]:
    """Return what axe finds serious: contrast, names, labels."""
    if not AXE.exists():
        return []
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found["violations"] if one["impact"] in ("serious", "critical")]


def first_open(page: Page) -> str:
    page.goto("/tickets/?view=all")
    return page.locator(".list-row-link").nth(3).get_attribute("href") or ""


def test_two_people_on_one_ticket_the_slower_keeps_his_words_and_sees_what_changed(sign_in: SignIn) -> None:
    li, zhang = sign_in("li"), sign_in("zhang")
    ticket = first_open(li)
    li.goto(f"{ticket}?do=urge")
    zhang.goto(f"{ticket}?do=comment")
    li.fill("#action-form [name=note]", "客户很急")

    zhang.fill("#action-form [name=note]", "客户又来电了")
    zhang.locator("#action-form button[type=submit]").click()

    expect(li.locator("#ticket-news")).to_contain_text("张敏")
    li.locator("#action-form .form-actions button[type=submit]").click()
    expect(li.locator("#action-form [data-errors]")).to_contain_text("客户又来电了")
    expect(li.locator("#action-form [name=note]")).to_have_value("客户很急")
    expect(li.locator("#timeline")).to_contain_text("客户又来电了")
    shot(li, "conflict")
    li.get_by_role("button", name="仍然提交").click()
    expect(li.locator("#timeline")).to_contain_text("客户很急")


def test_a_double_click_is_one_remark(sign_in: SignIn) -> None:
    li = sign_in("li")
    ticket = first_open(li)
    li.goto(f"{ticket}?do=comment")
    li.fill("#action-form [name=note]", "只记一次")

    li.locator("#action-form button[type=submit]").dblclick()

    li.wait_for_url(f"**{ticket}")
    expect(li.locator("#timeline .history-details", has_text="只记一次")).to_have_count(1)


def test_a_session_that_ends_in_the_middle_of_a_form_loses_nothing(sign_in: SignIn) -> None:
    li = sign_in("li")
    ticket = first_open(li)
    li.goto(f"{ticket}?do=comment")
    li.fill("#action-form [name=note]", "写到一半")
    li.context.clear_cookies(name=re.compile("^banjie-"))

    li.locator("#action-form button[type=submit]").click()

    expect(li.locator("#dialog-sign-in")).to_be_visible()
    shot(li, "session-ended")
    expect(li.locator("#action-form [name=note]")).to_have_value("写到一半")


def test_intake_fills_only_what_is_empty(sign_in: SignIn) -> None:
    li = sign_in("li")
    li.goto("/tickets/new/")
    li.fill("[name=address]", "客户说的新地址")

    li.fill("[name=terminal_no]", "T-88001")

    expect(li.locator("#match")).to_contain_text("老王火锅")
    expect(li.locator("[name=merchant_no]")).to_have_value("M-5001")
    expect(li.locator("[name=address]")).to_have_value("客户说的新地址")


def test_on_a_phone_a_ticket_is_one_card_and_all_of_it_is_the_link(sign_in: SignIn) -> None:
    li = sign_in("li")
    li.goto("/tickets/new/?type=pos-terminal-service:consumables")
    li.get_by_label("商户", exact=True).check()
    li.get_by_label("紧急", exact=True).check()
    li.fill("[name=problem]", "打印纸快用完了，今天下午三点以前请送五卷到店里来，店里只有一个人走不开")
    li.locator("[name=problem]").press("Control+Enter")
    li.wait_for_url("**/tickets/HC-*/**")
    number = li.url.split("/tickets/")[1].split("/")[0]
    phone = sign_in("li", width=375)
    phone.goto("/tickets/")
    card = phone.locator(f"#row-{number}")
    card.scroll_into_view_if_needed()
    shot(phone, "queue-cards")

    tops = {name: box_of(card.locator(place)) for name, place in PARTS.items()}
    frame = box_of(card)

    first_line = [tops["number"], tops["state"], tops["urgency"]]
    assert max(box["y"] for box in first_line) - min(box["y"] for box in first_line) < 8
    assert tops["number"]["x"] < tops["state"]["x"] < tops["urgency"]["x"]
    assert tops["urgency"]["y"] + tops["urgency"]["height"] <= tops["title"]["y"]
    assert tops["title"]["y"] + tops["title"]["height"] <= tops["due"]["y"] + 2
    assert all(frame["x"] < box["x"] and box["x"] + box["width"] < frame["x"] + frame["width"] for box in tops.values())
    assert frame["height"] >= 44
    assert frame["width"] > 340
    for x, y in ((4, 4), (frame["width"] - 5, frame["height"] - 5)):
        assert phone.evaluate("([x, y]) => document.elementFromPoint(x, y).closest('a')?.className", [frame["x"] + x, frame["y"] + y])
    phone.touchscreen.tap(frame["x"] + frame["width"] - 5, frame["y"] + frame["height"] - 5)
    phone.wait_for_url(f"**/tickets/{number}/")


PARTS = {
    "number": ".work-number",
    "state": ".work-state .pill",
    "urgency": ".work-title > .badge-mark",
    "title": ".list-row-link",
    "due": ".clock-span",
}


def box_of(place: Locator) -> FloatRect:
    box = place.bounding_box()
    assert box is not None
    return box


def test_a_page_has_one_primary_button_whether_a_form_is_open_or_not(sign_in: SignIn) -> None:
    li = sign_in("li")
    ticket = first_open(li)

    li.goto(ticket)
    assert blue(li) == ["回访"]
    li.locator("[data-action=supervise]").click()
    expect(li.locator("#action-form")).to_be_visible()
    assert blue(li) == ["督办"]
    li.locator("[data-close-form]").click()
    assert blue(li) == ["回访"]


def blue(page: Page) -> list[str]:
    """Return the words of the buttons in the main part that look like primary ones."""
    page.mouse.move(0, 0)
    page.wait_for_function("() => document.getAnimations().length === 0")  # colours fade
    buttons = page.locator("#main .btn:visible")
    found: list[str] = buttons.evaluate_all(
        "all => all.filter(one => getComputedStyle(one).backgroundColor === 'rgb(34, 83, 207)').map(one => one.textContent.trim())"
    )
    return found
