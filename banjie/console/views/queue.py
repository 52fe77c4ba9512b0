"""Doors of the queue: the list, its counts, its export."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from banjie.console.forms import VIEWS, Asked, asked, filters_of
from banjie.console.queries.choices import units_offered, versions_of
from banjie.console.queries.laws import chosen_programs, laws_offered, versions_shown
from banjie.console.queries.rows import choices_of, lines
from banjie.console.shell import may_take_requests, own_only, programs_of
from banjie.console.verbs.export_queue import export_queue
from banjie.kernel.excel import MIME
from banjie.people.access import actor_of, needs
from banjie.people.actor import Actor
from banjie.people.models import Unit
from banjie.people.permissions import Permission
from banjie.tickets.counts import AT_MOST, counts
from banjie.tickets.queue import Filters, page
from banjie.tickets.reach import live_topics
from banjie.ui.responses import is_htmx


@require_safe
@needs(Permission.TICKET_READ)
def queue(request: HttpRequest) -> HttpResponse:
    """Show the tickets that the person may see, the most urgent first; for htmx only the list."""
    actor, now, it, language = actor_of(request), timezone.now(), asked(request.GET), get_language() or ""
    units = units_offered(actor)
    found = page(actor, _filters(request, it, units, now), cursor=it.after)
    context: dict[str, Any] = {
        "asked": it,
        "lines": lines(found.rows, now, language),
        "now": now,
        "list_url": reverse("console:queue", query=it.query(after=it.after)),
        "next_url": reverse("console:queue", query=it.query(after=found.next)) if found.next else "",
        "topics": live_topics(actor),
        "may_open": may_take_requests(request, actor),
        "own_only": own_only(actor),
        "has_rulebook": bool(found.rows or programs_of(request)),
    }
    if not is_htmx(request):
        export = reverse("console:export", query=it.query()) if actor.may(Permission.TICKET_EXPORT) else ""
        context |= _offered(request, it, language) | {"units": units, "tabs": _tabs(it, {}, actor), "export_url": export}
    return render(request, "console/_list.html" if is_htmx(request) else "console/queue.html", context)


@require_safe
@needs(Permission.TICKET_READ)
def tabs(request: HttpRequest) -> HttpResponse:
    """Show the views with their counts: never more than 200 of each are counted."""
    actor, now, it = actor_of(request), timezone.now(), asked(request.GET)
    versions = versions_shown(actor, programs_of(request), it.law)
    views = {"open": Filters(book_versions=versions), "overdue": Filters(book_versions=versions, overdue_at=now)}
    found = counts(actor, {**views, "mine": Filters(mine=True)})
    return render(request, "console/_tabs.html", {"asked": it, "tabs": _tabs(it, found, actor), "topics": live_topics(actor)})


@require_safe
@needs(Permission.TICKET_EXPORT)
def export(request: HttpRequest) -> HttpResponse:
    """Send the list as a workbook."""
    actor, now, it = actor_of(request), timezone.now(), asked(request.GET)
    content = export_queue(_filters(request, it, units_offered(actor), now), get_language() or "", by=actor, at=now)
    response = HttpResponse(content, content_type=MIME)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{timezone.localtime(now):tickets-%Y%m%d-%H%M}.xlsx"
    response["Cache-Control"] = "no-store"
    return response


def _offered(request: HttpRequest, it: Asked, language: str) -> dict[str, Any]:
    """Return by what the list may be narrowed: regulations, and types and states of those that it shows."""
    actor, programs = actor_of(request), programs_of(request)
    types, states = choices_of(chosen_programs(actor, programs, it.law), language)
    return {"laws": laws_offered(actor, programs, language), "types": types, "states": states}


def _filters(request: HttpRequest, it: Asked, units: list[Unit], now: datetime) -> Filters:
    """Return what a list shows. What is the person's own, and what he looks for by words, may be of any regulation."""
    unit = next((one for one in units if one.pk == it.unit_id), None)
    versions = versions_of(it.book, it.type)
    if not versions and (it.law or not (it.text or it.view == "mine")):
        versions = versions_shown(actor_of(request), programs_of(request), it.law)
    return filters_of(it, unit, versions, now)


def _tabs(it: Asked, found: dict[str, int], actor: Actor) -> list[dict[str, Any]]:
    titles = {"open": _("Open"), "mine": _("Mine"), "overdue": _("Overdue"), "ended": _("Ended"), "all": _("All")}
    order = ("mine", *(view for view in VIEWS if view != "mine")) if own_only(actor) else VIEWS
    return [
        {
            "title": titles[view],
            "url": reverse("console:queue", query=it.query(view=view)),
            "active": it.view == view,
            "count": None if view not in found else f"{AT_MOST}+" if found[view] > AT_MOST else found[view],
        }
        for view in order
    ]
