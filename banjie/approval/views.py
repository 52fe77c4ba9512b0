"""Doors of sign-offs: what waits for the person, what he signed, what he applied for."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from banjie.approval.inbox import applied_by, waiting_count, waiting_for
from banjie.approval.signed import signed_by
from banjie.people.access import actor_of, needs
from banjie.people.permissions import Permission
from banjie.tickets.reach import live_topics
from banjie.ui.responses import is_htmx

PAGE = 50


@require_safe
@needs(Permission.TICKET_READ)
def waiting(request: HttpRequest) -> HttpResponse:
    """Show what waits for the person's signature now, what waits longest first."""
    actor, now, after = actor_of(request), timezone.now(), request.GET.get("after", "")[:200]
    page = waiting_for(actor, get_language() or "", now, cursor=after, limit=PAGE)
    return _list(request, "approval:inbox", rows=page.rows, next=page.next, is_first=not after, now=now)


@require_safe
@needs(Permission.TICKET_READ)
def signed(request: HttpRequest) -> HttpResponse:
    """Show what the person signed, the latest first."""
    sent, now = request.GET.get("after", ""), timezone.now()
    before = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 19 else None
    rows = signed_by(actor_of(request), get_language() or "", before=before, limit=PAGE + 1)
    following = str(rows[PAGE - 1].id) if len(rows) > PAGE else ""
    return _list(request, "approval:signed", rows=rows[:PAGE], next=following, is_first=before is None, now=now)


@require_safe
@needs(Permission.TICKET_READ)
def applied(request: HttpRequest) -> HttpResponse:
    """Show what the person applied for and still waits, with where it is."""
    actor, now, after = actor_of(request), timezone.now(), request.GET.get("after", "")[:200]
    page = applied_by(actor, get_language() or "", now, cursor=after, limit=PAGE)
    return _list(request, "approval:applied", rows=page.rows, next=page.next, is_first=not after, now=now)


@require_safe
@needs(Permission.TICKET_READ)
def count(request: HttpRequest) -> HttpResponse:
    """Show how many tickets wait for the person's signature: the mark in the navigation, fetched again when something changed."""
    actor = actor_of(request)
    context = {"count": waiting_count(actor, timezone.now()), "topics": live_topics(actor)}
    return render(request, "approval/_count.html", context)


def _list(request: HttpRequest, name: str, **context: Any) -> HttpResponse:
    """Render one of the three lists; for htmx the list alone."""
    titles = {"approval:inbox": _("Waiting for me"), "approval:signed": _("Signed by me"), "approval:applied": _("Applied for by me")}
    context |= {
        "view": name.partition(":")[2],
        "tabs": [{"title": title, "url": reverse(one), "active": one == name} for one, title in titles.items()],
        "first_url": reverse(name),
        "next_url": reverse(name, query={"after": context["next"]}) if context["next"] else "",
        "topics": live_topics(actor_of(request)),
    }
    return render(request, "approval/_list.html" if is_htmx(request) else "approval/inbox.html", context)
