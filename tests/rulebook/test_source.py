"""Reading the text: what is no YAML, or more than a regulation needs, is refused at its place."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banjie.rulebook.check import check
from banjie.rulebook.source import MAX_BYTES, BadSource, Problem, read_source


def only(text: str) -> tuple[int, int, str]:
    """Return place and sentence of the single problem of a text that cannot be read."""
    report = check(text)
    assert report.book is None
    assert len(report.problems) == 1
    return report.problems[0].line, report.problems[0].column, report.problems[0].message


def test_positions_are_known_for_every_key_and_list_item() -> None:
    source = read_source("a: 1\nb:\n  c: [x, yy]\n  丁: {e: 乙}\n")

    assert source.data == {"a": 1, "b": {"c": ["x", "yy"], "丁": {"e": "乙"}}}
    assert source.at(("b", "c")) == (3, 3)
    assert source.at(("b", "c", 1)) == (3, 10)
    assert source.at(("b", "丁", "e")) == (4, 7)
    assert source.at(("b", "nothing")) == (2, 1)


def test_a_key_that_stands_twice_is_named_at_its_second_place() -> None:
    line, column, message = only("a: 1\nb:\n  c: 1\n  c: 2\n")

    assert (line, column) == (4, 3)
    assert "“c”在这里出现了两次" in message


@pytest.mark.parametrize(
    ("text", "column"),
    [("a: &x 1\nb: *x\n", 4), ("a: *x\n", 4), ("a: !!python/object:os.system 1\n", 4), ("a: !x 1\n", 4)],
)
def test_anchors_aliases_and_tags_are_refused(text: str, column: int) -> None:
    line, at, message = only(text)

    assert (line, at) == (1, column)
    assert "不能使用锚点" in message


def test_a_bomb_of_aliases_never_grows() -> None:
    bomb = "a: &a [x]\n" + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20))

    assert only(bomb)[0] == 1


@pytest.mark.parametrize("text", ["a: [1, 2\n", "a: 'x\n", "a: b: c\n", "a: {b\n", "%YAML 9\n---\n", "a: 1\n---\nb: 2\n", "a: \x07\n"])
def test_what_is_no_yaml_is_refused_with_its_line(text: str) -> None:
    line, column, message = only(text)

    assert line >= 1
    assert column >= 1
    assert "不是正确的 YAML" in message


@pytest.mark.parametrize(("text", "line"), [("\ta: 1\n", 1), ("a:\n\tb: 1\n", 2), ("a:\n  b: 1\n\tc: 2\n", 3), ("a: 1\n \t b: 2\n", 2)])
def test_a_tab_at_the_beginning_of_a_line_is_named_and_what_stands_there_instead(text: str, line: int) -> None:
    found, column, message = only(text)

    assert (found, column >= 1) == (line, True)
    assert "改用空格" in message


@pytest.mark.parametrize("text", ["", "just words\n", "- a\n- b\n", "# only a comment\n"])
def test_a_text_without_keys_is_told_how_a_rulebook_begins(text: str) -> None:
    assert "rulebook: " in only(text)[2]


def test_huge_and_deep_texts_are_refused_quickly() -> None:
    assert "大于 512 KiB" in only("a: " + "x" * MAX_BYTES)[2]
    assert "大于 512 KiB" in only("a: 1\n" * (2 * 1024 * 1024))[2]
    assert "太大或嵌套太深" in only("a: " + "{b: " * 200 + "1" + "}" * 200)[2]
    assert only("a: " + "[" * 100_000)[0] == 1
    assert "太大或嵌套太深" in only("\n".join(f"k{n}: 1" for n in range(30_000)))[2]


def test_scalars_have_no_surprises() -> None:
    source = read_source("a: no\nb: 010\nc: 2024-01-02\nd: '5'\ne: true\nf:\ng: 1.5\nh: 12:30\n")

    assert source.data == {"a": "no", "b": "010", "c": "2024-01-02", "d": "5", "e": True, "f": None, "g": 1.5, "h": "12:30"}


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    found = problems(text)

    assert all(p.line >= 1 and p.column >= 1 and p.message for p in found)


def problems(text: str) -> list[Problem]:
    """Return why a text cannot be read; any other exception would end the test."""
    try:
        read_source(text)
    except BadSource as bad:
        return bad.problems
    return []


def test_half_of_a_surrogate_pair_is_refused_and_breaks_nothing() -> None:
    assert check("a: \ud800\n").book is None
