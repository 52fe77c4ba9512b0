"""Whether somebody may do an action on a ticket: the rulebook's `by`, or what the verb itself decides."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from banjie.kernel.errors import NotPermitted, Refused
from banjie.people.actor import Actor
from banjie.rulebook.program import ActionRule, Program, TypeProgram
from banjie.tickets.access import may_act
from banjie.tickets.models import Event
from banjie.tickets.registry import decider_of
from banjie.tickets.step import Snapshot


def refusal_of(actor: Actor, program: Program, rule: ActionRule, ticket: Snapshot) -> Refused | None:
    """Return why the actor may not do the action; None when he may."""
    decide = decider_of(rule.spec.verb)
    if decide is not None and not actor.read_only:
        return decide(actor, program, rule, ticket)
    if not actor.read_only and may_act(actor, rule, ticket):
        return None
    clause = program.reference(rule.clause)
    if any(g.lapsed_role in rule.roles and g.covers(ticket.unit_path) for g in actor.grants):
        return NotPermitted(
            _("“%(action)s” needs a certificate that you do not have, or that has run out. “My profile” says which; ask its examiner.")
            % {"action": rule.spec.title},
            clause=clause,
        )
    return NotPermitted(_("“%(action)s” is not among the tasks of your role.") % {"action": rule.spec.title}, clause=clause)


def brought_there(kind: TypeProgram, ticket: Snapshot) -> str:
    """Return the sentence that says who brought the ticket into its present state, by what and when; "" if nobody did."""
    last = Event.objects.filter(ticket_id=ticket.id, to_state=ticket.state).exclude(from_state=ticket.state).order_by("-seq").first()
    rule = kind.actions.get(last.action) if last else None
    if last is None or rule is None:
        return ""
    when = f"{last.at.astimezone(ZoneInfo(settings.TIME_ZONE)):%Y-%m-%d %H:%M}"
    return _(" %(name)s did “%(action)s” at %(when)s.") % {"name": last.actor_name, "action": rule.spec.title, "when": when}
