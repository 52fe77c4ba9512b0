"""A form that changes while somebody fills it: fields come and go, and nothing that was typed is lost or moved."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn, shot
from tests.returns import SLUG

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
ADDRESS = f"/tickets/new/?type={SLUG}:goods"


@pytest.fixture
def form(sign_in: SignIn) -> Page:
    """The form of a return, in front of Chen."""
    page = sign_in("chen_hn")
    page.goto(ADDRESS)
    return page


def test_fields_appear_become_necessary_and_disappear_as_she_types(form: Page) -> None:
    amount, grounds, model = (form.locator(f"[name={name}]") for name in ("amount", "grounds", "model"))
    expect(amount).to_have_count(0)

    form.get_by_label("退款", exact=True).check()
    expect(amount).to_be_visible()
    expect(form.locator("[data-field=amount] .must")).to_be_visible()
    expect(grounds).to_have_count(0)
    amount.press_sequentially("1200", delay=40)
    expect(grounds).to_be_visible()
    expect(form.locator("[data-field=grounds] .must")).to_have_count(0)
    shot(form, "conditions-1-refund")
    amount.fill("6000")
    expect(form.locator("[data-field=grounds] .must")).to_be_visible()
    form.get_by_label("换货", exact=True).check()

    expect(model).to_be_visible()
    expect(amount).to_have_count(0)
    expect(grounds).to_have_count(0)
    shot(form, "conditions-2-exchange")


def test_focus_and_words_stay_while_the_form_changes_around_them(form: Page) -> None:
    form.get_by_label("退款", exact=True).check()
    amount = form.locator("[name=amount]")
    amount.evaluate("input => { input.dataset.same = 'yes'; }")

    amount.press_sequentially("6000", delay=120)  # slower than the form asks: it changes in the middle of the number
    expect(form.locator("[data-field=grounds] .must")).to_be_visible()

    expect(amount).to_be_focused()
    expect(amount).to_have_value("6000")
    expect(amount).to_have_attribute("data-same", "yes")  # the very same control, so that an input method is not interrupted


def test_what_was_typed_comes_back_with_its_field_and_after_a_reload(form: Page) -> None:
    form.get_by_label("退款", exact=True).check()
    form.locator("[name=amount]").fill("6000")
    form.locator("[name=grounds]").fill("整机退款")
    form.get_by_label("换货", exact=True).check()
    expect(form.locator("[name=grounds]")).to_have_count(0)

    form.get_by_label("退款", exact=True).check()
    expect(form.locator("[name=amount]")).to_have_value("6000")
    expect(form.locator("[name=grounds]")).to_have_value("整机退款")
    form.on("dialog", lambda dialog: dialog.accept())
    form.goto(ADDRESS)

    expect(form.get_by_label("退款", exact=True)).to_be_checked()
    expect(form.locator("[name=amount]")).to_have_value("6000")
    expect(form.locator("[name=grounds]")).to_have_value("整机退款")


def test_what_was_hidden_at_the_end_is_not_sent_along(form: Page) -> None:
    form.locator("[name=problem]").fill("屏幕碎了")
    form.get_by_label("退款", exact=True).check()
    form.locator("[name=amount]").fill("6000")
    form.get_by_label("换货", exact=True).check()
    form.locator("[name=model]").fill("AB123")

    form.locator("[name=model]").press("Control+Enter")

    form.wait_for_url("**/tickets/TH-*/**")
    expect(form.locator("#ticket-main")).to_contain_text("AB123")
    expect(form.locator("#ticket-main")).not_to_contain_text("6000")
