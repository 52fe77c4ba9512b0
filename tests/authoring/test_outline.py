"""What can be made out of a text that is still being written."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjie.authoring.outline import outline_of, place_of
from banjie.rulebook.shipped import shipped_text, shipped_titles
from banjie.rulebook.source import read_source
from tests.rulebook.books import SMALL


@pytest.mark.parametrize("slug", shipped_titles())
def test_every_key_and_name_of_a_shipped_book_is_read_as_the_parser_reads_it(slug: str) -> None:
    text = shipped_text(slug)
    outline = outline_of(text)
    wrong: list[object] = []

    def compare(value: Any, path: tuple[str | int, ...]) -> None:
        if isinstance(value, dict):
            if list(value) != outline.names(*path):
                wrong.append(path)
            for key, one in value.items():
                compare(one, (*path, key))
        elif isinstance(value, list):
            for place, one in enumerate(value):
                compare(one, (*path, place))
        elif isinstance(value, str) and path[0] != "clauses" and value != outline.text(*path):
            wrong.append((path, value, outline.text(*path)))

    compare(read_source(text).data, ())

    assert wrong == []


@pytest.mark.parametrize(
    ("broken", "still"),
    [
        ("    actions:\n      new: {title: 新, verb: [", "finish"),
        ("    actions:\n      new: {title: 新, by: agent,\n", "finish"),
        ("    actions:\n      new: 'unclosed\n", "finish"),
        ("    actions:\n  \t wrong indentation\n", "finish"),
    ],
)
def test_a_text_that_no_parser_takes_still_tells_its_names(broken: str, still: str) -> None:
    outline = outline_of(SMALL.replace("    actions:\n", broken, 1))

    assert outline.names("roles") == ["agent", "boss"]
    assert outline.names("duties") == ["check_all"]
    assert outline.text("roles", "boss", "title") == "主管"
    assert still in str(outline.keys)


@pytest.mark.parametrize(
    ("text", "path", "is_key", "word"),
    [
        ("|", (), True, ""),
        ("rul|", (), True, "rul"),
        ("title: |", ("title",), False, ""),
        ("roles:\n  |", ("roles",), True, ""),
        ("roles:\n  boss:\n    se|", ("roles", "boss"), True, "se"),
        ("roles:\n  boss: {title: 主管, se|", ("roles", "boss"), True, "se"),
        ("roles:\n  boss: {title: 主管, sees: o|", ("roles", "boss", "sees"), False, "o"),
        ("a:\n  b: [x, y|", ("a", "b", 1), False, "y"),
        ("a:\n  b:\n    - x\n    - y|", ("a", "b", 1), True, "y"),
        ("a:\n- x\n- by: |", ("a", 1, "by"), False, ""),
        ("a:\n  - by: x\n    need: |", ("a", 0, "need"), False, ""),
        ("a:\n  b: {c: [1, 2], d: |", ("a", "b", "d"), False, ""),
        ("a: {b: 1,\n    c: |", ("a", "c"), False, ""),
        ("a:\n  b:\n    c: 1\n|", (), True, ""),
    ],
)
def test_the_place_of_a_cursor_is_found(text: str, path: tuple[str | int, ...], is_key: bool, word: str) -> None:
    before = text[: text.index("|")]

    place = place_of(text.replace("|", ""), before.count("\n") + 1, len(before.rsplit("\n", maxsplit=1)[-1]))

    assert (place.path, place.is_key, place.word) == (path, is_key, word)


@given(st.text(alphabet="ab:{}[],- \n'\"#|\t一", max_size=200), st.integers(0, 12), st.integers(0, 30))
def test_nothing_that_is_typed_can_make_it_fail(text: str, line: int, column: int) -> None:
    place = place_of(text, line, column)

    assert place.start >= 0
    assert outline_of(text).names("nothing") == []
