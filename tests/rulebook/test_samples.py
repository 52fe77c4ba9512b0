"""The forms on which `check` tries an expression look like those that expressions see at work."""

from __future__ import annotations

from typing import Any

from banjie.rulebook.check import parse
from banjie.rulebook.checks.trial import blanks, samples
from banjie.rulebook.expressions import evaluate
from banjie.rulebook.program import compile_book
from banjie.rulebook.shipped import shipped_text
from banjie.tickets.conditions import expression_values
from tests.rulebook.books import SMALL

FILLED = {
    "phone": "+8613800000001",
    "level": "high",
    "amount": "12.50",
    "lines": [{"qty": "3"}],
    "visit_at": "2024-06-03T01:00:00+00:00",
    "result": "好",
    "fully_solved": True,
    "verified": "已核实",
    "note": "无",
}


def kinds(value: Any) -> Any:
    if isinstance(value, list):
        return [kinds(one) for one in value]
    return {name: kinds(one) for name, one in value.items()} if isinstance(value, dict) else type(value)


def test_a_filled_in_form_has_the_same_kinds_of_values_in_the_check_and_at_work() -> None:
    program = compile_book(parse(SMALL), version_id=1, number=1)
    tried = samples(program.book.fields)
    tried.pop("ticket")

    assert kinds(expression_values(program, FILLED)) == kinds(tried)


def test_an_empty_form_is_the_same_in_the_check_and_at_work() -> None:
    for text in (SMALL, shipped_text("pos-terminal-service"), shipped_text("order-review"), shipped_text("renovation")):
        program = compile_book(parse(text), version_id=1, number=1)

        assert expression_values(program, {}) == blanks(program.book.fields)


def test_numbers_in_tables_are_reckoned_with() -> None:
    program = compile_book(parse(SMALL), version_id=1, number=1)

    assert evaluate("sum(lines.map(l, l.qty)) + amount", expression_values(program, FILLED)) == 15.5
