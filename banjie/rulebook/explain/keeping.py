"""A ledger as a sentence: what it shows, what it is counted by, who freezes and signs it."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from banjie.rulebook.explain.sentences import often
from banjie.rulebook.explain.words import joined, listed, people, title
from banjie.rulebook.keeping import FACTS, STANDING, Freeze, Ledger
from banjie.rulebook.language import Book


def of_ledger(book: Book, ledger: Ledger) -> str:
    """Say what a ledger keeps."""
    said = [_("Columns: %(fields)s") % {"fields": _columns(book, ledger.columns)}]
    if ledger.count_by:
        said.append(_("counted by %(fields)s") % {"fields": _columns(book, ledger.count_by)})
    if ledger.shared:
        said.append(_("read by all units"))
    return joined([*said, _of_freeze(book, ledger.freeze) if ledger.freeze else ""])


def _of_freeze(book: Book, freeze: Freeze) -> str:
    values = {"often": often(freeze.every), "roles": people(book, freeze.by), "signers": people(book, freeze.signed_by)}
    return _("%(often)s %(roles)s may freeze a copy, which %(signers)s sign") % values


def _columns(book: Book, names: Iterable[str]) -> str:
    facts = STANDING | FACTS
    return listed(title(book.fields[name]) if name in book.fields else str(facts[name].title) if name in facts else name for name in names)
