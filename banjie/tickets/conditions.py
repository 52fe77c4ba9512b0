"""What a rulebook's conditions say of a form: which fields are hidden, which are needed, given what is entered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from banjie.rulebook import expressions
from banjie.rulebook.language import Field_
from banjie.rulebook.program import ActionRule, Program


@dataclass(frozen=True, slots=True)
class Conditions:
    """Of a form's fields: those that a condition may change at all, those hidden now, those needed now."""

    conditional: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    needed: frozenset[str] = frozenset()


def conditions_of(program: Program, rule: ActionRule, have: Mapping[str, Any]) -> Conditions:
    """Return what holds for the form of an action while `have` is entered; a condition that fails half-way hides and needs nothing."""
    asked = {name: program.field(name) for name in rule.fields}
    conditional = frozenset(name for name, field in asked.items() if field.show_if or field.need_if)
    if not conditional:
        return Conditions()
    hidden = hidden_fields(program, have)
    values = _entered(program, have, hidden)
    needed = (name for name, field in asked.items() if name not in hidden and _holds(field.need_if, values, otherwise=False))
    return Conditions(conditional, hidden & conditional, frozenset(needed))


def hidden_fields(program: Program, have: Mapping[str, Any]) -> frozenset[str]:
    """Return the fields of a book whose `show_if` does not hold. What a hidden field holds counts for nothing, so that may hide others."""
    asked = {name: field.show_if for name, field in program.book.fields.items() if field.show_if}
    hidden: frozenset[str] = frozenset()
    for _round in asked:  # each round settles at least one more of them; `check` refuses rings
        values = _entered(program, have, hidden)
        found = frozenset(name for name, condition in asked.items() if not _holds(condition, values, otherwise=True))
        if found == hidden:
            break
        hidden = found
    return hidden


def _entered(program: Program, have: Mapping[str, Any], hidden: Iterable[str]) -> dict[str, Any]:
    return expression_values(program, {name: value for name, value in have.items() if name not in hidden})


def _holds(condition: str | None, values: Mapping[str, Any], *, otherwise: bool) -> bool:
    if not condition:
        return otherwise
    try:
        return bool(expressions.evaluate(condition, values))
    except expressions.BadExpression:
        return otherwise


def expression_values(program: Program, have: Mapping[str, Any]) -> dict[str, Any]:
    """Return every field's value as an expression sees it: numbers as numbers, a missing text as ""."""
    return {name: _as_seen(field, have.get(name)) for name, field in program.book.fields.items()}


def computed(program: Program, have: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the book computes from the entries: each field's `value`, in the order of the book.

    Raises:
        BadExpression: one of them cannot be reckoned from these entries.
    """
    reckoned = {name: field.value for name, field in program.book.fields.items() if field.value}
    seen = expression_values(program, have) if reckoned else {}
    found = {}
    for name, text in reckoned.items():
        seen[name] = expressions.evaluate(text, seen)
        found[name] = f"{seen[name]:.2f}" if program.field(name).kind == "money" else seen[name]
    return found


def entries_read(program: Program, condition: str) -> frozenset[str]:
    """Return the fields that people enter and that a condition reads, itself or through what is computed."""
    found = todo = expressions.names(condition)
    while todo:
        values = [program.book.fields[name].value for name in todo if name in program.book.fields]
        todo = frozenset().union(*(expressions.names(value) for value in values if value)) - found
        found |= todo
    return frozenset(name for name in found if name in program.book.fields and not program.book.fields[name].value)


def _as_seen(field: Field_, value: Any) -> Any:
    if field.kind in ("number", "money"):
        return float(value) if value not in (None, "") else 0.0
    if field.kind == "yes_no":
        return bool(value)
    if field.kind == "file":  # the names; of one that was only just uploaded it is not known yet
        return [str(one["name"]) if isinstance(one, dict) else "" for one in value or []]
    if field.kind == "rows":
        return [{name: _as_seen(column, row.get(name)) for name, column in field.fields.items()} for row in value or []]
    return "" if value is None else value
