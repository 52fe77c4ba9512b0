"""What a rulebook says of its ledgers is checked, with line and place and what is allowed."""

from __future__ import annotations

import pytest

from banjie.rulebook.check import check
from banjie.rulebook.explain.keeping import of_ledger
from tests.insight.frozen import BOOK


def problems(old: str, new: str) -> list[str]:
    assert BOOK.count(old) == 1
    return [f"{p.place} {p.message}" for p in check(BOOK.replace(old, new)).problems]


def test_the_example_is_right() -> None:
    assert check(BOOK).problems == ()


@pytest.mark.parametrize(
    ("old", "new", "place", "said"),
    [
        ("columns: [customer,", "columns: [custome,", "ledgers.cases.columns", "customer"),
        ("columns: [customer,", "columns: [urges,", "ledgers.cases.columns", "ticket.urges"),
        ("ticket.urges,", "ticket.urge,", "ledgers.cases.columns", "ticket.urges"),
        ("ticket.urges,", "ticket.state,", "ledgers.cases.columns", "ticket.state"),
        ("ticket.urges,", "customer,", "ledgers.cases.columns", "customer"),
        ("count_by: [cause,", "count_by: [customer,", "ledgers.cases.count_by", "text"),
        ("count_by: [cause,", "count_by: [ticket.urges,", "ledgers.cases.count_by", "ticket.last_callback"),
        ("count_by: [cause,", "count_by: [paid,", "ledgers.cases.count_by", "paid"),
        ("count_by: [cause,", "count_by: [cause, ticket.first_callback,", "ledgers.cases.count_by", ""),
        ("every: quarter", "every: week", "ledgers.cases.freeze.every", "quarter"),
        ("every: quarter, by: clerk", "every: quarter", "ledgers.cases.freeze", "by"),
        ("signed_by: [boss, auditor_role]", "signed_by: []", "ledgers.cases.freeze.signed_by", ""),
        ("signed_by: [boss, auditor_role]", "signed_by: bos", "ledgers.cases.freeze.signed_by", "boss"),
        ("signed_by: [boss, auditor_role]", "signed_by: worker", "ledgers.cases.freeze.signed_by", "sees: own"),
        ("clause: 二}", "clause: 三}", "ledgers.cases.freeze.clause", "三"),
    ],
)
def test_a_mistake_is_named_at_its_place_with_what_is_allowed(old: str, new: str, place: str, said: str) -> None:
    found = problems(old, new)

    assert len(found) == 1, found
    assert found[0].startswith(f"{place} ")
    assert said in found[0]


def test_the_explanation_says_columns_counts_and_who_freezes_and_signs() -> None:
    book = check(BOOK).book
    assert book is not None

    sentence = of_ledger(book, book.ledgers["cases"])

    assert all(word in sentence for word in ("采取的措施", "催办次数", "最近回访结果", "每季度", "专员", "分管领导、审计"))
