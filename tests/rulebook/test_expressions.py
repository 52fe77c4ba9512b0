"""Expressions: the names they read, what they may be, and that none runs for long."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banjie.rulebook.expressions import BadExpression, compiled, evaluate, names, names_in_macros, ticket_members

LARGEST = {
    "x": "a" * 20_000,
    "y": "b" * 200,
    "n": 3.0,
    "b": True,
    "rows": [{"qty": float(i), "name": "n" * 200, "kind": "k"} for i in range(200)],
    "ticket": {"type": "t", "state": "s", "round": 1},
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rows.all(r, r.qty > 0.0)", {"rows"}),
        ("rows.all(r, r.qty > n)", {"rows", "n"}),
        ("r.qty + rows.map(r, r.qty)[0]", {"r", "rows"}),
        ("rows.filter(r, r.a).all(s, s.b) && r", {"r", "rows"}),
        ("a.b.c == 'd.e' && f", {"a", "f"}),
        ("size(rows) > 1", {"rows"}),
        ("x in ['a', 'b']", {"x"}),
        ("has(a.b) ? c : d", {"a", "c", "d"}),
        ("'a(' + \"b)\" == x // y", {"x"}),
        ("true && null == x", {"x"}),
    ],
)
def test_the_names_that_an_expression_reads_do_not_hold_the_variables_of_its_macros(text: str, expected: set[str]) -> None:
    assert names(text) == expected


def test_what_stands_inside_a_macro_and_what_is_read_of_the_ticket_are_known() -> None:
    assert names_in_macros("rows.all(r, r.qty > n) && x == ''") == {"n"}
    assert ticket_members("ticket.state == 'a' && a.ticket.b && ticket.round > 1") == {"state", "round"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("n > 1", True),
        ("size(rows) == 200", True),
        ("rows.exists(r, r.qty > 198.0)", True),
        ("sum(rows.map(r, r.qty))", 19900.0),
        ("rows.filter(r, r.qty < 2.0).map(r, r.qty)", [0.0, 1.0]),
        ("ticket.state == 's' ? 'yes' : 'no'", "yes"),
        ("y.matches('^b{2,}')", True),
        ("b && y.startsWith('b')", True),
    ],
)
def test_an_expression_gives_its_value(text: str, value: Any) -> None:
    assert evaluate(text, LARGEST) == value


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1 +", "从第 4 个字符起读不懂"),
        ("n +\n )", "从第 6 个字符起读不懂"),
        ("rows.map(r, rows.map(q, q.qty))", "不能互相嵌套"),
        ("rows.map(r, 1) == rows.map(r, 2) || rows.all(r, b) || rows.all(r, b)", "最多出现 3 个"),
        ("(rows + rows).all(r, b)", "只用于明细字段"),
        ("open('/etc/passwd')", "没有函数“open”"),
        ("x.__class__()", "没有函数“__class__”"),
        ("cel.bind(a, x, a + a)", "没有函数“bind”"),
        ("x.matches(y)", "固定的文字"),
        ("rows.all(r, r.name.matches('a'))", "固定的文字"),
        ("x.matches('(a*)*$')", "可能运行很久"),
        ("[x, x]", "只能列出文字和数字"),
        ("{'a': x}", "不使用花括号"),
        ("+".join(["x"] * 60), "最多出现 20 次"),
        ("rows.map(r, r.name + r.name + r.name + r.name + r.name + r.name)", "最多 4 次"),
        ("x == '" + "y" * 500 + "'", "长于 500 个字符"),
        ("(" * 200 + "1" + ")" * 200, "读不懂"),
    ],
)
def test_what_is_wrong_or_could_run_for_long_is_refused_in_words(text: str, why: str) -> None:
    with pytest.raises(BadExpression) as refused:
        compiled(text)

    assert why in str(refused.value)


@pytest.mark.parametrize(
    "text", ["1 / 0", "9223372036854775807 + 1", "[1][5]", "x > 1", "rows[0].nothing", "missing", "timestamp(y)", "n + 1", "!x"]
)
def test_a_failing_expression_raises_only_its_own_error(text: str) -> None:
    with pytest.raises(BadExpression):
        evaluate(text, LARGEST)


_SIMPLE = st.sampled_from(["x", "y", "n", "b", "rows", "1", "1.0", "'a'", "ticket.state", "rows[0].name", "true", "['a', 'b']", "x.size()"])
_INSIDE = st.sampled_from(
    ["r", "r.qty", "r.name", "y", "n", "b", "x", "1.0", "'nn'", "r in rows", "size(r.name)", "r.name.contains(y)", "rows"]
)


def _compound(inner: st.SearchStrategy[str], operators: list[str]) -> st.SearchStrategy[str]:
    return st.recursive(
        inner,
        lambda deeper: st.one_of(
            st.tuples(deeper, st.sampled_from(operators), deeper).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
            st.tuples(deeper, deeper, deeper).map(lambda t: f"({t[0]} ? {t[1]} : {t[2]})"),
            deeper.map(lambda t: f"size({t})"),
            deeper.map(lambda t: f"string({t})"),
        ),
        max_leaves=12,
    )


_OPERATORS = ["+", "-", "*", "/", "==", "!=", "<", ">", "&&", "||", "in"]
_MACRO = st.tuples(st.sampled_from(["map", "filter", "all", "exists", "exists_one"]), _compound(_INSIDE, _OPERATORS)).map(
    lambda t: f"rows.{t[0]}(r, {t[1]})"
)
_CHAIN = st.tuples(_MACRO, _MACRO).map(lambda t: t[0] + t[1].removeprefix("rows"))
EXPRESSIONS = _compound(st.one_of(_SIMPLE, _MACRO, _CHAIN), _OPERATORS).filter(lambda text: len(text) <= 500)


def _spent(text: str, times: int, enough: float = 0) -> float:
    """Return the least CPU seconds of some evaluations; stop early when one took no more than `enough`."""
    least = float("inf")
    for _ in range(times):
        begun = time.process_time()
        with suppress(BadExpression):
            evaluate(text, LARGEST)
        least = min(least, time.process_time() - begun)
        if least <= enough:
            break
    return least


@pytest.fixture(scope="module")
def plain_copy() -> float:
    """What one copy of the largest table costs here: 17 ms on a usual machine. The bound is told in it, not in milliseconds."""
    return _spent("rows.map(r, r)", 5)


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(text=EXPRESSIONS)
def test_no_accepted_expression_runs_longer_than_five_copies_of_the_largest_form(plain_copy: float, text: str) -> None:
    try:
        compiled(text)
    except BadExpression:
        return
    if names_in_macros(text) & {"rows", "x"}:  # `check` refuses tables and long texts there
        return

    spent = _spent(text, 4, enough=3 * plain_copy)

    assert spent < 5 * plain_copy, f"{spent * 1000:.0f} ms, a copy takes {plain_copy * 1000:.0f} ms: {text}"


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_an_expression_or_refused(text: str) -> None:
    said = refusal(text)

    assert said is None or said


def refusal(text: str) -> str | None:
    """Return what is wrong with an expression; any other exception would end the test."""
    try:
        names(text)
    except BadExpression as refused:
        return str(refused)
    return None
