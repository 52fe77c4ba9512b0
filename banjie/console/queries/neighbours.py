"""What belongs to a ticket: the linked ones, and others of the same customer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse

from banjie.console.queries.sheet import Sheet, brief
from banjie.tickets.access import visible_tickets
from banjie.tickets.links import AT_MOST, links_of, may_link
from banjie.tickets.relations import Relation

RELATED_WITHIN = timedelta(days=30)
MOST_RELATED = 10


def links(page: Sheet) -> dict[str, Any]:
    """Return what the card of links draws: the linked tickets that the actor may see, and whether he may link more."""
    language = page.reader.language
    found = [
        brief(one.ticket, language)
        | {"id": one.id, "pk": one.ticket.pk, "relation": str(one.relation.label), "by": one.by_name, "at": one.at}
        | {"remove_url": reverse("console:link", args=[page.number, one.id])}
        for one in links_of(page.it.ticket.id, page.actor)
    ]
    may = may_link(page.actor, page.kind, page.it.ticket)
    return {"links": found, "may_link": may, "may_add_link": may and len(found) < AT_MOST, "relations": Relation.choices}


def related(page: Sheet, linked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return tickets of the same customer or asset in the last 30 days that the actor may see, without the linked ones."""
    ticket = page.it.ticket
    same = Q()
    if ticket.customer_id:
        same |= Q(customer_id=ticket.customer_id, opened_at__gte=page.now - RELATED_WITHIN)
    if ticket.asset_id:
        same |= Q(asset_id=ticket.asset_id, opened_at__gte=page.now - RELATED_WITHIN)
    if not same:
        return []
    shown_already = [ticket.id, *(one["pk"] for one in linked)]
    found = visible_tickets(page.actor).filter(same).exclude(pk__in=shown_already).order_by("-pk")[:MOST_RELATED]
    return [brief(one, page.reader.language) for one in found]
