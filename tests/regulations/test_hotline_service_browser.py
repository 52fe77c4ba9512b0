"""Scenarios S5 and S7 by hand in a real browser: a refused fault reported again, and a ticket older than 24 hours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from banjie.deadlines.duties import run_duties
from tests.approval.test_browser import SignIn
from tests.regulation import Regulation, install
from tests.regulations import first_question as first
from tests.regulations import hotline_service as hotline
from tests.regulations.windows import MARKS, act, at_present, begin, send, shot, windows

pytestmark = MARKS


@pytest.fixture
def line(transactional_db: None) -> Regulation:
    law = at_present(install("hotline-service", hotline.PEOPLE, hotline.UNITS))
    hotline.known_user(law)
    return law


@pytest.fixture
def desk(transactional_db: None) -> Regulation:
    return at_present(install(first.BOOK, first.PEOPLE, first.UNITS))


@pytest.fixture
def sign_in(line: Regulation, live_server: LiveServer, one_chromium: Browser) -> Iterator[SignIn]:
    with windows(line, live_server, one_chromium) as opening:
        yield opening


@pytest.fixture
def sign_in_desk(desk: Regulation, live_server: LiveServer, one_chromium: Browser) -> Iterator[SignIn]:
    with windows(desk, live_server, one_chromium) as opening:
        yield opening


def caller_of_a_fault(page: Page) -> None:
    """Choose the fault and type the user's number."""
    page.goto("/tickets/new/")
    page.get_by_label("故障报修").check()
    expect(page.locator("[data-field=visit_wish]")).to_be_visible()
    page.wait_for_function("!document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')")  # the fields listen from then on
    with page.expect_response("**/tickets/new/match"):
        page.fill("[name=user_no]", "U-5566")


def a_caller_with_arrears(page: Page) -> str:
    """Take a fault of a user in arrears; the form asks for the dunning. Return the ticket's number."""
    caller_of_a_fault(page)
    expect(page.locator("#match")).to_contain_text("余用户")
    page.fill("[name=user_address]", "东风路8号")
    page.fill("[name=phone]", "13812345678")
    page.fill("[name=content]", "无信号")
    page.locator("[name=arrears][value=owing]").check()
    expect(page.locator("[name=dunned]")).to_be_visible()
    page.fill("[name=arrears_amount]", "87")
    page.fill("[name=dunned]", "用户答应今天缴")
    shot(page, "hotline-1-arrears")
    page.locator("[name=content]").press("Control+Enter")
    page.wait_for_url("**/tickets/GZ-*/**")
    return page.url.split("/tickets/")[1].split("/")[0]


def test_s5_a_fault_is_refused_marked_dispatched_to_a_person_signed_and_reported_again(sign_in: SignIn, line: Regulation) -> None:
    lin, dong, hu = sign_in("lin"), sign_in("dong"), sign_in("hu", width=375)

    number = a_caller_with_arrears(lin)
    begin(lin, number, "dispatch")
    lin.locator("#action-form [name=target_unit]").select_option(label="东工区")
    send(lin)
    expect(lin.locator("#ticket-head")).to_contain_text("已派单")
    begin(dong, number, "refuse")
    send(dong)
    expect(dong.locator("#action-form")).to_contain_text("原因")
    dong.fill("#action-form [name=reason]", "属西工区")
    send(dong)
    dong.wait_for_url("**/tickets/")  # it is no longer his to see
    expect(dong.locator("body")).to_contain_text("拒绝签收")

    lin.goto("/tickets/")
    expect(lin.locator(f"#row-{number}")).to_contain_text("未派单(拒签)")
    shot(lin, "hotline-2-refused")
    begin(lin, number, "dispatch")
    lin.locator("#action-form [name=technician]").select_option(value=str(line.members["hu"].pk))
    send(lin)
    act(hu, number, "sign", "已签收")
    shot(hu, "hotline-3-signed")
    expect(hu.locator(f"a[href$='/tickets/{number}/print/sign.pdf']")).to_be_visible()

    caller_of_a_fault(lin)
    again = lin.locator(f"a[href*='/tickets/{number}/?do=append']")
    expect(again).to_be_visible()
    shot(lin, "hotline-4-repeat")
    again.click()
    lin.fill("#action-form [name=note]", "又无信号")
    send(lin)
    expect(lin.locator("#ticket-head")).to_contain_text("未派单")
    expect(lin.locator("#timeline")).to_contain_text("又无信号")


def test_s7_the_shift_leader_works_off_his_list_and_the_first_taker_sees_it(sign_in_desk: SignIn, desk: Regulation) -> None:
    desk.now -= timedelta(hours=25)
    number = first.circulating(desk)
    desk.pass_time(hours=25)
    run_duties(desk.now)
    zhi, ma = sign_in_desk("zhi"), sign_in_desk("ma")

    zhi.goto("/duties/")
    expect(zhi.locator("main")).to_contain_text("超过24小时未完结工单")
    expect(zhi.locator("main")).to_contain_text(number)
    shot(zhi, "first-1-list")
    begin(zhi, number, "opine", note="联系厂家")
    send(zhi)
    expect(zhi.locator("#action-form")).to_contain_text("已实施的跟进")
    zhi.fill("#action-form [name=follow_up]", "已致电厂家")
    send(zhi)
    expect(zhi.locator("#timeline")).to_contain_text("联系厂家")
    zhi.goto("/duties/")
    shot(zhi, "first-2-done")

    ma.goto(f"/tickets/{number}/")
    expect(ma.locator("#timeline")).to_contain_text("已致电厂家")
    shot(ma, "first-3-owner")
