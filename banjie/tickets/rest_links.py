"""REST of a ticket's links: make one, end one. They are read with the ticket itself."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Field, Path, Query, Router, Schema
from pydantic import StringConstraints

from banjie.kernel.answers import answer
from banjie.people.actor import Actor
from banjie.tickets.access import get_ticket
from banjie.tickets.links import LONGEST_REASON, Linked, link_tickets, links_of, unlink_tickets
from banjie.tickets.relations import Relation

router = Router(tags=["tickets"])
Number = Annotated[str, StringConstraints(max_length=32, pattern=r"^[A-Za-z0-9-]+$")]
Key = Annotated[int, Field(ge=1, le=2**63 - 1)]


class LinkIn(Schema):
    """The other ticket, and what it is to this one."""

    ticket: Number
    relation: Relation


class UnlinkIn(Schema):
    """Why a link ends."""

    reason: Annotated[str, StringConstraints(max_length=LONGEST_REASON)]


class LinkOut(Schema):
    """A link as this ticket sees it: what the other one is to it."""

    id: int
    relation: str
    title: str
    ticket: str
    type: str
    state: str
    open: bool
    summary: str
    by: str
    at: datetime


class LinksOut(Schema):
    """A ticket's links to tickets that the caller may see."""

    links: list[LinkOut]


def shown_links(ticket_id: int, by: Actor) -> list[dict[str, Any]]:
    """Return a ticket's links as REST hands them out."""
    return [_line(one) for one in links_of(ticket_id, by)]


def _line(one: Linked) -> dict[str, Any]:
    ticket = one.ticket
    return {
        "id": one.id,
        "relation": str(one.relation),
        "title": str(one.relation.label),
        "ticket": ticket.number,
        "type": ticket.type,
        "state": ticket.state,
        "open": ticket.is_open,
        "summary": ticket.summary,
        "by": one.by_name,
        "at": one.at,
    }


@router.post("/tickets/{number}/links", response={201: LinksOut}, summary="Link a ticket to another one")
def link(request: HttpRequest, number: Path[Number], payload: LinkIn) -> HttpResponse:
    """Link two tickets; `relation` says what the other one is to this one. 409 when they are linked, or would close a ring of parents."""
    by: Actor = request.auth  # type: ignore[attr-defined]  # the API's authentication has put it there
    link_tickets(number, payload.ticket, payload.relation, by=by, at=timezone.now())
    return answer({"links": shown_links(get_ticket(by, number).pk, by)}, 201)


@router.delete("/tickets/{number}/links/{link_id}", response={200: LinksOut}, summary="End a link")
def unlink(request: HttpRequest, number: Path[Number], link_id: Path[Key], asked: Query[UnlinkIn]) -> HttpResponse:
    """End a link, with a reason; both timelines keep it."""
    by: Actor = request.auth  # type: ignore[attr-defined]  # the API's authentication has put it there
    unlink_tickets(number, link_id, asked.reason, by=by, at=timezone.now())
    return answer({"links": shown_links(get_ticket(by, number).pk, by)})
