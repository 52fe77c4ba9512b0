"""Several regulations in force: everybody sees the work of his own first, and may choose another or all."""

from __future__ import annotations

from tests.console.desk import Desk
from tests.pos import DETAILS
from tests.regulation import Regulation, install

BOOK = "inter-department-letter"


def letters(desk: Desk) -> tuple[Regulation, str, str]:
    """Put a second regulation into force; return it, one of its tickets and one of the first."""
    law = install(BOOK, {"he": ("何主任", "department_head", "HQ"), "both": ("柏双", "department_head hq_agent", "HQ")})
    law.now = desk.pos.now
    letter = law.open("letter", {"subject": "关于用车的函", "matter": "请安排车辆"}, by="he")
    return law, letter, desk.pos.open("consumables", {**DETAILS, "problem": "要打印纸"}).number


def test_a_list_begins_with_the_regulations_in_which_one_has_a_role(desk: Desk) -> None:
    _law, letter, fault = letters(desk)
    li = desk.pos.cast.li

    assert letter not in desk.read(li, "/tickets/")
    assert fault in desk.read(li, "/tickets/")
    assert letter in desk.read(li, "/tickets/?book=all")
    assert letter in desk.read(li, f"/tickets/?book={BOOK}")
    assert fault not in desk.read(li, f"/tickets/?book={BOOK}")


def test_words_are_looked_for_in_all_regulations(desk: Desk) -> None:
    _law, letter, _fault = letters(desk)

    assert letter in desk.read(desk.pos.cast.li, "/tickets/?view=all&q=用车")


def test_a_type_of_another_regulation_is_dropped_when_one_is_chosen(desk: Desk) -> None:
    _law, letter, fault = letters(desk)

    page = desk.read(desk.pos.cast.li, f"/tickets/?book={BOOK}&type=pos-terminal-service:consumables")

    assert letter in page
    assert fault not in page


def test_who_has_a_role_in_none_sees_all_and_a_single_regulation_offers_no_choice(desk: Desk) -> None:
    alone = desk.read(desk.pos.cast.li, "/tickets/")
    _law, letter, fault = letters(desk)

    page = desk.read(desk.pos.cast.auditor, "/tickets/")

    assert 'name="book"' not in alone
    assert 'name="book"' in page
    assert letter in page
    assert fault in page
