"""Tickets that belong together: link two, end a link, list a ticket's links (PLT-14)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from banjie.kernel.errors import FieldError, InvalidInput, NotPermitted, Refused, Unseen
from banjie.people.actor import Actor
from banjie.rulebook.program import TypeProgram
from banjie.rulebook.queries import program_of
from banjie.tickets.access import Seen, may_act, may_see, visible_tickets
from banjie.tickets.lifecycle import note
from banjie.tickets.models import Link, Ticket
from banjie.tickets.relations import Relation, relation_of, title_of
from banjie.tickets.snapshot import canonical_number, load
from banjie.tickets.step import EventDraft, Snapshot

AT_MOST = 50
LONGEST_REASON = 500
_ONE_AT_A_TIME = 7_220_143  # of those who change the tree of parents: two at once could close a ring
_ABOVE = """
with recursive above(id) as (
    select target_id from tickets_link where source_id = %s and kind = 'child' and ended_at is null
    union select l.target_id from tickets_link l join above a on l.source_id = a.id where l.kind = 'child' and l.ended_at is null)
select exists (select 1 from above where id = %s)
"""


class LinkedAlready(Refused):
    """The two tickets are linked; a pair has one link at a time."""

    code = "linked-already"
    default_message = gettext_lazy("These two tickets are not linked like this.")


class RingOfParents(Refused):
    """The parent would stand below its own child."""

    code = "ring-of-parents"
    default_message = gettext_lazy("These two tickets are not linked like this.")


class TooManyLinks(Refused):
    """The ticket has as many links as it may."""

    status = 422
    code = "too-many-links"


@dataclass(frozen=True, slots=True)
class Linked:
    """A link as one of its tickets sees it: what the other one is to it."""

    id: int
    relation: Relation
    ticket: Ticket
    by_name: str
    at: datetime


@transaction.atomic
def link_tickets(number: str, other: str, relation: str, *, by: Actor, at: datetime) -> Link:
    """Link a ticket to another one; both timelines say so (PLT-14).

    Args:
        relation: what `other` is to the ticket: a name of `Relation`.

    Raises:
        Unseen: no such ticket for the actor.
        NotPermitted: the rulebook lets him do nothing with it.
        InvalidInput: the relation is unknown; `other` is missing, hidden, or the ticket itself.
        LinkedAlready, RingOfParents, TooManyLinks.
    """
    ticket = _worked(number, by)
    if relation not in Relation.values:
        raise _wrong("relation", _("Choose how the two tickets belong together."))
    far = _other(ticket, other, by)
    kind, is_outward = Relation(relation).stored
    if kind == Link.Kind.CHILD:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])
    list(Ticket.objects.select_for_update().filter(pk__in=[ticket.id, far.id]).order_by("pk").values_list("pk"))  # always in this order
    source, target = (ticket, far) if is_outward else (far, ticket)
    _must_be_new(ticket, far)
    if kind == Link.Kind.CHILD and _is_above(source.id, target.id):
        raise RingOfParents(errors=[FieldError("other", _("This would close a ring: a ticket cannot stand below its own child."))])
    made = Link.objects.create(source_id=source.id, target_id=target.id, kind=kind, at=at, by_name=by.name)
    _tell("linked", made, {source.id: source.number, target.id: target.number}, by=by, at=at)
    return made


@transaction.atomic
def unlink_tickets(number: str, link_id: int, reason: str, *, by: Actor, at: datetime) -> None:
    """End a link, with a reason; the row stays, and both timelines say so.

    Raises:
        Unseen: no such ticket or link for the actor.
        NotPermitted: the rulebook lets him do nothing with the ticket.
        InvalidInput: the reason is missing or too long.
    """
    ticket = _worked(number, by)
    found = next((one for one in links_of(ticket.id, by) if one.id == link_id), None)
    if found is None:
        raise Unseen
    reason = reason.strip()
    if not reason:
        raise _wrong("reason", _("Write why the two tickets do not belong together."))
    if len(reason) > LONGEST_REASON:
        raise _wrong("reason", _("Write at most %(count)d characters.") % {"count": LONGEST_REASON})
    list(Ticket.objects.select_for_update().filter(pk__in=[ticket.id, found.ticket.pk]).order_by("pk").values_list("pk"))
    link = Link.objects.select_for_update().get(pk=link_id)
    if link.ended_at is not None:
        raise Unseen
    link.ended_at, link.ended_by_name, link.ended_reason = at, by.name, reason
    link.save(update_fields=["ended_at", "ended_by_name", "ended_reason"])
    _tell("unlinked", link, {ticket.id: ticket.number, found.ticket.pk: found.ticket.number}, by=by, at=at)


def links_of(ticket_id: int, actor: Actor) -> list[Linked]:
    """Return a ticket's links to tickets that the actor may see, oldest first. The caller has asked who may see the ticket itself."""
    rows = list(Link.objects.filter(Q(source_id=ticket_id) | Q(target_id=ticket_id), ended_at=None).order_by("pk")[:AT_MOST])
    if not rows:
        return []
    ends = {row.pk: row.target_id if row.source_id == ticket_id else row.source_id for row in rows}
    tickets = visible_tickets(actor).in_bulk(list(ends.values()))
    return [
        Linked(row.pk, relation_of(row.kind, is_source=row.source_id == ticket_id), tickets[ends[row.pk]], row.by_name, row.at)
        for row in rows
        if ends[row.pk] in tickets
    ]


