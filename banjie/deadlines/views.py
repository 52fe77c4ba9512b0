"""Doors of what units register: all units with what they lack, and one unit."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from banjie.deadlines.registration import may_register, register_unit
from banjie.deadlines.registrations import MOST_UNITS, Readiness, asking_programs, standings, units_for
from banjie.deadlines.shown import rows_of, unit_page
from banjie.kernel.errors import NotPermitted, Unseen
from banjie.people.access import actor_of, signed_in
from banjie.people.models import Unit
from banjie.rulebook.explain.words import title
from banjie.rulebook.program import Program

_PAGE = 50


@require_safe
@signed_in
def registrations(request: HttpRequest) -> HttpResponse:
    """Show which units are ready to be sent tickets, and what the others lack; fifty a page."""
    asked, program, units = request.GET, _chosen(request.GET), _units(request)
    text, skipped = asked.get("text", "").strip().replace("\x00", "")[:60], _number(asked.get("skip", ""))
    found = standings(program, list(units.filter(name__icontains=text)[:MOST_UNITS]), timezone.now()) if program else []
    shown = [one for one in found if asked.get("state", "") in ("", one.state)]
    following = asked.copy()
    following["skip"] = str(skipped + _PAGE)
    context = {
        "rows": rows_of(program, shown[skipped : skipped + _PAGE]) if program else [],
        "lacking": sum(one.state is Readiness.LACKING for one in found),
        "next_url": f"?{following.urlencode()}" if len(shown) > skipped + _PAGE else "",
        "asked": asked,
    }
    return render(request, "deadlines/registrations.html", _frame(program, reverse("deadlines:registrations")) | context)


@require_http_methods(["GET", "POST"])
@signed_in
def unit(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Show what a unit has registered and what it lacks, or register it."""
    it, program, now = _units(request).filter(pk=unit_id).first(), _chosen(request.GET), timezone.now()
    if it is None or (program is None and request.method == "POST"):
        raise Unseen
    address = reverse("deadlines:unit", args=[it.pk])
    if program is None:
        return render(request, "deadlines/unit.html", _frame(None, address) | {"unit": it})
    if request.method == "POST":
        sent = {name: request.POST[name].replace("\x00", "") for name in request.POST}
        register_unit(program, it, sent, sent, by=actor_of(request), at=now)
        messages.success(request, _("%(unit)s is registered. What it says counts for tickets sent from now on.") % {"unit": it.name})
        return redirect(reverse("deadlines:unit", args=[it.pk], query={"rulebook": program.slug}))
    shown = {"unit": it, "may_register": may_register(program, it, actor_of(request))}
    return render(request, "deadlines/unit.html", _frame(program, address) | shown | unit_page(program, standings(program, [it], now)[0]))


def _units(request: HttpRequest) -> QuerySet[Unit]:
    """Return the units that the person may look at.

    Raises:
        NotPermitted: he has no post by which he reads any.
    """
    units = units_for(actor_of(request))
    if not units.exists():
        raise NotPermitted
    return units


def _chosen(asked: QueryDict) -> Program | None:
    """Return the regulation that was asked for, else the first one that asks units to register."""
    wanted, asking = asked.get("rulebook", ""), asking_programs()
    return next((program for program in asking if program.slug == wanted), asking[0] if asking else None)


def _frame(program: Program | None, address: str) -> dict[str, Any]:
    """Return which regulation is shown, and the ways to the others."""
    tabs = [
        {"title": title(one.book), "url": f"{address}?rulebook={one.slug}", "active": program is not None and one.slug == program.slug}
        for one in asking_programs()
    ]
    return {"program": program, "book": title(program.book) if program else "", "tabs": tabs if len(tabs) > 1 else []}


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
