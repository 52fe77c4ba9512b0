"""Where a person's day begins, and the one search box."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from banjie.console.shell import own_only
from banjie.kernel.errors import Unseen
from banjie.people.access import actor_of, signed_in
from banjie.people.permissions import Permission
from banjie.tickets.access import get_ticket, has_any_grant


@require_safe
@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """Send a person to where his work is: his own tickets, the queue, the regulation, or the organisation."""
    actor = actor_of(request)
    if actor.may(Permission.UNIT_MANAGE) and not actor.may(Permission.TICKET_READ):
        return redirect("people:units")
    if not has_any_grant(actor):
        return render(request, "console/nothing.html")
    return redirect(reverse("console:queue", query={"view": "mine"} if own_only(actor) else None))


@require_safe
@signed_in
def search(request: HttpRequest) -> HttpResponse:
    """Open the ticket whose number was typed, else list what matches."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    try:
        return redirect("console:ticket", get_ticket(actor_of(request), text).number)
    except Unseen:
        return redirect(reverse("console:queue", query={"view": "all", "q": text}))
