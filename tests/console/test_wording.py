"""Pages for all regulations speak the words of those that are active, not of one of them."""

from __future__ import annotations

from tests.console.desk import Desk, text_of
from tests.console.forms import at_work, client


def test_intake_names_the_keys_of_the_regulation_by_which_a_caller_is_found(desk: Desk) -> None:
    html = desk.read(desk.pos.cast.li, "/tickets/new/?type=pos-terminal-service:device_fault")

    assert "输入终端编号、商户编号、浦思条码、联系电话，即显示对应客户。" in html


def test_intake_asks_for_no_caller_where_the_form_has_nothing_to_find_him_by(db: None) -> None:
    law = at_work()

    html = text_of(client(law, "an").get("/tickets/new/?type=form-book:job"))

    assert 'id="match"' not in html
    assert "终端" not in html


def test_the_place_of_duties_is_called_by_what_is_owed(db: None) -> None:
    law = at_work()

    html = text_of(client(law, "shen").get("/duties/"))

    assert html.count("日常职责") >= 2
    assert "回访与核实" not in html
