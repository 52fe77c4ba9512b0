"""Doors of an action on a ticket: its form, and sending it."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from banjie.console.forms import back_of, integer, payload_of, states_of, typed_of, version_of
from banjie.console.queries import history, sheet
from banjie.console.queries.drawing import Form, drawn, redrawn
from banjie.kernel.errors import NotAllowedNow, StaleVersion
from banjie.people.access import actor_of, signed_in
from banjie.rulebook.program import ActionRule
from banjie.tickets.access import visible_tickets
from banjie.tickets.once import Sending, perform_once
from banjie.tickets.possible import PossibleAction, titled
from banjie.tickets.step import Performed
from banjie.ui.responses import is_htmx

# After these the same person usually goes on with the ticket, and finds the next form open.
_GOING_ON = ("intake", "dispatch")


@require_http_methods(["GET", "POST"])
@signed_in
def action(request: HttpRequest, number: str, name: str) -> HttpResponse:
    """Show an action's form, or do the action."""
    page = sheet.sheet(actor_of(request), number, get_language() or "", timezone.now())
    if request.method == "GET":
        return _form(request, page, name)
    rule = page.kind.actions.get(name)
    payload = payload_of(page.program, rule, request.POST, kept=_masked(page, rule)) if rule else {}
    sending = Sending(version_of(request.POST), request.POST.get("token", ""))
    try:
        done = perform_once(page.number, name, payload, sending, by=page.actor, at=page.now)
    except StaleVersion as lost:
        return _conflict(request, name, lost)
    title = titled(rule.spec, page.reader.language) if rule else name
    messages.success(request, _("%(number)s: “%(action)s” is done.") % {"number": done.number, "action": title})
    return redirect(back_of(request) or next_place(page, done, name))


def form_context(page: sheet.Sheet, wanted: PossibleAction, back: str = "") -> dict[str, Any]:
    """Return what `_form.html` draws; each drawing has a token, so that a double click is one action."""
    rule = page.kind.actions[wanted.name]
    return {
        "form": {
            "action": wanted,
            "url": reverse("console:action", args=[page.number, wanted.name]),
            "fields": drawn(_drawing(page, rule)),
            "conditions_url": reverse("console:action-fields", args=[page.number, wanted.name]),
            "token": secrets.token_urlsafe(18),
            "expect": page.it.ticket.version,
            "seen": page.it.ticket.chain_length,
            "keep": f"{page.number}-{wanted.name}",
            "back": back,
            "phones": [row for row in sheet.data(page) if row["kind"] == "phone" and row["value"] != "—"] if back else [],
            "clause_text": page.program.clause_text(rule.clause),
            "clause": rule.clause,
        }
    }


def _drawing(page: sheet.Sheet, rule: ActionRule) -> Form:
    return Form(page.program, rule, page.it.ticket, page.actor, page.reader.language, masked=page.phones != "whole")


@require_POST
@signed_in
def fields(request: HttpRequest, number: str, name: str) -> HttpResponse:
    """Draw those fields of an action's form again whose condition has changed by what was typed."""
    page = sheet.sheet(actor_of(request), number, get_language() or "", timezone.now())
    if all(one.name != name for one in page.actions()):
        raise NotAllowedNow(_("This is no longer possible: the ticket has moved on, or it is not your task. Reload the page."))
    form = _drawing(page, page.kind.actions[name])
    typed = typed_of(page.program, form.rule, request.POST, kept=_masked(page, form.rule))
    return render(request, "console/_conditions.html", {"fields": redrawn(form, typed, states_of(request.POST))})


def _masked(page: sheet.Sheet, rule: ActionRule) -> list[str]:
    """Return the fields that were drawn masked: left empty they stay as they are."""
    return [] if page.phones == "whole" else [name for name in rule.fields if page.program.field(name).kind == "phone"]


def next_place(page: sheet.Sheet, done: Performed, name: str) -> str:
    """Return where to go after an action: the ticket, with the next step open when the same person goes on with it.

    Who has handed it to a unit that is not his sees it no more, and goes back to his list.
    """
    if not visible_tickets(page.actor).filter(pk=done.ticket_id).exists():
        return reverse("console:queue")
    query = None
    if page.kind.stage_of[done.state] in _GOING_ON:
        rules = [rule for rule in page.kind.by_state[done.state] if rule.spec.style == "primary" and rule.name != name]
        query = {"do": rules[0].name} if rules else None
    return reverse("console:ticket", args=[done.number], query=query)


def _form(request: HttpRequest, page: sheet.Sheet, name: str) -> HttpResponse:
    if not is_htmx(request):
        return redirect(reverse("console:ticket", args=[page.number], query={"do": name}))
    wanted = next((one for one in page.actions() if one.name == name), None)
    if wanted is None:
        raise NotAllowedNow(_("This is no longer possible: the ticket has moved on, or it is not your task. Reload the page."))
    context = form_context(page, wanted, back_of(request)) | {"ticket": sheet.head(page)}
    return render(request, "console/_form.html", context)


def _conflict(request: HttpRequest, name: str, lost: StaleVersion) -> HttpResponse:
    """Tell what others changed meanwhile; what was typed stays in the form, which may be sent again knowingly."""
    page = sheet.sheet(actor_of(request), request.resolver_match.kwargs["number"], get_language() or "", timezone.now())  # type: ignore[union-attr]  # a view has been resolved
    context = {
        "message": lost.message,
        "ticket": sheet.head(page),
        "news": history.news(page, integer(request.POST.get("seen", "")) or 0),
        "still": any(one.name == name for one in page.actions()),
        "now": page.now,
    }
    response = render(request, "console/_conflict.html" if is_htmx(request) else "console/conflict.html", context, status=lost.status)
    response["X-Fragment"] = "refusal"
    response["HX-Trigger"] = "ticket-refresh"
    return response
