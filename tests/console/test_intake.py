"""Intake: one form for a caller on the line."""

from __future__ import annotations

import re

import pytest

from banjie.tickets.models import Ticket
from tests.console.desk import HTMX, Desk, text_of

FAULT = "pos-terminal-service:device_fault"


def token(desk: Desk) -> str:
    return re.search(r'name="token" value="([^"]+)"', desk.read(desk.pos.cast.li, "/tickets/new/"))[1]  # type: ignore[index]


@pytest.mark.req("POS-05", "POS-09")
def test_a_request_is_accepted_at_once_and_phone_guidance_stands_open(desk: Desk) -> None:
    li = desk.browser(desk.pos.cast.li)

    fault = li.post("/tickets/new/", {"type": FAULT, "token": token(desk), "source": "merchant", "problem": "不出纸"}, headers=HTMX)
    paper = li.post("/tickets/new/", {"type": "pos-terminal-service:consumables", "token": token(desk), "source": "bank"}, headers=HTMX)

    assert fault["HX-Redirect"].endswith("?do=guide")
    assert paper["HX-Redirect"].endswith("?do=dispatch")
    assert "电话指导内容" in desk.read(desk.pos.cast.li, fault["HX-Redirect"])


def test_a_double_click_creates_one_ticket_and_an_old_form_creates_no_second(desk: Desk) -> None:
    li = desk.browser(desk.pos.cast.li)
    form = {"type": FAULT, "token": token(desk), "source": "bank", "problem": "不出纸"}

    first, second = li.post("/tickets/new/", form, headers=HTMX), li.post("/tickets/new/", form, headers=HTMX)
    third = li.post("/tickets/new/", {**form, "problem": "另一件事"}, headers=HTMX)

    assert first["HX-Redirect"] == second["HX-Redirect"]
    assert (third.status_code, Ticket.objects.count()) == (422, 1)
    assert "已经生成工单" in text_of(third)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"problem": "不出纸"}, "type"),
        ({"type": "pos-terminal-service:nonsense"}, "type"),
        ({"type": FAULT, "phone": "12"}, "phone"),
        ({"type": FAULT, "terminal_no": "!"}, "terminal_no"),
        ({"type": FAULT, "source": "moon"}, "source"),
        ({"type": FAULT, "problem": "不出纸"}, "source"),
    ],
)
def test_a_wrong_entry_is_named_and_creates_nothing(desk: Desk, form: dict[str, str], field: str) -> None:
    response = desk.browser(desk.pos.cast.li).post("/tickets/new/", {"token": "t", **form}, headers=HTMX)

    assert response.status_code == 422
    assert f'data-field-error="{field}"' in text_of(response)
    assert Ticket.objects.count() == 0


def test_changing_the_type_keeps_what_was_typed(desk: Desk) -> None:
    typed = {"type": "pos-terminal-service:consumables", "problem": "要 <b>纸</b>", "contact": "王老板", "source": "bank"}

    html = text_of(desk.browser(desk.pos.cast.li).post("/tickets/new/fields", typed, headers=HTMX))

    assert "要 &lt;b&gt;纸" in html
    assert 'value="王老板"' in html
    assert 'value="bank" checked' in html


@pytest.mark.req("PLT-18", "POS-12")
def test_a_known_terminal_shows_its_customer_fills_what_is_empty_and_names_open_tickets(desk: Desk) -> None:
    number = desk.open()

    html = text_of(desk.browser(desk.pos.cast.li).post("/tickets/new/match", {"type": FAULT, "terminal_no": "T-88001"}, headers=HTMX))

    assert "老王火锅" in html
    assert "赵强" in html
    assert '"merchant_no": "M-5001"' in html
    assert f"/tickets/{number}/?do=urge" in html


def test_customers_of_other_districts_are_not_shown(desk: Desk) -> None:
    html = text_of(desk.browser(desk.pos.cast.gu_gz).post("/tickets/new/match", {"type": FAULT, "terminal_no": "T-88001"}, headers=HTMX))

    assert "老王火锅" not in html
    assert "尚无此客户" in html
