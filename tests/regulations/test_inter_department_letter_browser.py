"""A letter from one department to another by hand in a real browser: refused without its copies, sent, answered, instructed, filed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from tests.regulation import install
from tests.regulations.test_inter_department_letter import FILED, LETTER, PEOPLE, UNITS
from tests.regulations.windows import MARKS, do, number_of, shot, stands, take, windows

pytestmark = MARKS


@pytest.mark.usefixtures("transactional_db")
def test_a_letter_goes_to_the_other_department_and_to_the_files(live_server: LiveServer, one_chromium: Browser) -> None:
    law = install("inter-department-letter", PEOPLE, UNITS)
    law.dismiss("pan", "direct_superior")
    with windows(law, live_server, one_chromium) as window:
        xiao, shen, sheng = window("xiao"), window("shen"), window("sheng")
        take(xiao, "inter-department-letter:letter", LETTER)
        number = number_of(xiao, "LH")

        form = do(shen, number, "send", choices={"target_unit": str(law.units["MAKE"].pk)})
        expect(form).to_contain_text("直接上级")
        shot(shen, "letter-1-no-copy")
        law.appoint("xing", "direct_superior", "SALES")
        form.locator(".form-actions button[type=submit]").click()
        stands(shen, "已发函")
        expect(shen.locator("#timeline")).to_contain_text("抄送")
        shen.reload()
        expect(shen.locator(".facts").first).to_contain_text("生产部")
        shot(shen, "letter-2-sent")

        sheng.goto("/")
        expect(sheng.locator(f"#row-{number}")).to_be_visible()
        do(sheng, number, "answer", {"opinion": "可交2台，第3台19日交"})
        stands(sheng, "已回复")
        qian = window("qian", width=375)
        do(qian, number, "instruct", {"instruction": "3台均于18日交付"})
        stands(qian, "已批示")
        xing = window("xing")
        do(xing, number, "file", FILED)
        stands(xing, "已存档")
        shot(xing, "letter-3-filed")
        for reader in (shen, xiao):
            reader.goto(f"/tickets/{number}/")
            stands(reader, "已存档")
            expect(reader.locator("main")).to_contain_text("3台均于18日交付")
