"""Doors of one ticket: its page, its news, its timeline, its phone."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from banjie.approval.shown import signoffs_of
from banjie.channels.verbs.read import mark_ticket_read
from banjie.console.forms import back_of, integer
from banjie.console.queries import history, neighbours, papers, sheet
from banjie.console.views.action import form_context
from banjie.kernel.errors import NotPermitted, Unseen
from banjie.people.access import actor_of, signed_in
from banjie.tickets.attachments import attachments_of, may_add
from banjie.tickets.lifecycle import note
from banjie.tickets.step import EventDraft


@require_safe
@signed_in
def ticket(request: HttpRequest, number: str) -> HttpResponse:
    """Show a ticket: what it is, what may be done, what happened."""
    page = open_sheet(request, number)
    mark_ticket_read(page.number, by=page.actor, at=page.now)
    context = whole(page)
    wanted = next((one for one in context["actions"] if one.name == request.GET.get("do")), None)
    if wanted:
        context |= form_context(page, wanted, back_of(request))
    return render(request, "console/ticket.html", context)


@require_safe
@signed_in
def parts(request: HttpRequest, number: str) -> HttpResponse:
    """Show all of a ticket but the form that is being filled."""
    return render(request, "console/_parts.html", whole(open_sheet(request, number)) | {"has_form": "token" in request.GET})


@require_safe
@signed_in
def news(request: HttpRequest, number: str) -> HttpResponse:
    """Tell what others did since the page was drawn; without an open form simply show it."""
    page, seen = open_sheet(request, number), _seen(request)
    found = history.news(page, seen)
    if found and not request.GET.get("token"):
        return render(request, "console/_parts.html", whole(page) | {"has_form": False})
    return render(request, "console/_news.html", {"ticket": sheet.head(page) | {"seen": seen}, "news": found, "now": page.now})


@require_safe
@signed_in
def timeline(request: HttpRequest, number: str) -> HttpResponse:
    """Show earlier entries of the timeline."""
    page = open_sheet(request, number)
    entries, earlier = history.history(page, before=_before(request))
    return render(request, "console/_timeline.html", {"ticket": sheet.head(page), "entries": entries, "earlier": earlier, "now": page.now})


@require_POST
@signed_in
def phone(request: HttpRequest, number: str) -> HttpResponse:
    """Show a phone number whole; the timeline keeps that it was shown."""
    page = open_sheet(request, number)
    name = request.POST.get("field", "")
    field, value = page.program.book.fields.get(name), page.it.ticket.fields.get(name)
    if field is None or field.kind != "phone" or not value:
        raise Unseen
    if page.phones == "masked":
        raise NotPermitted
    note(page.number, [EventDraft("phone_shown", {"shown": name})], by=page.actor, at=page.now)
    row = {"name": name, **sheet.phone_mark(str(value), "whole")}
    return render(request, "console/_phone.html", {"row": row, "ticket": {"number": page.number}})


def open_sheet(request: HttpRequest, number: str) -> sheet.Sheet:
    """Return the ticket of an address for whoever sends the request."""
    return sheet.sheet(actor_of(request), number, get_language() or "", timezone.now())


def whole(page: sheet.Sheet) -> dict[str, Any]:
    """Return everything that a ticket's page shows besides an open form."""
    entries, earlier = history.history(page)
    links = neighbours.links(page)
    return links | {
        "ticket": sheet.head(page),
        "data": sheet.data(page),
        "clocks": sheet.clocks(page),
        "actions": page.actions(),
        "signoffs": signoffs_of(page.program, page.it.ticket, page.actor, page.reader.language, page.now),
        "sendings": sheet.sendings(page),
        "related": neighbours.related(page, links["links"]),
        "papers": papers.printable(page),
        "files": list(attachments_of(page.it.ticket.id)),
        "may_add_files": may_add(page.actor, page.it.ticket),
        "upload_limit": settings.ENV.upload_limit,
        "entries": entries,
        "earlier": earlier,
        "news": [],
        "form": None,
        "now": page.now,
    }


def _seen(request: HttpRequest) -> int:
    return integer(request.GET.get("seen", "")) or 0


def _before(request: HttpRequest) -> int:
    return min(integer(request.GET.get("before", "")) or history.FIRST, history.FIRST)
