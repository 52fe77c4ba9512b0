"""Doors of the inbox: what was sent to the person."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from banjie.channels.queries import notifications
from banjie.channels.verbs.read import mark_read
from banjie.channels.words import LOOKS, sentence
from banjie.console.forms import integer
from banjie.people.access import actor_of, signed_in
from banjie.people.actor import Actor
from banjie.tickets.access import visible_tickets
from banjie.ui.responses import is_htmx

PAGE = 40
LATEST = 6
# Where a notice leads that is about no ticket and no duty.
_ELSEWHERE = {"copy_to_sign": "insight:copies_to_sign"}


@require_safe
@signed_in
def inbox(request: HttpRequest) -> HttpResponse:
    """Show the person's notifications, newest first."""
    actor, unread = actor_of(request), request.GET.get("unread") == "1"
    rows = _rows(actor, PAGE + 1, unread=unread, before=integer(request.GET.get("before", "")))
    query = {"before": str(rows[PAGE - 1]["id"]), **({"unread": "1"} if unread else {})} if len(rows) > PAGE else None
    context = {
        "rows": rows[:PAGE],
        "unread": unread,
        "next_url": reverse("console:inbox", query=query) if query else "",
        "now": timezone.now(),
    }
    return render(request, "console/_notices.html" if is_htmx(request) else "console/inbox.html", context)


@require_safe
@signed_in
def bell(request: HttpRequest) -> HttpResponse:
    """Show the unread count again, or for its menu the latest notifications."""
    if request.GET.get("menu") != "1":
        return render(request, "console/_bell.html")
    return render(request, "console/_bell_menu.html", {"rows": _rows(actor_of(request), LATEST, unread=False), "now": timezone.now()})


@require_POST
@signed_in
def read(request: HttpRequest) -> HttpResponse:
    """Mark one notification, or all, as read."""
    chosen = integer(request.POST.get("id", ""))
    mark_read(None if chosen is None else [chosen], by=actor_of(request), at=timezone.now())
    return redirect("console:inbox")


def _rows(actor: Actor, limit: int, *, unread: bool, before: int | None = None) -> list[dict[str, Any]]:
    """Return notifications in words; what a ticket is about is told only to who still sees it."""
    found = list(notifications(actor, unread=unread, before=before)[:limit])
    about = dict(visible_tickets(actor).filter(number__in=[one.ticket_number for one in found]).values_list("number", "summary"))
    return [
        {
            "id": one.pk,
            "title": sentence(one.kind, one.actor_name, one.behalf_names),
            "tone": LOOKS.get(one.kind, ("neutral", "bell"))[0],
            "icon": LOOKS.get(one.kind, ("neutral", "bell"))[1],
            "number": one.ticket_number,
            "url": reverse("console:ticket", args=[one.ticket_number])
            if one.ticket_number
            else reverse(_ELSEWHERE.get(one.kind, "console:duties")),
            "summary": about.get(one.ticket_number, "") if one.ticket_number else one.title,
            "clause": one.clause,
            "at": one.at,
            "is_read": one.read_at is not None,
        }
        for one in found
    ]
