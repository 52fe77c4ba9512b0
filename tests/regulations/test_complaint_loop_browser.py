"""Scenario S9 by hand in a real browser: a valid complaint from its registration to the leader's choice, the callback and the file."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from banjie.people.access import forget
from banjie.people.models import Member
from tests.approval.pages import client
from tests.approval.test_browser import BUILT, CHROMIUM
from tests.regulation import Regulation
from tests.regulations.complaint_loop import CALL, at_work
from tools import messages

PICTURES = os.environ.get("PICTURES", "")  # a folder: keep what the pages look like

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here"),
    pytest.mark.skipif(not BUILT, reason="the browser code is not built: npm ci && npm run build"),
]


@pytest.fixture
def law(transactional_db: None) -> Regulation:
    """Return the regulation at the present time: doors read the clock themselves."""
    found = at_work()
    messages.compile_all()
    Member.objects.update(must_change_password=False)
    forget()
    found.now = timezone.now()
    return found


@pytest.fixture
def pages(law: Regulation, live_server: LiveServer, one_chromium: Browser) -> Iterator[dict[str, Page]]:
    """Return a signed-in window of each person of the scenario."""
    contexts = {}
    for name in ("an", "song", "peng", "lin"):
        context = one_chromium.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN", base_url=live_server.url)
        cookie = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": cookie, "value": client(law, name).cookies[cookie].value, "url": live_server.url}])
        contexts[name] = context
    opened = {name: context.new_page() for name, context in contexts.items()}
    for page in opened.values():
        page.set_default_timeout(20_000)
    yield opened
    for context in contexts.values():
        context.close()


def shot(page: Page, name: str) -> None:
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


def fill(page: Page, entries: Mapping[str, str]) -> None:
    """Fill in a form; a choice is named by "=" and its value."""
    for name, value in entries.items():
        if not value.startswith("="):
            page.locator(f"[name='{name}']").fill(value)
            continue
        field = page.locator(f"[name='{name}']").first
        if field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(value=value[1:])
        else:
            page.locator(f"[name='{name}']{'' if value == '=on' else f'[value={value[1:]!r}]'}").check()


def act(page: Page, number: str, action: str, state: str, entries: Mapping[str, str] | None = None) -> None:
    """Do an action by hand, and see the ticket in its new state."""
    page.goto(f"/tickets/{number}/?do={action}")
    expect(page.locator("#action-form")).to_be_visible()
    fill(page, entries or {})
    with page.expect_response(lambda answer: f"/actions/{action}" in answer.url and answer.request.method == "POST"):
        page.locator("#action-form .form-actions button[type=submit]").click()
    expect(page.locator("#ticket-head")).to_contain_text(state)


def test_s9_by_hand(pages: dict[str, Page], law: Regulation) -> None:
    an, song, peng, lin = (pages[name] for name in ("an", "song", "peng", "lin"))
    an.goto("/tickets/new/?type=complaint-loop:complaint")
    fill(an, {"source": "=phone", **{name: CALL[name] for name in ("customer", "phone", "description")}, "happened_at": "2024-06-10T09:00"})
    shot(an, "complaint-1-registration")
    an.locator("[name=customer]").press("Control+Enter")
    an.wait_for_url("**/tickets/TS-*/**")
    number = an.url.split("/tickets/")[1].split("/")[0]

    promised = f"{timezone.localtime(law.now + timedelta(days=2)):%Y-%m-%dT%H:%M}"
    grounds = {
        "mood": "=angry",
        "demand": "赔偿并道歉",
        "reason_sufficient": "=yes",
        "demand_reasonable": "=yes",
        "judgement": "面单显示已丢失",
    }
    act(an, number, "judge", "成立待定责任部门", {**grounds, "validity": "=valid", "promised_at": promised})
    expect(an.locator("#ticket-side")).to_contain_text("答应客户的答复时间")
    shot(an, "complaint-2-promise")
    department, worker = str(law.units["DELIVERY"].pk), str(law.members["song"].pk)
    act(an, number, "assign", "调查中", {"target_unit": f"={department}", "worker": f"={worker}"})

    cause = {"investigation": "分拨中心遗失", "cause": "=courier_loss", "cause_analysis": "交接未扫描", "service_cause": "=no"}
    act(song, number, "investigate", "方案研讨中", cause)
    solutions = {"proposals.0.solution": "原价退款", "proposals.0.compensation": "100", "proposals.1.solution": "补发并赔50元"}
    act(song, number, "propose", "方案研讨中", {"discussion": "三部门研讨", **solutions, "proposals.1.compensation": "50"})
    peng.goto(f"/tickets/{number}/?do=propose")  # what was proposed stands in the form
    expect(peng.locator("[name='proposals.1.solution']")).to_have_value("补发并赔50元")
    expect(peng.locator("[name='proposals.1.by_when']")).to_have_value("")
    shot(peng, "complaint-3-proposed")
    act(peng, number, "submit", "方案待选定")

    lin.goto(f"/tickets/{number}/")
    expect(lin.locator("#ticket-main")).to_contain_text("补发并赔50元")
    shot(lin, "complaint-4-solutions")
    act(lin, number, "choose", "执行中", {"decision": "=approved", "chosen": "=2", "instruction": "按方案二,今日补发"})
    act(song, number, "execute", "已执行待回访", {"result": "已补发并赔付50元", "fully_solved": "=on"})

    act(an, number, "call_back", "客户满意待归档", {"reached": "=satisfied"})
    act(an, number, "file", "已归档")
    shot(an, "complaint-5-filed")
