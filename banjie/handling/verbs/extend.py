"""Grant more time."""

from __future__ import annotations

from django.utils.translation import gettext as _

from banjie.kernel.errors import NotPermitted, Refused
from banjie.people.actor import Actor
from banjie.rulebook.program import ActionRule, Program
from banjie.tickets.registry import objection, verb
from banjie.tickets.step import Outcome, Snapshot, Step


@objection("extend")
def _his_own_limit(actor: Actor, program: Program, rule: ActionRule, ticket: Snapshot) -> Refused | None:
    """Object to whoever extends his own limit."""
    if actor.member_id is None or actor.member_id != ticket.assignee_id:
        return None
    return NotPermitted(_("Nobody extends his own limit. Ask your superior."), clause=program.reference(rule.clause))


@verb("extend")
def extend(step: Step) -> Outcome:
    """Grant more time on a running limit, with the reason; the deadline's reaction keeps the caps (PLT-04)."""
    step.need("reason", _("Write why more time is needed."))
    return Outcome()
