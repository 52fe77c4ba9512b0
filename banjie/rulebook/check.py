"""Check a rulebook: every problem with its place, what is wrong, and what is allowed."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import ValidationError

from banjie.rulebook import shape
from banjie.rulebook.checks import (
    actions,
    available,
    clocks,
    duties,
    fields,
    flow,
    kept,
    ledgers,
    nobody,
    opened,
    references,
    running,
    signoffs,
    stepless,
    unserved,
)
from banjie.rulebook.checks.checker import Checker
from banjie.rulebook.language import Book
from banjie.rulebook.source import BadSource, Problem, Source, read_source


@dataclass(frozen=True, slots=True)
class Report:
    """What `check` found. `book` is None when the text cannot even be read as one. `remarks` are worth knowing and block nothing."""

    problems: tuple[Problem, ...]
    book: Book | None
    source: Source | None = None
    remarks: tuple[Problem, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Problems that make the text wrong."""
        return tuple(p for p in self.problems if p.severity == "error")

    @property
    def unset(self) -> tuple[Problem, ...]:
        """Limits that the organisation must still set; they block activation, not drafts (PLT-10)."""
        return tuple(p for p in self.problems if p.severity == "unset")

    @property
    def unavailable(self) -> tuple[Problem, ...]:
        """What this version of Banjie cannot do yet; blocks activation, not drafts."""
        return tuple(p for p in self.problems if p.severity == "unavailable")

    @property
    def may_activate(self) -> bool:
        """Tell whether nothing at all stands against activation."""
        return not self.problems


RULES = (
    references.check,
    fields.check,
    actions.check,
    nobody.check,
    kept.check,
    flow.check,
    opened.check,
    signoffs.check,
    stepless.check,
    clocks.check,
    running.check,
    duties.check,
    ledgers.check,
    available.check,
)


def check(text: str) -> Report:
    """Check a rulebook's text completely; never raises for bad input."""
    try:
        source = read_source(text)
    except BadSource as bad:
        return Report(tuple(bad.problems), None)
    try:
        book = Book.model_validate(source.data)
    except ValidationError as wrong:
        return Report(shape.problems(source, wrong), None, source)
    checker = Checker(book, source)
    for rule in RULES:
        rule(checker)
    return Report(tuple(sorted(checker.problems, key=lambda p: (p.line, p.column))), book, source, unserved.remarks(book, source))


def parse(text: str) -> Book:
    """Return the book of a text that was checked before, without checking it again.

    Raises:
        BadSource, ValidationError: it cannot be read as a book at all.
    """
    return Book.model_validate(read_source(text).data)
