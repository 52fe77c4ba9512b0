"""What the language can say and this version of Banjie cannot do yet: drafts may hold it, activation waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from banjie.rulebook.language import Book, Process

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
    parts: list[tuple[Path, object]] = [(("fields", key, "kind"), field.kind == "file" and "file") for key, field in book.fields.items()]
    parts += [(("ledgers", key), "ledgers") for key in book.ledgers]
    for key, process in book.processes.items():
        parts += _of_process(("processes", key), process)
    return ((path, str(word)) for path, word in parts if word)


def _of_process(path: Path, process: Process) -> list[tuple[Path, object]]:
    parts: list[tuple[Path, object]] = []
    for name, action in process.actions.items():
        here: Path = (*path, "actions", name)
        parts += [((*here, word), getattr(action, word) and word) for word in ("prints",)]
    return parts
