"""A complaint to the bank by hand in a real browser: a paper, the department, the reply, a doubt, another reply, a satisfied customer, the file."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from tests.regulations.bank_general import DONE, bank_at_work
from tests.regulations.windows import MARKS, Window, act, begin, do, number_of, send, shot, stands, windows

pytestmark = MARKS
REPLY = {name: str(text) for name, text in DONE.items() if name != "fully_solved"}


@pytest.mark.usefixtures("transactional_db")
def test_a_complaint_is_taken_from_a_paper_replied_to_doubted_and_closed_by_a_satisfied_customer(
    live_server: LiveServer, one_chromium: Browser
) -> None:
    law = bank_at_work()
    with windows(law, live_server, one_chromium) as window:
        number = take_from_a_paper(window)
        li, fang, wu = window("li"), window("fang", width=375), window("wu", width=375)
        act(li, number, "assign", "待部门安排", target_unit=f"={law.units['CX'].pk}")
        act(fang, number, "arrange", "处理中", handler=f"={law.members['wu'].pk}")
        form = do(wu, number, "reply_complaint", {**REPLY, "compliance": "", "measure": "柜员调岗并培训"}, {"fully_solved": "yes"})
        expect(form.locator("[data-field=compliance]")).to_contain_text("“合规与客户权益说明”")
        shot(wu, "bank-3-no-word-on-law")
        form.locator("[name=compliance]").fill(REPLY["compliance"])
        send(wu)
        stands(wu, "已答复")
        assert wu.evaluate("document.documentElement.scrollWidth") <= 375

        act(li, number, "call_back", "客户有疑义", reached="=dissatisfied", opinion="只道歉不够")
        expect(li.locator("#ticket-side")).to_contain_text("及时回复和解决疑义")
        shot(li, "bank-4-disputed")
        act(li, number, "assign", "处理中", handler=f"={law.members['zhu'].pk}")
        zhu = window("zhu")
        do(zhu, number, "reply_complaint", {**REPLY, "measure": "行长上门致歉"}, {"fully_solved": "yes"})
        stands(zhu, "已答复")
        act(li, number, "call_back", "已办结", reached="=satisfied", opinion="可以接受")
        wang = window("wang")
        act(wang, number, "file_away", "已归档", archive_no="TS-2024-01", keep_until="2034-06-03")
        expect(wang.locator("#timeline")).to_contain_text("行长上门致歉")
        shot(wang, "bank-5-filed")


def take_from_a_paper(window: Window) -> str:
    """Enter a complaint that came as a paper: its number is asked for as soon as the paper is chosen."""
    ma = window("ma")
    ma.goto("/tickets/new/?type=bank-general:complaint")
    expect(ma.locator("[name=paper_no]")).to_have_count(0)
    ma.get_by_label("纸质文件").check()
    expect(ma.locator("[name=paper_no]")).to_be_visible()
    ma.locator("[name=complaint_about][value=staff]").check()
    ma.locator("[name=is_appeal][value=no]").check()
    ma.fill("[name=content]", "柜员态度差")
    ma.locator("[name=content]").press("Control+Enter")
    expect(ma.locator("[data-field=paper_no]")).to_contain_text("“纸质工单编号”")
    shot(ma, "bank-1-paper")
    ma.fill("[name=paper_no]", "2024-0088")
    ma.locator("[name=content]").press("Control+Enter")
    number = number_of(ma, "TS")
    expect(ma.locator("main")).to_contain_text("2024-0088")
    begin(ma, number, "assign")
    shot(ma, "bank-2-assign")
    return number
