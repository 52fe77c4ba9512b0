"""Conditions and computed values: CEL through a library, with a bound on what an expression may be.

An expression sees only plain values: `ticket` (type, state, priority, round), every field by name, and nothing else.
There is no way from CEL into Python, no assignment and no loop but the bounded list macros.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import cel
from django.utils.translation import gettext as _

TICKET_NAMES = frozenset({"type", "state", "priority", "round", "source"})
MAX_MACROS = 3
_MACROS = (".map(", ".filter(", ".all(", ".exists(", ".exists_one(")


class BadExpression(Exception):
    """The expression is wrong; the message says how."""


@lru_cache(maxsize=2048)
def compiled(text: str) -> Any:
    """Compile an expression.

    Raises:
        BadExpression: a syntax error, or more list macros than `MAX_MACROS` (nested ones could run for long).
    """
    if sum(text.count(macro) for macro in _MACROS) > MAX_MACROS:
        raise BadExpression(_("At most %(n)d of map, filter, all and exists may stand in one expression.") % {"n": MAX_MACROS})
    try:
        return cel.compile(text)
    except ValueError as wrong:
        raise BadExpression(str(wrong).splitlines()[0]) from wrong


def names(text: str) -> frozenset[str]:
    """Return the variables that an expression reads.

    Raises:
        BadExpression: see `compiled`.
    """
    return frozenset(compiled(text).variables())


def evaluate(text: str, values: Mapping[str, Any]) -> Any:
    """Return the value of an expression over plain values.

    Raises:
        BadExpression: it fails on these values, e.g. compares text with a number.
    """
    try:
        return compiled(text).execute(dict(values))
    except (RuntimeError, TypeError, ValueError, KeyError) as wrong:
        raise BadExpression(str(wrong)) from wrong
