"""Clauses that no rule serves. That is no mistake: a regulation also says what it is for. The author should know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from banjie.rulebook.language import Book
from banjie.rulebook.source import Problem, Source


def remarks(book: Book, source: Source) -> tuple[Problem, ...]:
    """Return a remark for each clause that nothing refers to; it blocks nothing."""
    served = set(_named(book.model_dump(exclude={"clauses"})))
    said = _("No rule refers to this clause. If something follows from it, name it there with “clause”.")
    return tuple(source.problem(("clauses", clause), said, "remark") for clause in book.clauses if clause not in served)


def _named(part: Any) -> Iterator[str]:
    """Yield what stands under `clause` anywhere inside."""
    for key, value in part.items() if isinstance(part, dict) else enumerate(part):
        if key == "clause" and isinstance(value, list):
            yield from (clause for clause in value if isinstance(clause, str))
        elif isinstance(value, dict | list):
            yield from _named(value)
