"""The bank's regulation from nothing, by hand in a real browser: nobody is certified, no unit registered, until people prepare it on pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from banjie.people.access import forget
from banjie.people.models import Certificate
from tests.regulation import Regulation, install
from tests.regulations.bank_circulation import PEOPLE, SLUG, UNITS, reviewed
from tests.regulations.windows import MARKS, Window, do, shot, stands, windows

pytestmark = MARKS


@pytest.fixture
def bank(transactional_db: None) -> Regulation:
    """Return the bank on its first day; Ao administers, and examines as headquarters' customer service."""
    return install(SLUG, {**PEOPLE, "ao": ("敖管理", "admin hq_cs", "HQ")}, UNITS)


@pytest.fixture
def window(bank: Regulation, live_server: LiveServer, one_chromium: Browser) -> Iterator[Window]:
    with windows(bank, live_server, one_chromium) as opened:
        yield opened


@pytest.mark.req("BNK-09", "BNK-11", "BNK-17")
def test_an_administrator_prepares_the_regulation_by_hand_and_the_refused_ticket_is_circulated(bank: Regulation, window: Window) -> None:
    hu, ao = window("hu"), window("ao")
    number = reviewed(bank)
    circulate(bank, hu, number)
    expect(hu.locator("#action-form [data-errors]")).to_contain_text("请该单位在“单位登记”页登记")

    appoint(bank, ao)
    expect(ao.locator("[data-errors]", has_text="没有“工单流转专员培训与考核”的有效证书")).to_be_visible()
    examine(ao)
    assert Certificate.objects.get().member == bank.members["qian"]
    appoint(bank, ao)
    expect(ao.locator("#main")).to_contain_text("城西支行")
    forget()

    register(window("qian", width=375))

    circulate(bank, hu, number)
    stands(hu, "已流转")


def circulate(bank: Regulation, hu: Page, number: str) -> None:
    do(hu, number, "circulate", choices={"sent_through": "platform", "target_unit": str(bank.units["CX"].pk)})


def appoint(bank: Regulation, ao: Page) -> None:
    ao.goto(f"/people/members/{bank.members['qian'].pk}")
    form = ao.locator("form", has=ao.locator("[name=role]"))
    form.locator("[name=role]").select_option(label="工单流转专员")
    form.locator("[name=unit]").select_option(value=str(bank.units["CX"].pk))
    form.get_by_role("button", name="任命").click()


def examine(ao: Page) -> None:
    """Find the course from the navigation, let one row be refused, correct it."""
    ao.get_by_role("link", name="证书", exact=True).first.click()
    shot(ao, "prepare-1-courses")
    ao.get_by_role("link", name="工单流转专员培训与考核").click()
    shot(ao, "prepare-2-people")
    ao.get_by_role("link", name="登记成绩").click()
    ao.locator("[name='1.member']").fill("qian")
    ao.locator("[name='1.score']").fill("优")
    ao.get_by_role("button", name="登记", exact=True).click()
    expect(ao.locator("[data-field='1.score']")).to_contain_text("整数")
    shot(ao, "prepare-3-wrong")
    ao.locator("[name='1.score']").fill("90")
    ao.get_by_role("button", name="登记", exact=True).click()
    ao.wait_for_url("**/people/certificates/*")
    expect(ao.locator("#main")).to_contain_text("钱专员")
    shot(ao, "prepare-4-certified")


def register(qian: Page) -> None:
    """Register Chengxi on a telephone: the specialist himself."""
    qian.goto("/registrations/")
    shot(qian, "prepare-5-units")
    qian.get_by_role("link", name="城西支行").click()
    shot(qian, "prepare-6-lacking")
    qian.locator("[name=handling]").fill("很快")
    qian.locator("[name=steps]").fill("专员登记—经办办理—专员返回")
    qian.get_by_role("button", name="登记", exact=True).click()
    expect(qian.locator("[data-field=handling]")).to_contain_text("很快")
    qian.locator("[name=handling]").fill("8个工作小时")
    qian.get_by_role("button", name="登记", exact=True).click()
    expect(qian.locator("#main")).to_contain_text("已备齐")
    expect(qian.locator("#main")).to_contain_text("8个工作小时")
    shot(qian, "prepare-7-ready")
    assert qian.evaluate("document.documentElement.scrollWidth") <= 375
