"""Ledgers: their types, columns, what they are counted by, and who freezes and signs them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from banjie.rulebook.keeping import FACTS, STANDING, Freeze, Ledger

if TYPE_CHECKING:
    from banjie.rulebook.checks.checker import Checker
    from banjie.rulebook.source import Path

_COUNTED = ("choice", "yes_no")


def check(c: Checker) -> None:
    """Check every ledger."""
    for key, ledger in c.book.ledgers.items():
        path: Path = ("ledgers", key)
        for name in ledger.types:
            c.known(name, c.book.types, (*path, "types"), _("type"))
        _columns(c, path, ledger)
        _counts(c, path, ledger)
        if ledger.freeze:
            _freeze(c, (*path, "freeze"), ledger.freeze)


def _columns(c: Checker, path: Path, ledger: Ledger) -> None:
    here: Path = (*path, "columns")
    for name in ledger.columns:
        if name in STANDING:
            c.wrong(
                here,
                _("Every ledger shows “%(name)s” (%(title)s) by itself: leave it out.") % {"name": name, "title": STANDING[name].title},
            )
        elif f"ticket.{name}" in FACTS and name not in c.book.fields:
            c.wrong(here, _("There is no field “%(name)s”. What Banjie knows of the ticket is written “ticket.%(name)s”.") % {"name": name})
        elif name.startswith("ticket."):
            c.known(name, FACTS, here, _("fact of a ticket"))
        else:
            c.known(name, c.book.fields, here, _("field"))
    _twice(c, here, ledger.columns)


def _counts(c: Checker, path: Path, ledger: Ledger) -> None:
    here: Path = (*path, "count_by")
    facts = [name for name, fact in (STANDING | FACTS).items() if fact.counts]
    for name in ledger.count_by:
        field = c.book.fields.get(name)
        if field is not None and field.kind not in _COUNTED:
            c.wrong(
                here,
                _("Tickets are counted by fields of kind choice or yes_no; “%(name)s” is of kind %(kind)s.")
                % {"name": name, "kind": field.kind},
            )
        elif field is None:
            choices = [key for key, one in c.book.fields.items() if one.kind in _COUNTED]
            c.known(name, [*facts, *choices], here, _("choice field or fact to count by"))
    _twice(c, here, ledger.count_by)


def _twice(c: Checker, here: Path, names: list[str]) -> None:
    for name in sorted({name for name in names if names.count(name) > 1}):
        c.wrong(here, _("“%(name)s” stands there twice.") % {"name": name})


def _freeze(c: Checker, here: Path, freeze: Freeze) -> None:
    for key in ("by", "signed_by"):
        for name in getattr(freeze, key):
            if c.known(name, c.book.roles, (*here, key), _("role of the book")) and c.book.roles[name].sees == "own":
                c.wrong(
                    (*here, key),
                    _("“%(role)s” sees only its own tickets (sees: own): a copy of the whole ledger is frozen and signed by others.")
                    % {"role": c.book.roles[name].title},
                )
    for clause in freeze.clause:
        c.known(clause, c.book.clauses, (*here, "clause"), _("clause"))
