"""Urge, and supervise: both levels remind whoever works a ticket."""

from __future__ import annotations

from django.utils.translation import gettext as _

from banjie.handling.models import Supervision, Urge
from banjie.tickets.registry import verb
from banjie.tickets.step import Notice, Outcome, Step


def _target(step: Step, kind: str) -> tuple[dict[str, int | None], list[Notice]]:
    """Return whom a reminder reaches: the assignee, else those who may act on the ticket in its unit."""
    target = {"to_member_id": step.ticket.assignee_id, "to_unit_id": step.ticket.unit_id}
    if step.ticket.assignee_id:
        return target, [Notice(step.ticket.assignee_id, "", kind, step.clause)]
    roles = sorted({role for rule in step.kind.by_state[step.ticket.state] if rule.spec.verb == "dispatch" for role in rule.roles})
    return target, [Notice(None, role, kind, step.clause) for role in roles]


@verb("urge")
def urge(step: Step) -> Outcome:
    """Remind whoever works the ticket; time, actor and target are kept (POS-26, FQR-06)."""
    target, notify = _target(step, "urged")
    return Outcome(rows=[Urge(note=step.payload.get("note", ""), **target, **step.stamp)], notes=target, notify=notify)


@verb("supervise")
def supervise(step: Step) -> Outcome:
    """Follow the ticket formally from above, with a demand in writing (POS-26)."""
    demand = step.need("note", _("Write what you demand."))
    target, notify = _target(step, "supervised")
    return Outcome(rows=[Supervision(note=demand, **target, **step.stamp)], notes=target, notify=notify)
