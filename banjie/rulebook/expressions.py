"""Conditions and computed values: CEL through a library, with a bound on what an expression may be.

An expression sees only plain values: every field by name, and in conditions `ticket` (type, state, round); nothing else.
There is no way from CEL into Python, no assignment and no loop but the list macros. The library knows no limit of time,
so the bounds stand here: on list macros (not nested, over a field), on joining, on patterns and on functions. An expression
that is accepted takes at most some tens of milliseconds on the largest form that a ticket can hold (three copies of a full
table), and a usual one far less than one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import cel
from django.utils.translation import gettext as _

from banjie.kernel.errors import InvalidInput
from banjie.rulebook import patterns
from banjie.rulebook.scan import Macro, Token, closing, free_names, macros, members, tokens

TICKET_NAMES = frozenset({"type", "state", "round"})
MAX_LENGTH = 500
MAX_MACROS = 3
MAX_JOINS = 20
MAX_JOINS_IN_MACRO = 4
FUNCTIONS = frozenset(
    "size contains startsWith endsWith matches string int double timestamp duration sum has getFullYear getMonth getDate"
    " getDayOfWeek getDayOfMonth getDayOfYear getHours getMinutes".split()
)
_FAILURES = (RuntimeError, TypeError, ValueError, LookupError, ArithmeticError)


class BadExpression(InvalidInput):
    """The expression is wrong, or fails on the values at hand; the message says how. Uncaught it refuses what was sent."""

    code = "bad-expression"


@lru_cache(maxsize=2048)
def compiled(text: str) -> Any:
    """Compile an expression.

    Raises:
        BadExpression: a syntax error, a function that does not exist, or something that could run for long.
    """
    if len(text) > MAX_LENGTH:
        raise BadExpression(_("It is longer than %(n)d characters. Compute a part of it in a field of its own.") % {"n": MAX_LENGTH})
    try:
        program = cel.compile(text)
    except ValueError as wrong:
        raise BadExpression(_syntax(text, str(wrong))) from wrong
    found = tokens(text)
    _bound(found, macros(found), program.functions())
    return program


def _syntax(text: str, said: str) -> str:
    """Turn the library's report into the column and the place where reading stopped."""
    found = re.search(r":(\d+):(\d+):", said)
    lines = text.splitlines()[: int(found[1]) - 1] if found else []
    column = sum(len(line) + 1 for line in lines) + (int(found[2]) if found else 1)
    rest = text[column - 1 : column + 11].strip()
    return _("it cannot be read from character %(n)d on (“%(rest)s”)") % {"n": column, "rest": rest or _("end")}


def _bound(found: list[Token], bound: list[Macro], functions: Iterable[str]) -> None:
    unknown = sorted(name for name in functions if name.isidentifier() and name not in FUNCTIONS)
    if unknown:
        raise BadExpression(
            _("there is no function “%(name)s”; there are %(known)s") % {"name": unknown[0], "known": ", ".join(sorted(FUNCTIONS))}
        )
    if any(token.text == "{" for token in found):
        raise BadExpression(_("braces { } are not used in expressions"))
    if len(bound) > MAX_MACROS or any(outer.holds(inner.opens) for outer in bound for inner in bound):
        raise BadExpression(
            _("at most %(n)d of map, filter, all, exists may stand in one expression, and none inside another") % {"n": MAX_MACROS}
        )
    _joins(found, bound)
    for index, token in enumerate(found):
        if token.text == "[" and (index == 0 or not _indexes(found[index - 1])):
            _literal_list(found[index + 1 : closing(found, index)])
        if token.text == "matches":
            _matches(found, index, bound)
    for macro in bound:
        _over_a_field(found, macro, bound)


def _joins(found: list[Token], bound: list[Macro]) -> None:
    joins = [index for index, token in enumerate(found) if token.text == "+"]
    if len(joins) > MAX_JOINS or any(sum(macro.holds(index) for index in joins) > MAX_JOINS_IN_MACRO for macro in bound):
        raise BadExpression(
            _("“+” may stand %(n)d times, and %(inner)d times inside map, filter, all, exists")
            % {"n": MAX_JOINS, "inner": MAX_JOINS_IN_MACRO}
        )


def _indexes(before: Token) -> bool:
    return before.text in {")", "]"} or (before.kind == "word" and before.text != "in")


def _literal_list(inside: list[Token]) -> None:
    if not all(token.is_literal or token.text in {",", "-"} for token in inside):
        raise BadExpression(_("a list in square brackets may hold only texts and numbers"))


def _matches(found: list[Token], index: int, bound: list[Macro]) -> None:
    pattern = found[index + 2] if index + 3 < len(found) and found[index + 3].text == ")" else None
    if pattern is None or pattern.kind != "text" or any(macro.holds(index) for macro in bound):
        raise BadExpression(_("matches needs its pattern as a plain text, and cannot stand inside map, filter, all, exists"))
    if why := patterns.fault(pattern.text.lstrip("rRbB")[1:-1]):
        raise BadExpression(why.rstrip("。."))


def _over_a_field(found: list[Token], macro: Macro, bound: list[Macro]) -> None:
    before = found[macro.opens - 3]
    if before.kind != "word" and not (before.text == ")" and any(other.closes == macro.opens - 3 for other in bound)):
        raise BadExpression(_("%(name)s works on a field of kind rows: write field.%(name)s(one, …)") % {"name": macro.name})


def names(text: str) -> frozenset[str]:
    """Return the variables that an expression reads, without those of its list macros.

    Raises:
        BadExpression: see `compiled`.
    """
    compiled(text)
    found = tokens(text)
    return free_names(found, macros(found))


def names_in_macros(text: str) -> frozenset[str]:
    """Return the variables from outside that are read once for each row of a list macro."""
    found = tokens(text)
    bound = macros(found)
    return frozenset().union(*(free_names(found[m.opens + 3 : m.closes], []) - {m.variable} for m in bound))


def ticket_members(text: str) -> frozenset[str]:
    """Return what an expression reads of `ticket`."""
    return members(tokens(text), "ticket")


def numbers(text: str) -> frozenset[float]:
    """Return the numbers that stand in an expression."""
    return frozenset(float(token.text.rstrip("u")) for token in tokens(text) if token.kind == "number")


def evaluate(text: str, values: Mapping[str, Any]) -> Any:
    """Return the value of an expression over plain values.

    Raises:
        BadExpression: it fails on these values, e.g. compares text with a number.
    """
    program = compiled(text)
    try:
        found = program.execute(cel.Context(dict(values), {"sum": _sum}) if "sum" in program.functions() else dict(values))
    except TypeError as wrong:
        raise BadExpression(
            _("kinds of values do not fit: numbers are reckoned with numbers that have a decimal point (1.0), texts with texts")
        ) from wrong
    except _FAILURES as wrong:
        raise BadExpression(str(wrong).splitlines()[0]) from wrong
    if isinstance(found, float) and not math.isfinite(found):
        raise BadExpression(_("it divides by zero"))
    return found


def _sum(values: list[float]) -> float:
    return float(sum(values))
