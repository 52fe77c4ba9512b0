"""Sign-offs of which the conditions could leave out every step: the ticket would wait for a signature that nobody is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, product
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from banjie.rulebook import expressions
from banjie.rulebook.checks.trial import ends, samples
from banjie.rulebook.language import Signoff

if TYPE_CHECKING:
    from banjie.rulebook.checks.checker import Checker

MOST_TRIED = 2000


def check(c: Checker) -> None:
    """Look for a form on which no step is asked; a sign-off with one unconditional step has none."""
    for key, process in c.book.processes.items():
        for name, signoff in process.signoffs.items():
            found = _nobody_asked(c, signoff)
            if found is not None:
                said = ", ".join(f"{field} = {value}" for field, value in found.items())
                c.wrong(
                    ("processes", key, "signoffs", name, "steps"),
                    _("No step is asked where %(values)s: the ticket would wait for nobody. Add a step without “when”.")
                    % {"values": said or _("nothing is entered")},
                )


def _nobody_asked(c: Checker, signoff: Signoff) -> dict[str, Any] | None:
    conditions = [step.when for step in signoff.steps]
    if not all(conditions):
        return None
    try:
        used = sorted(frozenset[str]().union(*(expressions.names(text) for text in conditions if text)) & set(c.book.fields))
    except expressions.BadExpression:
        return None  # said elsewhere
    full = samples(c.book.fields)
    for values in islice(product(*(list(_candidates(c, name, conditions)) for name in used)), MOST_TRIED):
        form = dict(zip(used, values, strict=True))
        if not any(_holds(text, {**full, **form}) for text in conditions if text):
            return form
    return None


def _candidates(c: Checker, name: str, conditions: list[str | None]) -> Iterator[Any]:
    """Yield what a field may hold: the numbers that the conditions name and those around them, or the ends of its kind."""
    field = c.book.fields[name]
    if field.kind in ("number", "money"):
        named = {number for text in conditions if text for number in expressions.numbers(text)}
        yield from sorted({x for n in named for x in (n - 0.01, n, n + 0.01)} | {0.0})
        return
    yield samples(c.book.fields)[name]
    yield from ends(field)


def _holds(text: str, values: Mapping[str, Any]) -> bool:
    try:
        return bool(expressions.evaluate(text, values))
    except expressions.BadExpression:
        return False
