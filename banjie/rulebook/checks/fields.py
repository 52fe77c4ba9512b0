"""Fields: choices, patterns, expressions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from banjie.rulebook import expressions
from banjie.rulebook.language import Book, Field_

if TYPE_CHECKING:
    from banjie.rulebook.check import Checker
    from banjie.rulebook.source import Path

# A repeated group that itself repeats can take exponential time on a crafted text.
_NESTED_REPEAT = re.compile(r"[*+}]\)[*+{]|\\[1-9]|\(\?[=!<P]")


def check(c: Checker) -> None:
    """Check every field, and that each built-in column is filled by one field at most."""
    columns: dict[str, str] = {}
    for key, field in c.book.fields.items():
        path: Path = ("fields", key)
        _field(c, path, field)
        if field.as_ and field.as_ in columns:
            c.wrong((*path, "as"), _("“%(first)s” already fills %(column)s.") % {"first": columns[field.as_], "column": field.as_})
        columns.setdefault(field.as_, key)
    _computed_in_a_circle(c)


def _field(c: Checker, path: Path, field: Field_) -> None:
    if (field.kind == "choice") != bool(field.choices):
        c.wrong(path, _("A field of kind choice has “choices”, and only such a field."))
    if (field.kind == "rows") != bool(field.fields):
        c.wrong(path, _("A field of kind rows has “fields”, and only such a field."))
    if field.role:
        c.known(field.role, c.book.roles, (*path, "role"), _("role"))
    if field.pattern:
        pattern(c, (*path, "pattern"), field.pattern)
    for name in ("show_if", "need_if", "value"):
        text = getattr(field, name)
        if text:
            expression(c, (*path, name), text)
    for key, inner in field.fields.items():
        _field(c, (*path, "fields", key), inner)


def pattern(c: Checker, path: Path, text: str) -> None:
    """Check a regular expression: valid, and without shapes that can run for ever."""
    try:
        re.compile(text)
    except re.error as wrong:
        c.wrong(path, _("This is no regular expression: %(why)s.") % {"why": wrong})
        return
    if _NESTED_REPEAT.search(text):
        c.wrong(
            path,
            _(
                "A repeated group must not be repeated again, and look-around and back references are not allowed: such a pattern can run for very long."
            ),
        )


def visible_names(book: Book) -> set[str]:
    """Return the names that an expression may read."""
    return set(book.fields) | {"ticket", "me"}


def expression(c: Checker, path: Path, text: str) -> None:
    """Check an expression: it compiles, and every name in it is a field or `ticket`."""
    try:
        used = expressions.names(text)
    except expressions.BadExpression as wrong:
        c.wrong(path, _("This expression is wrong: %(why)s.") % {"why": wrong})
        return
    for name in sorted(used - visible_names(c.book)):
        c.known(name, visible_names(c.book), path, _("field"))


def _computed_in_a_circle(c: Checker) -> None:
    reads: dict[str, set[str]] = {}
    for key, field in c.book.fields.items():
        if field.value:
            try:
                reads[key] = set(expressions.names(field.value))
            except expressions.BadExpression:
                continue
    for key in reads:
        seen: set[str] = set()
        todo = [key]
        while todo:
            for name in reads.get(todo.pop(), ()):
                if name == key:
                    c.wrong(("fields", key, "value"), _("The value of “%(key)s” is computed from itself.") % {"key": key})
                    todo.clear()
                    break
                if name not in seen:
                    seen.add(name)
                    todo.append(name)
