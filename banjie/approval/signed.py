"""What somebody signed lately, and all signatures of one ticket."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from banjie.approval.models import Signature
from banjie.people.actor import Actor
from banjie.rulebook.program import Program
from banjie.rulebook.queries import program_of
from banjie.tickets.access import visible_tickets
from banjie.tickets.possible import titled


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature in a list: on which ticket, what it said, and where the ticket is now."""

    id: int
    number: str
    type: str
    summary: str
    state: str
    decision: str
    decision_title: str
    opinion: str
    behalf: str
    by: str
    at: datetime


def signed_by(actor: Actor, language: str, *, before: int | None = None, limit: int = 50) -> list[Signed]:
    """Return what the actor signed, the latest first, of the tickets that he may still see; one query."""
    rows = Signature.objects.filter(by_id=actor.member_id or 0, ticket__in=visible_tickets(actor).values("pk")).select_related("ticket")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [_signed(row, program_of(row.ticket.rulebook_version_id), language) for row in rows.order_by("-pk")[:limit]]


def signatures_of(ticket_id: int, program: Program, language: str, *, limit: int = 500) -> list[Signed]:
    """Return all signatures of a ticket, of every round, the first one first; one query. The caller has seen the ticket."""
    rows = Signature.objects.filter(ticket_id=ticket_id).select_related("ticket").order_by("pk")[:limit]
    return [_signed(row, program, language) for row in rows]


def _signed(row: Signature, program: Program, language: str) -> Signed:
    kind = program.types[row.ticket.type]
    return Signed(
        id=row.pk,
        number=row.ticket.number,
        type=titled(kind.spec, language),
        summary=row.ticket.summary,
        state=titled(kind.process.states[row.ticket.state], language),
        decision=row.decision,
        decision_title=row.get_decision_display(),
        opinion=row.opinion,
        behalf=row.behalf_name,
        by=row.by_name,
        at=row.at,
    )
