"""What the pages of registrations draw."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from banjie.deadlines.registrations import Standing, history_of, in_words
from banjie.rulebook.explain.words import listed, span, title
from banjie.rulebook.program import Program

LONGEST = 2000


def unit_page(program: Program, one: Standing) -> dict[str, Any]:
    """Return what the page of a unit draws: what it has, what the regulation asks for, what was registered before."""
    history = [(row, in_words(program, row)) for row in history_of(program, one.unit)]
    return {"standing": one, "registered": _facts(program, one), "history": history, **_asked_by(program)}


def _asked_by(program: Program) -> dict[str, Any]:
    """Return what the regulation asks a unit to register, and by whom."""
    spec, book = program.book.registration, program.book
    assert spec is not None  # asked only for books that have one
    role = book.roles[spec.role] if spec.role else None
    return {
        "clauses": [(clause, program.clause_text(clause)) for clause in spec.clause],
        "registrars": listed(title(book.roles[name]) for name in spec.by),
        "specialist": title(role) if role else "",
        "course": title(book.courses[role.certificate]) if role and role.certificate else "",
        "limits": [(name, title(book.limits[name])) for name in spec.limits],
        "texts": [(name, title(text)) for name, text in spec.texts.items()],
        "longest": LONGEST,
    }


def _facts(program: Program, one: Standing) -> list[tuple[str, str]]:
    """Return what counts for a unit now."""
    asked = _asked_by(program)
    return [(words, span(one.limits[name])) for name, words in asked["limits"] if one.limits[name]] + [
        (words, one.texts[name]) for name, words in asked["texts"] if one.texts[name]
    ]


def rows_of(program: Program, shown: Sequence[Standing]) -> list[dict[str, Any]]:
    """Return the rows of the list, indented below the highest unit of it."""
    top = min((one.unit.path.count("/") for one in shown), default=0)
    return [_row(program, one, one.unit.path.count("/") - top) for one in shown]


def _row(program: Program, one: Standing, depth: int) -> dict[str, Any]:
    said = [span(text) for text in one.limits.values() if text]
    return {
        "name": "　" * depth + one.unit.name,
        "url": reverse("deadlines:unit", args=[one.unit.pk], query={"rulebook": program.slug}),
        "specialists": listed(one.specialists),
        "limits": listed(said),
        "texts": listed(text for text in one.texts.values() if text),
        "at": one.at,
        "by": one.by,
        "source": one.source.name if one.source and one.source.pk != one.unit.pk else "",
        "missing": listed(one.missing),
    }
