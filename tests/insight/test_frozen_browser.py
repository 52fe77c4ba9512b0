"""A ledger by hand in a real browser: narrowed, counted, frozen, and signed on a phone."""

from __future__ import annotations

from datetime import datetime, time

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from banjie.insight.models import FrozenCopy
from banjie.insight.period import closed_periods
from tests.insight.frozen import at_work, handled, opened
from tests.regulation import Regulation
from tests.regulations.windows import MARKS, shot, windows

pytestmark = MARKS
LONG = "更换承运商，赔付运费，向客户书面致歉，并请配送部每周抽查一次外包装，连续三个月没有破损再恢复正常抽查比例"


def last_quarter(law: Regulation) -> str:
    """Enter cases in the quarter that is over; return the query of its days."""
    quarter = closed_periods("quarter", timezone.localdate(), 1)[0]
    law.now = timezone.make_aware(datetime.combine(quarter.first, time(9)))
    handled(law)
    for customer in ("王老板", "李老板", LONG[:20]):
        opened(law, customer=customer, cause="broken", paid=True)
    return f"first={quarter.first}&last={quarter.last}"


def fits(page: Page) -> None:
    """Demand that nothing but the tables is wider than the window."""
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("window.innerWidth")


@pytest.mark.usefixtures("transactional_db")
def test_a_quarter_is_narrowed_counted_frozen_and_signed(live_server: LiveServer, one_chromium: Browser) -> None:
    law = at_work()
    query = last_quarter(law)
    with windows(law, live_server, one_chromium) as window:
        desk = window("lan")
        desk.goto(f"/insight/ledgers?book=frozen-book&{query}")
        expect(desk.locator("#table-count-cause")).to_contain_text("75.0%")
        wide = desk.locator(".list-table-wide")
        expect(wide.locator("tbody tr")).to_have_count(4)
        scroll = desk.locator(".table-scroll", has=wide)
        scroll.evaluate("one => one.scrollLeft = 600")
        assert wide.locator("tbody td").first.bounding_box()["x"] >= scroll.bounding_box()["x"] - 1  # type: ignore[index]  # the first column stays
        fits(desk)
        shot(desk, "ledger-1280")
        desk.locator("select[name=c-cause]").select_option("late")
        expect(wide.locator("tbody tr")).to_have_count(1)

        desk.get_by_role("link", name="冻结副本").click()
        desk.get_by_role("button", name="冻结").click()
        expect(desk.locator("main")).to_contain_text("完整：刚刚重新计算了摘要")
        shot(desk, "copy-1280")
        copy = FrozenCopy.objects.get()

        phone = window("bo", width=375)
        phone.goto("/inbox")
        phone.goto("/insight/copies/to-sign")
        fits(phone)
        shot(phone, "to-sign-375")
        phone.get_by_role("link", name="投诉台账").click()
        fits(phone)
        phone.get_by_role("button", name="在这份副本上签字").click()
        expect(phone.locator("main")).to_contain_text("以“分管领导”身份签字")
        expect(phone.get_by_role("button", name="在这份副本上签字")).to_have_count(0)
        fits(phone)
        shot(phone, "copy-375")
        phone.goto(f"/insight/ledgers?book=frozen-book&{query}")
        fits(phone)
        shot(phone, "ledger-375")
        desk.goto(f"/insight/copies/{copy.pk}")
        expect(desk.locator("main")).to_contain_text("审计")
        shot(desk, "copy-signed-1280")
