"""Doors of a ticket's links: make one, end one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from banjie.console.queries import neighbours, sheet
from banjie.people.access import actor_of, signed_in
from banjie.tickets.links import link_tickets, unlink_tickets
from banjie.ui.responses import is_htmx


@require_POST
@signed_in
def add(request: HttpRequest, number: str) -> HttpResponse:
    """Link the ticket to another one."""
    sent = request.POST
    link_tickets(number, sent.get("other", "")[:40], sent.get("relation", ""), by=actor_of(request), at=timezone.now())
    return _again(request, number)


@require_POST
@signed_in
def end(request: HttpRequest, number: str, link_id: int) -> HttpResponse:
    """End a link of the ticket."""
    unlink_tickets(number, link_id, request.POST.get("reason", ""), by=actor_of(request), at=timezone.now())
    return _again(request, number)


def _again(request: HttpRequest, number: str) -> HttpResponse:
    """Show the links again, and let the rest of the page follow: the timeline has a new entry."""
    if not is_htmx(request):
        return redirect("console:ticket", number)
    page = sheet.sheet(actor_of(request), number, get_language() or "", timezone.now())
    response = render(request, "console/_links.html", neighbours.links(page) | {"ticket": sheet.head(page), "now": page.now})
    response["HX-Trigger"] = "ticket-refresh"
    return response
