"""Doors of intake: one form for a caller on the line."""

from __future__ import annotations

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from banjie.console.forms import payload_of, states_of, typed_of
from banjie.console.queries import offers
from banjie.console.queries.drawing import Form, drawn, redrawn
from banjie.console.shell import programs_of
from banjie.kernel.errors import NotPermitted
from banjie.people.access import actor_of, signed_in
from banjie.rulebook.explain.words import listed
from banjie.tickets.opening import Asked, KeyReused, open_ticket


@require_http_methods(["GET", "POST"])
@signed_in
def intake(request: HttpRequest) -> HttpResponse:
    """Show the form of a new ticket, or accept it."""
    among = _offers(request)
    if request.method == "GET":
        value = request.GET.get("type", "")
        offer = next((one for one in among if one.value == value), among[0])
        return render(request, "console/intake.html", _context(request, among, offer, value))
    offer = offers.chosen(among, request.POST.get("type", ""))
    payload = payload_of(offer.program, offer.kind.open_action, request.POST)
    asked = Asked(request.POST.get("token", "")[:80], is_new=request.POST.get("is_new") == "yes")
    try:
        done = open_ticket(offer.program, offer.kind.name, payload, by=actor_of(request), at=timezone.now(), asked=asked)
    except KeyReused as reused:
        raise KeyReused(_("This form has become a ticket already. Open a new form for another request.")) from reused
    first = next((rule.name for rule in offer.kind.by_state[done.state] if rule.spec.style == "primary"), "")
    return redirect(reverse("console:ticket", args=[done.number], query={"do": first} if first else None))


@require_POST
@signed_in
def fields(request: HttpRequest) -> HttpResponse:
    """Draw the fields of another type; what was typed stays where the new form has the same field."""
    among = _offers(request)
    offer = offers.chosen(among, request.POST.get("type", ""))
    return render(request, "console/_intake_fields.html", _context(request, among, offer, offer.value))


@require_POST
@signed_in
def conditions(request: HttpRequest) -> HttpResponse:
    """Draw those fields again whose condition has changed by what was typed."""
    offer = offers.chosen(_offers(request), request.POST.get("type", ""))
    form = Form(offer.program, offer.kind.open_action, None, actor_of(request), get_language() or "")
    typed = typed_of(offer.program, form.rule, request.POST)
    return render(request, "console/_conditions.html", {"fields": redrawn(form, typed, states_of(request.POST))})


@require_POST
@signed_in
def match(request: HttpRequest) -> HttpResponse:
    """Say whom the typed key or phone means; sent as a form, because addresses are logged."""
    among = _offers(request)
    offer = next((one for one in among if one.value == request.POST.get("type", "")), among[0])
    found = offers.match(actor_of(request), offer, request.POST, get_language() or "", at=timezone.now())
    return render(request, "console/_match.html", {"match": found, "lookups": listed(offers.looked_up(offer).values())})


def _offers(request: HttpRequest) -> list[offers.Offer]:
    """Return the types that the person may open.

    Raises:
        NotPermitted: there is none.
    """
    found = offers.offers(actor_of(request), programs_of(request), get_language() or "")
    if not found:
        raise NotPermitted
    return found


def _context(request: HttpRequest, among: list[offers.Offer], offer: offers.Offer, value: str) -> dict[str, Any]:
    rule, actor = offer.kind.open_action, actor_of(request)
    typed = typed_of(offer.program, rule, request.POST) if request.method == "POST" else {}
    controls = drawn(Form(offer.program, rule, None, actor, get_language() or ""), typed)
    for control in controls:
        if control["name"] in offers.looked_up(offer):
            control["attrs"] = {**control["attrs"], "data-match": "", "autocomplete": "off"}
    groups: dict[str, list[offers.Offer]] = {}
    for one in among:
        groups.setdefault(one.group, []).append(one)
    lookups = listed(offers.looked_up(offer).values())
    return {"groups": groups, "chosen": value, "fields": controls, "lookups": lookups, "token": secrets.token_urlsafe(18)}
