"""Who may sign, or hand his signature over."""

from __future__ import annotations

from banjie.approval.standing import Standing
from banjie.kernel.errors import Refused
from banjie.people.actor import Actor
from banjie.rulebook.program import ActionRule, Program
from banjie.tickets.step import Snapshot


def who_is_asked(actor: Actor, program: Program, rule: ActionRule, ticket: Snapshot) -> Refused | None:
    """Let those sign, or hand over, whom the sign-off asks now: by post, by handover, or as a deputy."""
    if ticket.state not in rule.states:
        return None  # refused for its state, which says more
    try:
        Standing.of(program, rule, ticket).capacity(actor)
    except Refused as refused:
        refused.clause = program.reference(rule.clause)
        return refused
    return None
