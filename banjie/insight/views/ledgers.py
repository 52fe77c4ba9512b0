"""The ledgers of a regulation, and their workbooks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from banjie.insight import words
from banjie.insight.forms import narrowed_of, narrowed_query, number, query_of, text
from banjie.insight.ledger_columns import columns_of, own_column
from banjie.insight.ledgers import Counted, choices_of, counted, ledger_cells, ledger_head, ledger_sheets, written
from banjie.insight.queries.ledger import MOST_EXPORTED, PAGE, Narrowed, counts_in, ledger_rows, ledger_scope
from banjie.insight.queries.statistics import Asked, program_for
from banjie.insight.verbs.export_ledger import log_export
from banjie.insight.views.page import about, asked_by, download, must_ask, report, ticket_url
from banjie.kernel.errors import Unseen
from banjie.kernel.excel import write_workbook
from banjie.people.access import actor_of, needs
from banjie.people.actor import Actor
from banjie.people.permissions import Permission
from banjie.rulebook.keeping import Ledger
from banjie.rulebook.program import Program

_TAB = "insight:ledgers"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which ledger is looked at, and what it is narrowed to."""

    asked: Asked
    program: Program
    name: str
    ledger: Ledger
    choices: dict[str, list[tuple[str, str]]]
    narrowed: Narrowed

    @classmethod
    def of(cls, request: HttpRequest, asked: Asked) -> Chosen | None:
        """Return what a request chooses; the first ledger when it names none, None when the rulebook keeps none."""
        program = program_for(asked.book)
        known = program.book.ledgers
        if not known:
            return None
        name = text(request.GET, "ledger")
        name = name if name in known else next(iter(known))
        columns = dict.fromkeys(["ticket.state", *known[name].columns, *(c for c in known[name].count_by if c in program.book.fields)])
        choices = {column: found for column in columns if (found := choices_of(program, column))}
        states = {state for kind in known[name].types for state in program.types[kind].process.states}
        choices["ticket.state"] = [choice for choice in choices["ticket.state"] if choice[0] in states]
        return cls(asked, program, name, known[name], choices, narrowed_of(request.GET, choices))

    @property
    def values(self) -> dict[str, str]:
        """What is chosen of each column."""
        return {"ticket.state": self.narrowed.state, **self.narrowed.values}

    def url(self, narrowed: Narrowed | None = None, **changed: Any) -> str:
        """Return the address of the same again, narrowed otherwise, with some of it changed."""
        return f"?{query_of(self.asked, **{'ledger': self.name, **narrowed_query(narrowed or self.narrowed), **changed})}"

    def counts(self, actor: Actor) -> list[Counted]:
        """Return what the chosen tickets are counted by."""
        scope = ledger_scope(actor, self.asked, self.ledger)
        return counted(self.program, counts_in(scope, self.asked, self.ledger, self.narrowed)) if self.ledger.count_by else []


@require_safe
@needs(Permission.INSIGHT_READ)
def ledgers(request: HttpRequest) -> HttpResponse:
    """Show a ledger of the regulation, fifty rows a page; the first one when none is named."""
    asked = asked_by(request)
    chosen = Chosen.of(request, asked) if asked else None
    if asked is None or chosen is None:
        return report(request, "insight/ledgers.html", _TAB, asked, ledger=None)
    actor = actor_of(request)
    found = ledger_rows(actor, asked, chosen.ledger, chosen.narrowed, after=number(request.GET, "after"))
    cells = ledger_cells(chosen.program, chosen.ledger, found[:PAGE], actor)
    shown: dict[str, Any] = _narrowing(chosen) | {
        "ledger": ledger_head(chosen.program, chosen.ledger),
        "columns": [column.head() for column in columns_of(chosen.program, chosen.ledger)],
        "rows": [{"cells": written(line), "url": ticket_url(line[0])} for line in cells],
        "counts": [one.table().page() for one in chosen.counts(actor)],
        "next_url": chosen.url(after=found[PAGE - 1].id) if len(found) > PAGE else "",
        "query": chosen.url(),
        "copies_url": reverse("insight:copies", args=[asked.book, chosen.name]) if chosen.ledger.freeze else "",
        "can_export": actor.may(Permission.TICKET_EXPORT),
    }
    return report(request, "insight/ledgers.html", _TAB, asked, **shown)


def _narrowing(chosen: Chosen) -> dict[str, Any]:
    """Return the chips that lead to the other ledgers and to open and ended tickets, and the fields that narrow further."""
    narrowed, ledgers, values = chosen.narrowed, chosen.program.book.ledgers.items(), chosen.values
    return {
        "ledgers": [
            {"title": words.titled(one), "active": key == chosen.name, "url": f"?{query_of(chosen.asked, ledger=key)}"}
            for key, one in ledgers
        ],
        "states": [
            {"title": title, "active": key == narrowed.only, "url": chosen.url(replace(narrowed, only=key))} for key, title in _states()
        ],
        "choices": [
            (
                f"c-{column}",
                own_column(chosen.program, column).title,
                values.get(column, ""),
                options,
            )
            for column, options in chosen.choices.items()
        ],
        "number": narrowed.number,
        **_hidden(chosen),
        "all_url": chosen.url(Narrowed()) if narrowed != Narrowed() else "",
    }


def _hidden(chosen: Chosen) -> dict[str, list[tuple[str, Any]]]:
    """Return what each of the two forms sends along of the other: `keep` with the period, `kept` with the narrowing."""
    asked, name = chosen.asked, chosen.name
    narrowed = {"ledger": name, **narrowed_query(chosen.narrowed)}
    period = {"book": asked.book, "first": asked.period.first, "last": asked.period.last, "unit": asked.unit_id}
    beside = {**period, "ledger": name, "state": chosen.narrowed.only}
    return {
        "keep": [(key, value) for key, value in narrowed.items() if value],
        "kept": [(key, value) for key, value in beside.items() if value],
    }


@require_safe
@needs(Permission.TICKET_EXPORT)
def ledgers_export(request: HttpRequest) -> HttpResponse:
    """Send a ledger as a workbook, narrowed as the page was."""
    asked = must_ask(request)
    chosen = Chosen.of(request, asked)
    if chosen is None:
        raise Unseen
    actor, program, ledger = actor_of(request), chosen.program, chosen.ledger
    found = ledger_rows(actor, asked, ledger, chosen.narrowed, limit=MOST_EXPORTED)[:MOST_EXPORTED]
    cells = ledger_cells(program, ledger, found, actor)
    sheets = ledger_sheets(columns_of(program, ledger), cells, chosen.counts(actor), about(request, asked, words.titled(ledger)))
    log_export(program.slug, chosen.name, len(found), by=actor, at=timezone.now())
    return download(write_workbook(sheets), f"{chosen.name}-{asked.period.first}-{asked.period.last}")


def _states() -> tuple[tuple[str, str], ...]:
    return (("", _("All")), ("open", _("Open")), ("ended", _("Ended")))
