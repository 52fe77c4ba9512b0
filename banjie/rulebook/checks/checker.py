"""What the checks share: the book, and the list that they write their problems into."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from banjie.rulebook import shape
from banjie.rulebook.language import Book
from banjie.rulebook.source import Path, Problem, Source


class Checker:
    """The book being checked and the problems found so far; the rules in `checks/` write into it."""

    def __init__(self, book: Book, source: Source) -> None:
        self.book = book
        self.source = source
        self.problems: list[Problem] = []

    def wrong(self, path: Path, message: str, severity: str = "error") -> None:
        """Note a problem at `path`."""
        self.problems.append(self.source.problem(path, message, severity))

    def known(self, name: str, allowed: Iterable[str], path: Path, what: str) -> bool:
        """Note a problem unless `name` is one of `allowed`; suggest the nearest."""
        names = sorted(set(allowed))
        if name in names:
            return True
        choices = ", ".join(names[:12]) + (" …" if len(names) > 12 else "")
        self.wrong(
            path,
            _("There is no %(what)s “%(name)s”.%(hint)s Known: %(choices)s.")
            % {"what": what, "name": name[:60], "hint": shape.near(name, names), "choices": choices or "—"},
        )
        return False
