"""What the language can say and this version of Banjie cannot do yet: drafts may hold it, activation waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from banjie.rulebook.language import Book

if TYPE_CHECKING:
    from banjie.rulebook.checks.checker import Checker
    from banjie.rulebook.source import Path


def check(c: Checker) -> None:
    """Note each keyword behind which nothing is built."""
    for path, word in _waiting(c.book):
        c.wrong(
            path,
            _("“%(word)s” is not available yet: a draft may say it, but the book cannot be activated with it.") % {"word": word},
            "unavailable",
        )


def _waiting(book: Book) -> Iterator[tuple[Path, str]]:
    for key, field in book.fields.items():
        for column, inner in field.fields.items():
            if inner.kind == "file":  # a file is a field of its own, not yet the column of a table
                yield ("fields", key, "fields", column, "kind"), "file"
