"""Forms in a real browser: files, yes or no, a choice among proposals, and typing while the fields are drawn anew."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from tests.console.forms import at_work
from tests.regulation import Regulation
from tests.regulations.windows import MARKS, Window, do, number_of, shot, stands, windows

pytestmark = MARKS
NEW = "/tickets/new/?type=form-book:job"


@pytest.fixture
def law(transactional_db: None) -> Regulation:
    return at_work()


@pytest.fixture
def window(law: Regulation, live_server: LiveServer, one_chromium: Browser) -> Iterator[Window]:
    with windows(law, live_server, one_chromium) as opening:
        yield opening


def choose_extra(page: Page) -> None:
    page.locator("[name=type][value='form-book:extra']").check(force=True)


def slowly(route: Route) -> None:
    time.sleep(0.7)
    route.continue_()


def test_files_answers_and_choices_by_hand(window: Window, law: Regulation, tmp_path: Path) -> None:
    an, shen = window("an"), window("shen", width=375)
    sheet = tmp_path / "申请表.pdf"
    sheet.write_bytes(b"%PDF-1.7 x")
    an.goto(NEW)
    an.fill("[name=what]", "装修")
    an.set_input_files("[name=upload-papers]", [sheet, sheet])
    expect(an.locator("#files-papers li")).to_have_count(2)
    an.locator("#files-papers [data-remove-file]").first.click()
    expect(an.locator("#files-papers li")).to_have_count(1)
    shot(an, "forms-1-files")
    an.locator("[name=what]").press("Control+Enter")
    number = number_of(an, "BD")
    expect(an.locator("#ticket-main .file-link")).to_have_text("申请表.pdf")

    do(an, number, "judge", choices={"ours": "no"})
    expect(an.locator("#timeline")).to_contain_text("判断")
    law.do(number, "offer", {"offers": [{"plan": "原价退款", "cost": "100"}, {"plan": "补发", "cost": "50"}]}, by="an")
    shen.goto(f"/tickets/{number}/?do=choose")
    expect(shen.get_by_label("2 · 补发，50.00")).to_be_visible()
    shot(shen, "forms-2-choose")
    do(shen, number, "choose", {"instruction": "速办"}, {"decision": "approved", "chosen": "2"})
    stands(shen, "已定")
    expect(shen.locator(".row-chosen")).to_contain_text("补发")
    shot(shen, "forms-3-chosen")
    assert law.ticket(number).fields["ours"] is False


def test_what_is_typed_while_another_type_is_fetched_is_neither_lost_nor_interrupted(window: Window) -> None:
    page = window("an")
    page.goto(NEW)
    page.route("**/tickets/new/fields", slowly)

    choose_extra(page)
    page.locator("[name=what]").press_sequentially("漏水")
    expect(page.locator("[name=phone]")).to_be_visible()
    page.keyboard.type("了")

    expect(page.locator("[name=what]")).to_have_value("漏水了")


def test_new_fields_listen_at_once(window: Window) -> None:
    page = window("an")
    page.goto(NEW)
    page.evaluate("""document.body.addEventListener("htmx:afterSwap", () => setTimeout(() => {
        const phone = document.querySelector("[name=phone]");
        phone.value = "13800001111";
        phone.dispatchEvent(new Event("input", { bubbles: true }));
    }))""")

    with page.expect_request("**/tickets/new/match", timeout=5000):
        choose_extra(page)
