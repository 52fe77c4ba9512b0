"""Fields: choices, patterns, expressions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from banjie.rulebook import expressions, patterns
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
    if field.min is not None and field.max is not None and field.min > field.max:
        c.wrong((*path, "min"), _("“min” is greater than “max”: nothing could be entered."))
    for name in ("show_if", "need_if", "value"):
        text = getattr(field, name)
        if text:
            expression(c, (*path, name), text, row=row)
    for key, inner in field.fields.items():
        _field(c, (*path, "fields", key), inner, row=field.fields)


def expression(c: Checker, path: Path, text: str, *, ticket: bool = False, row: Mapping[str, Field_] | None = None) -> None:
    """Check an expression: it compiles, its names are fields (or `ticket`, or the columns of its row), its kinds fit.

    It is tried on a form filled in completely: numbers compared with texts and the like show there.
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
    try:
        found = expressions.evaluate(text, samples(here))
    except expressions.BadExpression as wrong:
        c.wrong(path, _("This expression fails on a filled-in form: %(why)s.") % {"why": str(wrong).rstrip(".。")})
        return
    if path[-1] == "value" and not isinstance(found, str | int | float):
        c.wrong(path, _("A computed value must be a text, a number, or yes or no."))
    if ticket:
        return  # a condition that fails does not hold
    try:
        expressions.evaluate(text, blanks(here))
    except expressions.BadExpression as wrong:
        c.wrong(
            path,
            _("This expression fails on an empty form: %(why)s. Say what holds then: a == 0.0 ? 0.0 : b / a.")
            % {"why": str(wrong).rstrip(".。")},
        )


def samples(fields: Mapping[str, Field_]) -> dict[str, Any]:
    """Return a plausible value of each field, as expressions see them, and a ticket."""
    return {
        "ticket": {"type": "a", "state": "a", "round": 1},
        **{
            name: samples(f.fields) and [_without_ticket(samples(f.fields))] if f.kind == "rows" else _sample(f)
            for name, f in fields.items()
        },
    }


def blanks(fields: Mapping[str, Field_]) -> dict[str, Any]:
    """Return what expressions see of an empty form."""
    return {name: {"number": 0.0, "money": 0.0, "yes_no": False, "rows": []}.get(f.kind, "") for name, f in fields.items()}


def _without_ticket(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "ticket"}


def _sample(field: Field_) -> Any:
    if field.kind == "choice":
        return next(iter(field.choices), "")
    return {
        "number": 1.0,
        "money": 1.0,
        "yes_no": True,
        "date": "2024-06-03",
        "datetime": "2024-06-03T01:00:00+00:00",
        "person": 1,
        "unit": 1,
    }.get(field.kind, "1")


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
