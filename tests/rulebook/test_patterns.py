"""Patterns of fields: useful ones are welcome, those that can run for long are refused."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banjie.rulebook.patterns import LONGEST_TEXT, fault


@pytest.mark.parametrize(
    "text",
    [r"\d{8}", "[A-Za-z0-9-]{4,20}", r"[A-Z]{2}-?\d+", "浙[A-Z]·?[0-9A-Z]{5,6}", "(GD|TS)-[0-9]{8}", r"\(\d+\)", "[(|*+]{2}", r"(ab){3}"],
)
def test_patterns_of_numbers_and_plates_are_welcome(text: str) -> None:
    assert fault(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "(a+)+",
        "(a|a)*",
        "(a?){1,50}",
        "(a|b){1,50}c",
        "((a*))*",
        "a?" * 60 + "a" * 60,
        "a*a*a*b",
        "(a|a)" * 20,
        "a{0,200}a{0,200}a{0,200}b",
    ],
)
def test_patterns_that_can_run_for_long_are_refused(text: str) -> None:
    assert "可能运行很久" in fault(text)


@pytest.mark.parametrize("text", ["(?=a)b", r"(a)\1", "(?P<x>a)", "(?i)a"])
def test_look_around_and_back_references_are_refused(text: str) -> None:
    assert "不允许" in fault(text)


@pytest.mark.parametrize("text", ["[a", "(", "a{3,1}", "*", "x{99999999999}"])
def test_what_is_no_pattern_is_refused(text: str) -> None:
    assert "不是正则表达式" in fault(text)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from(["a", "b", "(", ")", "|", "*", "+", "?", "{0,9}", "{1,200}", "{3}", "[ab]", "\\d", "."]), max_size=14).map(
        "".join
    )
)
def test_an_accepted_pattern_is_tried_in_milliseconds(text: str) -> None:
    if fault(text):
        return
    pattern = re.compile(text)
    begun = time.process_time()

    for entry in ("a" * LONGEST_TEXT, "ab" * (LONGEST_TEXT // 2), "a" * (LONGEST_TEXT - 1) + "!"):
        pattern.fullmatch(entry)

    assert time.process_time() - begun < 0.05, text
