"""Fields: choices, patterns, expressions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from banjie.rulebook import expressions, patterns
from banjie.rulebook.checks import literals, trial
from banjie.rulebook.language import Field_

if TYPE_CHECKING:
    from banjie.rulebook.checks.checker import Checker
    from banjie.rulebook.source import Path


def check(c: Checker) -> None:
    """Check every field, and that each built-in column is filled by one field at most."""
    columns: dict[str, str] = {}
    for key, field in c.book.fields.items():
        path: Path = ("fields", key)
        _field(c, path, field)
        if field.as_ and field.as_ in columns:
            taken = {"first": columns[field.as_], "column": field.as_}
            c.wrong((*path, "as"), _("“%(first)s” already fills “%(column)s”. Remove “as” from one of them.") % taken)
        columns.setdefault(field.as_, key)
    _in_a_circle(c, "value", _("The value of “%(key)s” is computed from itself."))
    _in_a_circle(c, "show_if", _("Whether “%(key)s” is shown depends on itself."))


def _field(c: Checker, path: Path, field: Field_, *, row: Mapping[str, Field_] | None = None) -> None:
    if (field.kind == "choice") != bool(field.choices):
        c.wrong(path, _("A field of kind choice has “choices”, and only such a field."))
    if (field.kind == "rows") != bool(field.fields):
        c.wrong(path, _("A field of kind rows has “fields”, and only such a field."))
    if field.role:
        c.known(field.role, c.book.roles, (*path, "role"), _("role of the book"))
    if field.pattern and (why := patterns.fault(field.pattern)):
        c.wrong((*path, "pattern"), why)
    if field.kind == "file" and (field.as_ or field.value or field.pattern or field.asset_key):
        c.wrong(path, _("A field of kind file is uploaded; it takes no as, value, pattern or asset_key."))
    if field.min is not None and field.max is not None and field.min > field.max:
        c.wrong((*path, "min"), _("“min” is greater than “max”: nothing could be entered."))
    for name in ("show_if", "need_if", "value"):
        text = getattr(field, name)
        if text:
            expression(c, (*path, name), text, row=row)
    for key, inner in field.fields.items():
        _field(c, (*path, "fields", key), inner, row=field.fields)


def expression(
    c: Checker, path: Path, text: str, *, ticket: bool = False, row: Mapping[str, Field_] | None = None, given: Collection[str] = ()
) -> None:
    """Check an expression: it compiles, its names are fields (or `ticket`, or the columns of its row), its kinds fit.

    It is tried on a form filled in completely: numbers compared with texts and the like show there; then with entries missing and
    at the ends of what they may be. `given` cannot be missing.
    """
    try:
        used = expressions.names(text)
    except expressions.BadExpression as wrong:
        c.wrong(path, _("This expression is wrong: %(why)s.") % {"why": str(wrong).rstrip(".。")})
        return
    here = {**c.book.fields, **(row or {})}
    allowed = set(here) | ({"ticket"} if ticket else set())
    known = [c.known(name, allowed, path, _("field")) for name in sorted(used)]
    if not all(known):
        return
    read = {f"ticket.{name}" for name in expressions.ticket_members(text)} if ticket else set()
    known = [c.known(name, {f"ticket.{part}" for part in expressions.TICKET_NAMES}, path, _("value")) for name in sorted(read)]
    if not all(known):
        return
    for name in sorted(expressions.names_in_macros(text) & set(here)):
        if here[name].kind in {"rows", "long_text"}:
            c.wrong(path, _("“%(name)s” is too large to be read again for each row.") % {"name": name})
    literals.check(c, path, text, here)
    try:
        found = expressions.evaluate(text, trial.samples(here))
    except expressions.BadExpression as wrong:
        c.wrong(path, _("This expression fails on a filled-in form: %(why)s.") % {"why": str(wrong).rstrip(".。")})
        return
    if path[-1] == "value" and not isinstance(found, str | int | float):
        c.wrong(path, _("A computed value must be a text, a number, or yes or no."))
    for failure in trial.failures(text, used, here, value=path[-1] == "value", given=given):
        c.wrong(path, failure)


def _in_a_circle(c: Checker, key: str, message: str) -> None:
    """Refuse fields whose expression under `key` comes to depend on itself."""
    reads: dict[str, set[str]] = {}
    for name, field in c.book.fields.items():
        text = getattr(field, key)
        if text:
            try:
                reads[name] = set(expressions.names(text))
            except expressions.BadExpression:
                continue
    for name in reads:
        seen: set[str] = set()
        todo = [name]
        while todo:
            for read in reads.get(todo.pop(), ()):
                if read == name:
                    c.wrong(("fields", name, key), message % {"key": name})
                    todo.clear()
                    break
                if read not in seen:
                    seen.add(read)
                    todo.append(read)