def may_link(actor: Actor, kind: TypeProgram, ticket: Seen) -> bool:
    """Tell whether the actor may link a ticket that he sees: the rulebook names him for any action on it."""
    return not actor.read_only and any(may_act(actor, rule, ticket) for rule in kind.actions.values() if not rule.verb.opens)


def _worked(number: str, by: Actor) -> Snapshot:
    """Return a ticket that the actor may link."""
    ticket = load(number, lock=False)
    if not may_see(by, ticket):
        raise Unseen
    by.must_write()
    if not may_link(by, program_of(ticket.rulebook_version_id).types[ticket.type], ticket):
        raise NotPermitted
    return ticket


def _other(ticket: Snapshot, number: str, by: Actor) -> Snapshot:
    """Return the ticket at the other end; a hidden one looks like a missing one (invariant 6)."""
    if not number.strip():
        raise _wrong("other", _("Enter the number of the other ticket."))
    try:
        if canonical_number(number) == ticket.number:
            raise _wrong("other", _("This is the ticket itself. Enter the number of another one."))
        found = load(number, lock=False)
    except Unseen:
        found = None
    if found is None or not may_see(by, found):
        raise _wrong("other", _("There is no ticket of this number, or it is not yours to see."))
    return found


def _must_be_new(ticket: Snapshot, far: Snapshot) -> None:
    active = Link.objects.filter(ended_at=None)
    link = active.filter(Q(source_id=ticket.id, target_id=far.id) | Q(source_id=far.id, target_id=ticket.id)).first()
    if link is not None:
        title = title_of(relation_of(link.kind, is_source=link.source_id == ticket.id))
        message = _("The two tickets are linked already: %(relation)s. Remove that link first.") % {"relation": title}
        raise LinkedAlready(errors=[FieldError("other", message)])
    if any(active.filter(Q(source_id=one.id) | Q(target_id=one.id)).count() >= AT_MOST for one in (ticket, far)):
        raise TooManyLinks(_("One of the two tickets already has %(n)d links.") % {"n": AT_MOST})


def _is_above(source_id: int, target_id: int) -> bool:
    """Tell whether the source stands above the target, so that it cannot become its child."""
    with connection.cursor() as cursor:
        cursor.execute(_ABOVE, [target_id, source_id])
        return bool(cursor.fetchone()[0])


def _tell(kind: str, link: Link, numbers: dict[int, str], *, by: Actor, at: datetime) -> None:
    """Put the change into both chains, each in its own words."""
    why = {"why": link.ended_reason} if link.ended_reason else {}
    for here, there, is_source in sorted([(link.source_id, link.target_id, True), (link.target_id, link.source_id, False)]):
        payload = {"relation": str(relation_of(link.kind, is_source=is_source)), "linked": numbers[there], **why}
        note(numbers[here], [EventDraft(kind, payload)], by=by, at=at)


def _wrong(field: str, message: str) -> InvalidInput:
    return InvalidInput(errors=[FieldError(field, message)])
