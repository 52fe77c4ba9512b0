"""Call the customer back."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from banjie.kernel.errors import NotPermitted, Refused
from banjie.people.actor import Actor
from banjie.rulebook.due import duration
from banjie.rulebook.program import ActionRule, Program
from banjie.tickets.registry import objection, verb
from banjie.tickets.step import Notice, Outcome, Snapshot, Step
from banjie.verification.models import Callback


class TooSoon(Refused):
    """The last attempt was only a moment ago; attempts must lie apart."""

    code = "attempt-too-soon"


class EnoughAttempts(Refused):
    """The customer was tried as often as the regulation asks."""

    code = "enough-attempts"


@objection("call_back", "verify", "inspect")
def _not_by_its_handler(actor: Actor, program: Program, rule: ActionRule, ticket: Snapshot) -> Refused | None:
    """Object to whoever checks his own work (invariant 7)."""
    if actor.member_id is None or actor.member_id != ticket.assignee_id:
        return None
    return NotPermitted(_("Nobody checks his own work. Let a colleague do it."), clause=program.reference(rule.clause))


@verb("call_back")
def call_back(step: Step) -> Outcome:
    """Record one attempt to ask the customer: satisfied, dissatisfied, or not reached (POS-22, POS-24, CBK-17).

    Dissatisfied goes back to handling, never closes (invariant 8) and begins the next round; an unreachable customer
    leaves the ticket where it is and does not count as called back.
    """
    result = step.need("reached", _("Say how the callback went."))
    attempt = _next_attempt(step, result)
    row = Callback(result=result, attempt=attempt, round=step.ticket.round, opinion=step.payload.get("opinion", ""), **step.stamp)
    if result != Callback.Result.DISSATISFIED:
        return Outcome(result, rows=[row], notes={"attempt": attempt})
    notify = [Notice(step.ticket.assignee_id, "", "dissatisfied", step.clause)] if step.ticket.assignee_id else []
    return Outcome(result, rows=[row], changes={"round": step.ticket.round + 1}, notes={"attempt": attempt}, notify=notify)


def _next_attempt(step: Step, result: str) -> int:
    earlier = Callback.objects.filter(ticket_id=step.ticket.id, round=step.ticket.round).aggregate(last=Max("attempt"), at=Max("at"))
    attempt = (earlier["last"] or 0) + 1
    rule = step.rule.spec.attempts
    if rule is None or result != Callback.Result.UNREACHABLE:
        return attempt
    if attempt > rule.at_most:
        raise step.refuse(
            ngettext("%(n)d attempt is recorded; that is enough.", "%(n)d attempts are recorded; that is enough.", rule.at_most)
            % {"n": rule.at_most},
            EnoughAttempts,
        )
    apart: timedelta = duration(rule.apart).timedelta
    if earlier["at"] and step.at < earlier["at"] + apart:
        raise step.refuse(_("Attempts lie at least %(apart)s apart. Try again later.") % {"apart": rule.apart}, TooSoon)
    return attempt
