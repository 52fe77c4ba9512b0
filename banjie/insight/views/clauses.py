"""The clause page, the list of what broke a clause, and its workbook."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from banjie.insight import words
from banjie.insight.breachlist import breach_rows, breach_sheets, columns
from banjie.insight.cards import clause_cards
from banjie.insight.forms import cursor_of, cursor_text, query_of, text
from banjie.insight.queries.breaches import MOST_EXPORTED, Breach, clause_breaches
from banjie.insight.queries.overview import clause_overview
from banjie.insight.queries.statistics import program_for
from banjie.insight.views.page import about, asked_by, download, must_ask, report, ticket_url
from banjie.kernel.excel import write_workbook
from banjie.people.access import actor_of, needs
from banjie.people.permissions import Permission

_TAB = "insight:clauses"


@require_safe
@needs(Permission.INSIGHT_READ)
def clauses(request: HttpRequest) -> HttpResponse:
    """Show the regulation, and beside each clause how far it was kept."""
    asked = asked_by(request)
    if asked is None:
        return report(request, "insight/clauses.html", _TAB, None, overview=None)
    overview = clause_overview(actor_of(request), asked)

    def broken_by(clause: str, rule: str) -> str:
        return f"{reverse('insight:breaches')}?{query_of(asked, clause=clause, rule=rule)}"

    cards = clause_cards(overview, broken_by)
    return report(request, "insight/clauses.html", _TAB, asked, overview=overview, cards=cards, title=words.titled(overview.program.book))


@require_safe
@needs(Permission.INSIGHT_READ)
def breaches(request: HttpRequest) -> HttpResponse:
    """Show what broke a clause, fifty a page."""
    asked, clause, rule = must_ask(request), text(request.GET, "clause"), text(request.GET, "rule")
    program = program_for(asked.book)
    found, following = clause_breaches(actor_of(request), asked, clause, rule, cursor_of(request.GET))
    rows = [_row(breach, cells) for breach, cells in zip(found, breach_rows(program, found, timezone.now()), strict=True)]
    query = query_of(asked, clause=clause, rule=rule)
    next_url = f"?{query_of(asked, clause=clause, rule=rule, after=cursor_text(following))}" if following else ""
    shown: dict[str, Any] = {"rows": rows, "columns": columns(), "next_url": next_url, "query": query}
    return report(
        request,
        "insight/breaches.html",
        _TAB,
        asked,
        clause=clause,
        says=program.clause_text(clause),
        back=f"{reverse(_TAB)}?{query_of(asked)}",
        **shown,
    )


@require_safe
@needs(Permission.INSIGHT_READ)
def breaches_export(request: HttpRequest) -> HttpResponse:
    """Send what broke a clause as a workbook."""
    asked, clause, rule = must_ask(request), text(request.GET, "clause"), text(request.GET, "rule")
    program = program_for(asked.book)
    found, _following = clause_breaches(actor_of(request), asked, clause, rule, limit=MOST_EXPORTED)
    title = _("Broken: %(clause)s") % {"clause": clause}
    content = write_workbook(breach_sheets(program, found, timezone.now(), about(request, asked, title)))
    return download(content, f"broken-{asked.period.first}-{asked.period.last}")


def _row(breach: Breach, cells: list[str]) -> dict[str, Any]:
    return {
        "cells": cells,
        "url": reverse("insight:finding", args=[breach.id]),
        "ticket_url": ticket_url(breach.ticket),
        "number": breach.ticket,
    }
