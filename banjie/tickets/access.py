"""Who may see and act on a ticket. Every path to a ticket goes through here (invariant 6)."""

from __future__ import annotations

from typing import Protocol

from django.db.models import Q, QuerySet

from banjie.kernel.errors import Unseen
from banjie.people.actor import Actor
from banjie.people.models import Unit
from banjie.people.permissions import Permission
from banjie.rulebook.program import ActionRule
from banjie.tickets.models import Copy, Ticket
from banjie.tickets.snapshot import canonical_number


class Seen(Protocol):
    """What deciding about visibility needs of a ticket."""

    number: str
    unit_path: str
    assignee_id: int | None
    responsible_id: int | None
    opened_by_id: int | None


def is_root(unit_path: str) -> bool:
    """Tell whether a path is that of the whole organisation."""
    return unit_path.count("/") == 2


def reading_paths(actor: Actor) -> list[str]:
    """Return the unit paths under which the actor may read tickets, without those inside another."""
    paths = sorted({g.unit_path for g in actor.grants if not g.own_only and Permission.TICKET_READ in g.permissions})
    return [p for i, p in enumerate(paths) if not any(p.startswith(q) for q in paths[:i])]


def sees_everything(actor: Actor) -> bool:
    """Tell whether the actor may read every ticket."""
    return actor.is_system or any(is_root(path) for path in reading_paths(actor))


def has_any_grant(actor: Actor) -> bool:
    """Tell whether any post lets the actor read tickets at all, be it only the own ones."""
    return actor.is_system or any(Permission.TICKET_READ in g.permissions for g in actor.grants)


def visible_tickets(actor: Actor) -> QuerySet[Ticket]:
    """Return the tickets that the actor may see; none without a grant (POS-02, POS-03, PLT-09)."""
    if sees_everything(actor):
        return Ticket.objects.all()
    if not has_any_grant(actor):
        return Ticket.objects.none()
    mine = actor.member_id
    allowed = Q(assignee_id=mine) | Q(responsible_id=mine) | Q(opened_by_id=mine)
    allowed |= Q(pk__in=Copy.objects.filter(member=mine).values("ticket_id"))
    for path in reading_paths(actor):
        allowed |= Q(unit_id__in=Unit.objects.filter(path__startswith=path).values("id"))
    return Ticket.objects.filter(allowed)


def get_ticket(actor: Actor, number: str) -> Ticket:
    """Return a ticket that the actor may see.

    Raises:
        Unseen: it does not exist, or is not his to see; both look the same.
    """
    ticket = visible_tickets(actor).filter(number=canonical_number(number)).first()
    if ticket is None:
        raise Unseen
    return ticket


def may_see(actor: Actor, ticket: Seen) -> bool:
    """Tell whether the actor may see one ticket that was already read."""
    if actor.is_system or any(ticket.unit_path.startswith(path) for path in reading_paths(actor)):
        return True
    if not has_any_grant(actor) or actor.member_id is None:
        return False
    return (
        actor.member_id in (ticket.assignee_id, ticket.responsible_id, ticket.opened_by_id)
        or Copy.objects.filter(ticket__number=ticket.number, member_id=actor.member_id).exists()
    )


def may_act(actor: Actor, rule: ActionRule, ticket: Seen) -> bool:
    """Tell whether the rulebook's `by:` names the actor, over this ticket's unit."""
    if actor.is_system:
        return True
    me = actor.member_id
    people = {"assignee": ticket.assignee_id, "responsible": ticket.responsible_id, "opener": ticket.opened_by_id}
    if me is not None and any(people[relation] == me for relation in rule.relations):
        return True
    return any(
        g.role in rule.roles and (ticket.assignee_id == me if g.own_only else ticket.unit_path.startswith(g.unit_path))
        for g in actor.grants
    )


def may_see_phone(actor: Actor, ticket: Seen) -> bool:
    """Tell whether the actor may see the ticket's phone numbers whole: by a post over its unit, or because the ticket is his (CUS-12)."""
    if actor.may(Permission.CUSTOMER_PHONE, ticket.unit_path):
        return True
    return works_on(actor, ticket) and actor.may(Permission.CUSTOMER_PHONE)


def works_on(actor: Actor, ticket: Seen) -> bool:
    """Tell whether the ticket is the actor's own: assigned to him, answered for by him, or opened by him."""
    return actor.member_id is not None and actor.member_id in (ticket.assignee_id, ticket.responsible_id, ticket.opened_by_id)
