"""The ledgers of a regulation, and their workbooks."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from banjie.insight import words
from banjie.insight.forms import number, query_of, text
from banjie.insight.ledgers import ledger_cells, ledger_columns, ledger_head, ledger_sheets, written
from banjie.insight.queries.ledger import MOST_EXPORTED, PAGE, ledger_rows
from banjie.insight.queries.statistics import Asked, program_for
from banjie.insight.verbs.export_ledger import log_export
from banjie.insight.views.page import about, asked_by, download, must_ask, report, ticket_url
from banjie.kernel.errors import Unseen
from banjie.kernel.excel import write_workbook
from banjie.people.access import actor_of, needs
from banjie.people.permissions import Permission
from banjie.rulebook.program import Program

_TAB = "insight:ledgers"


@require_safe
@needs(Permission.INSIGHT_READ)
def ledgers(request: HttpRequest) -> HttpResponse:
    """Show a ledger of the regulation, fifty rows a page; the first one when none is named."""
    asked = asked_by(request)
    program = program_for(asked.book) if asked else None
    if asked is None or program is None or not program.book.ledgers:
        return report(request, "insight/ledgers.html", _TAB, asked, ledger=None)
    name, state = _chosen(request, program.book.ledgers), text(request.GET, "state")
    ledger, actor = program.book.ledgers[name], actor_of(request)
    found = ledger_rows(actor, asked, ledger, state, after=number(request.GET, "after"))
    more = query_of(asked, ledger=name, state=state, after=found[PAGE - 1].id) if len(found) > PAGE else ""
    shown: dict[str, Any] = _chips(asked, program, name, state) | {
        "ledger": ledger_head(program, ledger),
        "columns": ledger_columns(program, ledger),
        "rows": [{"cells": written(line), "url": ticket_url(line[0])} for line in ledger_cells(program, ledger, found[:PAGE], actor)],
        "next_url": f"?{more}" if more else "",
        "query": query_of(asked, ledger=name, state=state),
        "can_export": actor.may(Permission.TICKET_EXPORT),
    }
    return report(request, "insight/ledgers.html", _TAB, asked, **shown)


def _chips(asked: Asked, program: Program, name: str, state: str) -> dict[str, Any]:
    """Return the chips that lead to the other ledgers, and to open and ended tickets."""
    ledgers = program.book.ledgers.items()
    return {
        "ledgers": [{"title": words.titled(one), "active": key == name, "url": f"?{query_of(asked, ledger=key)}"} for key, one in ledgers],
        "states": [
            {"title": title, "active": key == state, "url": f"?{query_of(asked, ledger=name, state=key)}"} for key, title in _states()
        ],
    }


@require_safe
@needs(Permission.TICKET_EXPORT)
def ledgers_export(request: HttpRequest) -> HttpResponse:
    """Send a ledger as a workbook."""
    asked = must_ask(request)
    program = program_for(asked.book)
    if not program.book.ledgers:
        raise Unseen
    name, state = _chosen(request, program.book.ledgers), text(request.GET, "state")
    ledger = program.book.ledgers[name]
    found = ledger_rows(actor_of(request), asked, ledger, state, limit=MOST_EXPORTED)[:MOST_EXPORTED]
    cells = ledger_cells(program, ledger, found, actor_of(request))
    content = write_workbook(ledger_sheets(program, ledger, cells, about(request, asked, words.titled(ledger))))
    log_export(program.slug, name, len(found), by=actor_of(request), at=timezone.now())
    return download(content, f"{name}-{asked.period.first}-{asked.period.last}")


def _chosen(request: HttpRequest, known: Any) -> str:
    name = text(request.GET, "ledger")
    return name if name in known else next(iter(known))


def _states() -> tuple[tuple[str, str], ...]:
    return (("", _("All")), ("open", _("Open")), ("ended", _("Ended")))
