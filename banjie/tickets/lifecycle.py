"""`perform` and `open_ticket`: the only ways a ticket comes to be and changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from banjie.kernel.errors import NotAllowedNow, NotPermitted, Refused, StaleVersion, Unseen
from banjie.people.actor import Actor
from banjie.rulebook import expressions
from banjie.rulebook.program import ActionRule, Program, TypeProgram
from banjie.rulebook.queries import program_of
from banjie.tickets import access, outcome
from banjie.tickets.children import must_have_children
from banjie.tickets.conditions import expression_values
from banjie.tickets.demands import must_hold, standing
from banjie.tickets.filefields import Holder, claim, referred
from banjie.tickets.identify import identify_again
from banjie.tickets.models import Event
from banjie.tickets.opening import open_below
from banjie.tickets.payload import clean
from banjie.tickets.permitted import brought_there, refusal_of
from banjie.tickets.registry import objection_to, reactions, verb_of
from banjie.tickets.snapshot import load
from banjie.tickets.step import EventDraft, Performed, Snapshot, Step
from banjie.tickets.write import write_change


class NoSuchAction(Refused):
    """The rulebook has no action of this name."""

    status = 422
    code = "no-such-action"


@transaction.atomic
def perform(number: str, action: str, payload: Mapping[str, Any], *, by: Actor, at: datetime, expect: int | None = None) -> Performed:
    """Do `action` on a ticket: check, let the verb decide, react, and write everything in one transaction.

    Args:
        payload: the action's fields as entered.
        expect: the ticket's version that the person saw; None skips the comparison (jobs, imports).

    Raises:
        Unseen: no such ticket, or not the actor's to see.
        NotPermitted: the rulebook does not name the actor for this action.
        NoSuchAction, NotAllowedNow, StaleVersion, InvalidInput, or a refusal of the verb.
    """
    ticket = load(number, lock=True)
    if not access.may_see(by, ticket):
        raise Unseen
    program = program_of(ticket.rulebook_version_id)
    kind = program.types[ticket.type]
    rule = kind.actions.get(action)
    if rule is None or rule.verb.opens:
        raise NoSuchAction(_("“%(type)s” has no action “%(action)s”.") % {"type": kind.spec.title, "action": str(action)[:60]})
    refusal = refusal_of(by, program, rule, ticket)
    if isinstance(refusal, NotPermitted):
        raise refusal
    if expect is not None and expect != ticket.version:
        raise stale(ticket, program)
    _allowed_now(program, kind, rule, ticket)
    refusal = refusal or objection_to(by, program, rule, ticket)
    if refusal is not None:
        raise refusal
    must_have_children(program, rule, ticket)
    holder = Holder(by, ticket.id)
    given = referred(program, payload, holder)
    values = clean(program, rule, given, known=ticket.fields, zone=ZoneInfo(settings.TIME_ZONE))
    must_hold(program, rule, {**ticket.fields, **values}, standing=standing(ticket))
    claim(program, values, ticket.id, holder)
    step = Step(ticket, program, kind, rule, values, by, at, from_state=ticket.state, to_state=ticket.state)
    identify_again(step)
    outcome.apply(step, verb_of(rule.spec.verb)(step))
    if rule.spec.opens:
        open_below(step, rule.spec.opens)
    for reaction in reactions():
        reaction(step)
    write_change(step)
    return Performed(ticket.id, ticket.number, ticket.version + 1, step.to_state, step.outcome)


def _allowed_now(program: Program, kind: TypeProgram, rule: ActionRule, ticket: Snapshot) -> None:
    clause = program.reference(rule.clause)
    if ticket.state not in rule.states:
        message = _("“%(action)s” is not possible while the ticket is “%(state)s”.")
        known = {"action": rule.spec.title, "state": kind.process.states[ticket.state].title}
        raise NotAllowedNow(message % known + brought_there(kind, ticket), clause=clause)
    if rule.spec.when and not holds(program, rule.spec.when, ticket):
        raise NotAllowedNow(_("The condition for “%(action)s” does not hold.") % {"action": rule.spec.title}, clause=clause)


def holds(program: Program, condition: str, ticket: Snapshot) -> bool:
    """Tell whether a rulebook condition holds for a ticket; one that fails on its values does not hold."""
    values = expression_values(program, ticket.fields)
    values["ticket"] = standing(ticket)
    try:
        return bool(expressions.evaluate(condition, values))
    except expressions.BadExpression:
        return False


def stale(ticket: Snapshot, program: Program) -> StaleVersion:
    """Return the refusal of a lost race: what changed meanwhile, and by whom."""
    last = Event.objects.filter(ticket_id=ticket.id).exclude(action="").order_by("-seq").first()
    if last is None:
        return StaleVersion(_("The ticket has changed meanwhile."))
    rule = program.types[ticket.type].actions.get(last.action)
    return StaleVersion(
        _("%(name)s meanwhile did “%(action)s” on this ticket. Look at its present state, then decide again; what you typed is kept.")
        % {"name": last.actor_name, "action": rule.spec.title if rule else last.action}
    )


@transaction.atomic
def note(number: str, drafts: list[EventDraft], *, by: Actor, at: datetime) -> None:
    """Append events that change nothing else, e.g. an attachment was added, a phone number was shown."""
    ticket = load(number, lock=True)
    program = program_of(ticket.rulebook_version_id)
    kind = program.types[ticket.type]
    step = Step(ticket, program, kind, kind.open_action, {}, by, at, from_state=ticket.state, to_state=ticket.state, events=drafts)
    write_change(step, counts=False)
