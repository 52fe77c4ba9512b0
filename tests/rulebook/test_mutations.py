"""Whatever happens to a regulation's text: `check` answers with problems, or with a book that compiles."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from banjie.rulebook.check import Report, check
from banjie.rulebook.program import compile_book
from banjie.rulebook.shipped import shipped_text
from banjie.rulebook.source import read_source

POS = shipped_text("pos-terminal-service")
DATA: dict[str, Any] = read_source(POS).data
DRAFT = read_source(shipped_text("order-review")).data
SCALARS = st.sampled_from(
    [
        "",
        "x",
        "unset",
        "any",
        "open",
        "all",
        "5",
        "-1",
        "true",
        "10%",
        "2h",
        "visit_at - 30m",
        "assignee",
        "closed",
        "dispatch",
        "ticket.state",
        "a{",
        "一",
        "null",
        "[",
        "x" * 5000,
    ]
) | st.text(max_size=12)


def holders(data: Any) -> list[Any]:
    """Return every mapping and list inside."""
    found = [data] if isinstance(data, dict | list) and data else []
    for value in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        found += holders(value)
    return found


def assert_answered(report: Report) -> None:
    """Assert that the check gave problems with places, or a book at work."""
    for problem in report.problems:
        assert problem.line >= 1
        assert problem.column >= 1
        assert problem.message
    if not report.errors:
        assert report.book is not None
        compile_book(report.book, version_id=1, number=1)


@pytest.mark.slow
@settings(max_examples=250, deadline=None)
@given(st.data())
def test_any_change_of_keys_and_values_is_answered(data: st.DataObject) -> None:
    book = copy.deepcopy(data.draw(st.sampled_from([DATA, DRAFT])))
    for _ in range(data.draw(st.integers(1, 3))):
        holder = data.draw(st.sampled_from(holders(book)))
        key = data.draw(st.sampled_from(sorted(holder) if isinstance(holder, dict) else range(len(holder))))
        match data.draw(st.sampled_from(["delete", "rename", "scalar", "list", "mapping", "steal"])):
            case "delete":
                del holder[key]
            case "rename" if isinstance(holder, dict):
                holder[data.draw(SCALARS)] = holder.pop(key)
            case "list":
                holder[key] = [data.draw(SCALARS), data.draw(SCALARS)]
            case "mapping":
                holder[key] = {data.draw(SCALARS): data.draw(SCALARS)}
            case "steal":
                holder[key] = copy.deepcopy(data.draw(st.sampled_from(holders(book))))
            case _:
                holder[key] = data.draw(SCALARS)

    report = check(yaml.safe_dump(book, allow_unicode=True, sort_keys=False))

    assert_answered(report)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(POS) - 1), st.integers(0, 30), st.text(max_size=8))
def test_any_cut_and_any_insertion_into_the_text_is_answered(place: int, length: int, insertion: str) -> None:
    assert_answered(check(POS[:place] + insertion + POS[place + length :]))
