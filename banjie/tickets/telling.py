"""Whom a change tells: the rulebook's `tell` of the action and of the state entered, and `repeated`."""

from __future__ import annotations

from collections.abc import Iterable

from banjie.rulebook.language import RELATIONS
from banjie.tickets.models import Event
from banjie.tickets.step import Notice, Step


def tell(step: Step) -> None:
    """Add the notices that the rulebook asks for to a step whose outcome is known."""
    spec = step.rule.spec
    if spec.tell:
        step.notices += notices(step, spec.tell, "told", step.clause)
    if step.opening or step.moved:
        state = step.kind.process.states[step.to_state]
        if state.tell:
            clause = step.program.reference(state.clause[0]) if state.clause else step.clause
            step.notices += notices(step, state.tell, "entered", clause)
    if spec.repeated and spec.repeated.outcome in (None, step.outcome) and _times(step) >= spec.repeated.times:
        clause = step.program.reference(spec.repeated.clause[0]) if spec.repeated.clause else step.clause
        step.notices += notices(step, spec.repeated.notify, "repeated", clause)


def notices(step: Step, names: Iterable[str], kind: str, clause: str) -> list[Notice]:
    """Return the notices to roles, and to people by their relation to the ticket as it stands after the step."""
    after = {name: step.changes.get(f"{name}_id", getattr(step.ticket, f"{name}_id")) for name in ("assignee", "responsible")}
    people = after | {"opener": step.ticket.opened_by_id}
    found = [Notice(None, name, kind, clause) if name not in RELATIONS else Notice(people[name], "", kind, clause) for name in names]
    return [notice for notice in found if notice.role or notice.member_id]


def _times(step: Step) -> int:
    """Return how often the action was done on the ticket, this time included."""
    done = Event.objects.filter(ticket_id=step.ticket.id, action=step.rule.name)
    assert step.rule.spec.repeated is not None
    if step.rule.spec.repeated.outcome:
        done = done.filter(outcome=step.rule.spec.repeated.outcome)
    return done.count() + 1
