"""What an action's entries must satisfy: the rulebook's `must`, each with the sentence that refuses them otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from banjie.kernel.errors import FieldError, InvalidInput
from banjie.rulebook import expressions
from banjie.rulebook.explain.words import said
from banjie.rulebook.program import ActionRule, Program
from banjie.tickets.conditions import computed, entries_read, expression_values
from banjie.tickets.step import Snapshot


def must_hold(program: Program, rule: ActionRule, have: Mapping[str, Any], *, standing: Mapping[str, Any]) -> None:
    """Refuse entries of which something does not hold that the action demands (REV-02, CHC-05).

    Args:
        have: the ticket's record with what is entered now; fields that are computed are reckoned anew from it.
        standing: what expressions see as `ticket`.

    Raises:
        InvalidInput: with the sentence of each demand that fails, at the last of its fields that the form asks: the others are told first.
    """
    if not rule.spec.must:
        return
    seen = {**expression_values(program, {**have, **computed(program, have)}), "ticket": dict(standing)}
    errors = [
        FieldError(next((name for name in reversed(rule.fields) if name in entries_read(program, must.that)), ""), said(must))
        for must in rule.spec.must
        if not _holds(must.that, seen)
    ]
    if errors:
        raise InvalidInput(errors[0].message, clause=program.reference(rule.clause), errors=errors)


def standing(ticket: Snapshot) -> dict[str, Any]:
    """Return what expressions see as `ticket`."""
    return {"type": ticket.type, "state": ticket.state, "round": ticket.round}


def _holds(condition: str, seen: Mapping[str, Any]) -> bool:
    """Tell whether a demand holds; one that cannot be reckoned does not."""
    try:
        return bool(expressions.evaluate(condition, seen))
    except expressions.BadExpression:
        return False
