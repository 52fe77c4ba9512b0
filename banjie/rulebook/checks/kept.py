"""Conditions on a ticket see what belongs to the ticket: what the verbs that keep their form ask."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from banjie.rulebook import expressions
from banjie.rulebook.language import Action, Book, Process
from banjie.rulebook.vocabulary import VERBS

if TYPE_CHECKING:
    from banjie.rulebook.checks.checker import Checker
    from banjie.rulebook.source import Path

# What a choice among several proposals writes into the ticket.
_CHOSEN = {"chosen", "instruction"}


def check(c: Checker) -> None:
    """Check that each condition reads only fields that can stand in the ticket; of others it would never hold."""
    for key, process in c.book.processes.items():
        known = fields(c.book, key)
        for path, condition in _conditions(("processes", key), process):
            for name in sorted(_read(condition) & c.book.fields.keys() - known):
                c.wrong(
                    path,
                    _("“%(name)s” never becomes part of the ticket: let accept, register, classify or record ask it.") % {"name": name},
                )


def fields(book: Book, key: str) -> set[str]:
    """Return the fields that can stand in a ticket of a process."""
    process = book.processes[key]
    computed = {name for name, field in book.fields.items() if field.value}
    asked = {name for kind in book.types.values() if kind.process == key for name in kind.asks}
    return asked.union(computed, _CHOSEN, *(form(a) for a in process.actions.values() if a.verb in VERBS and VERBS[a.verb].keeps))


def form(action: Action) -> set[str]:
    """Return the fields that an action asks."""
    return {*action.needs, *action.asks}.union(*action.needs_one_of)


def _conditions(path: Path, process: Process) -> Iterator[tuple[Path, str]]:
    for name, action in process.actions.items():
        if action.when:
            yield (*path, "actions", name, "when"), action.when
    for name, deadline in process.deadlines.items():
        if deadline.when:
            yield (*path, "deadlines", name, "when"), deadline.when
    for name, signoff in process.signoffs.items():
        for index, step in enumerate(signoff.steps):
            if step.when:
                yield (*path, "signoffs", name, "steps", index, "when"), step.when


def _read(condition: str) -> frozenset[str]:
    try:
        return expressions.names(condition)
    except expressions.BadExpression:
        return frozenset()  # said elsewhere
