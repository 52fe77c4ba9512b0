"""One ticket as its page shows it: head, data, clocks, people, what belongs to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from banjie.console.queries.details import chosen_row, details_of
from banjie.console.queries.words import priority_mark, state_mark, type_title
from banjie.deadlines.models import Clock
from banjie.dispatch.models import Assignment
from banjie.kernel.phones import mask_phone, show_phone
from banjie.people.actor import Actor
from banjie.rulebook.program import Program, TypeProgram
from banjie.rulebook.queries import program_of
from banjie.tickets.access import may_see_phone, works_on
from banjie.tickets.conditions import entries_read, hidden_fields
from banjie.tickets.detail import Detail, detail
from banjie.tickets.models import Ticket
from banjie.tickets.outcome import record_fields
from banjie.tickets.possible import PossibleAction, possible_actions, titled
from banjie.tickets.story import Reader, shown
from banjie.tickets.story_lines import named

MOST_CLOCKS = 20
MOST_SENDINGS = 6


@dataclass(frozen=True, slots=True)
class Sheet:
    """A ticket that the actor may see, with the program under which it runs, and the reader."""

    it: Detail
    program: Program
    kind: TypeProgram
    actor: Actor
    reader: Reader
    now: datetime

    @property
    def number(self) -> str:
        return self.it.ticket.number

    @property
    def phones(self) -> str:
        """How phones are shown: "whole" to whoever works the ticket, "ask" to whoever may but should say so, else "masked"."""
        if not may_see_phone(self.actor, self.it.ticket):
            return "masked"
        return "whole" if works_on(self.actor, self.it.ticket) else "ask"

    def actions(self) -> list[PossibleAction]:
        """Return what the actor may do now, the main ones first; before all his signature, when it is his turn."""
        found = possible_actions(self.actor, self.program, self.it.ticket, self.reader.language)
        return sorted(found, key=lambda action: -1 if action.verb == "approve" else {"primary": 0, "danger": 2}.get(action.style, 1))


def sheet(actor: Actor, number: str, language: str, now: datetime) -> Sheet:
    """Return a ticket's sheet.

    Raises:
        Unseen: missing or hidden.
    """
    it = detail(actor, number)
    program = program_of(it.ticket.rulebook_version_id)
    whole = may_see_phone(actor, it.ticket) and works_on(actor, it.ticket)
    reader = Reader(language, ZoneInfo(settings.TIME_ZONE), may_see_phones=whole, by=actor)
    return Sheet(it, program, program.types[it.ticket.type], actor, reader, now)


def head(page: Sheet) -> dict[str, Any]:
    """Return number, type, state, priority and people."""
    ticket, names, language = page.it.ticket, page.it.names, page.reader.language
    state, tone = state_mark(page.kind, ticket.state, language)
    priority, priority_tone = priority_mark(page.program, names.priority, language)
    clause = page.kind.process.states[ticket.state].clause
    return {
        "number": ticket.number,
        "type": type_title(page.program, ticket.type, language),
        "book": titled(page.program.book, language),
        "book_version": page.program.number,
        "state": state,
        "tone": tone,
        "state_clause": clause[0] if clause else "",
        "state_text": page.program.clause_text(clause[0]) if clause else "",
        "priority": priority,
        "priority_tone": priority_tone,
        "unit": names.unit,
        "assignee": names.assignee or "",
        "responsible": names.responsible or "",
        "opened_by": names.opened_by or "",
        "customer": names.customer or "",
        "customer_url": reverse("customers:page", args=[names.customer_id]) if names.customer_id else "",
        "round": ticket.round,
        "opened_at": ticket.opened_at,
        "ended_at": ticket.ended_at,
        "summary": names.summary,
        "contact": names.contact,
        "version": ticket.version,
        "seen": ticket.chain_length,
    }


def data(page: Sheet) -> list[dict[str, Any]]:
    """Return the ticket's form: title, kind and value of each field that is filled or that opening asks of such a ticket."""
    asked = [*page.kind.open_action.fields, *(name for name in page.program.book.fields if name in page.it.ticket.fields)]
    entered = record_fields(page.program, page.kind.name)
    names = named(page.program, [page.it.ticket.fields])
    hidden = hidden_fields(page.program, page.it.ticket.fields)
    rows = []
    for name in dict.fromkeys(asked):
        field = page.program.book.fields.get(name)
        if field is None or name in hidden or (field.value and not entries_read(page.program, field.value) <= entered):
            continue  # what is computed from entries that this type of ticket never asks says nothing about it
        value = page.it.ticket.fields.get(name)
        row = {
            "name": name,
            "title": titled(field, page.reader.language),
            "kind": field.kind,
            "long": field.kind == "long_text",
            "table": None,
        }
        if field.kind == "rows" and value:
            row["table"] = details_of(field, value, names, page.reader, chosen_row(page.kind, name, page.it.ticket.fields))
        if field.kind == "file" and value:
            row["files"] = [one | {"url": reverse("console:file", args=[page.number, one["id"]])} for one in value]
        row["value"] = shown(field, value, names, page.reader)
        row["is_key"] = field.asset_key
        if field.kind == "phone" and value:
            row |= phone_mark(str(value), page.phones)
        rows.append(row)
    return rows


def phone_mark(number: str, how: str) -> dict[str, Any]:
    """Return a phone as it is drawn: whole with its link, or masked, with the offer to show it when that is allowed."""
    whole = how == "whole"
    return {"value": show_phone(number, whole) if whole else mask_phone(number), "tel": number if whole else "", "may_show": how == "ask"}


def clocks(page: Sheet) -> list[dict[str, Any]]:
    """Return the ticket's clocks, running ones first, then the latest."""
    rows = Clock.objects.filter(ticket_id=page.it.ticket.id).exclude(state=Clock.State.VOID).order_by("-id")[:MOST_CLOCKS]
    states = {"running": "running", "paused": "paused", "met": "met", "missed": "missed", "done": "met"}
    found = []
    for clock in rows:
        rules = page.kind.process.timers if clock.is_timer else page.kind.process.deadlines
        rule: Any = rules.get(clock.name)
        if rule is None:
            continue
        action = page.kind.actions.get(getattr(rule, "do", "") or "")
        title = titled(action.spec, page.reader.language) if action else titled(rule, page.reader.language)
        seconds = clock.remaining // 1_000_000 if clock.remaining and clock.measure == "clock" else None
        found.append(
            {
                "title": _("Automatically: %(action)s") % {"action": title} if clock.is_timer else title,
                "is_timer": clock.is_timer,
                "state": states[clock.state],
                "due_at": clock.due_at,
                "warn_at": clock.warn_at,
                "clause": clock.clause,
                "clause_text": page.program.clause_text(clock.clause),
                "limit": clock.limit_text,
                "seconds": seconds,
                "stopped_at": clock.stopped_at,
                "is_live": clock.state in (Clock.State.RUNNING, Clock.State.PAUSED),
            }
        )
    return sorted(found, key=lambda one: (not one["is_live"], one["is_timer"]))


_WHY = {
    "asset": lambda: _("another one is named by the customer's file"),
    "chosen": lambda: _("the dispatcher chose another one"),
    "no-direct-match": lambda: _("nobody is named by the customer's file"),
    "transfer": lambda: _("transferred to another one"),
}


def sendings(page: Sheet) -> list[dict[str, Any]]:
    """Return who was sent the ticket, why, and who else was considered (DSP-04)."""
    rows = Assignment.objects.filter(ticket_id=page.it.ticket.id).select_related("assignee", "unit").order_by("-id")[:MOST_SENDINGS]
    reasons = {
        "inactive": _("no longer active"),
        "lacks-role": _("without the post"),
        "other-region": _("other units"),
        "already": _("had it before"),
    }
    return [
        {
            "kind": row.get_kind_display(),
            "to": row.assignee.name if row.assignee else row.unit.name,
            "by": row.by_name,
            "at": row.at,
            "reason": row.reason,
            "people": [
                {"name": one["name"], "open": one["open"], "chosen": one["chosen"], "why": _why(str(one.get("excluded", "")), reasons)}
                for one in row.candidates
            ],
        }
        for row in rows
    ]


def _why(excluded: str, reasons: dict[str, str]) -> str:
    head_, _colon, source = excluded.partition(":")
    if head_ == "passed-over":
        return _WHY[source]() if source in _WHY else ""
    return reasons.get(head_, head_)


def brief(ticket: Ticket, language: str) -> dict[str, Any]:
    """Return one ticket in a short list."""
    program = program_of(ticket.rulebook_version_id)
    state, tone = state_mark(program.types[ticket.type], ticket.state, language)
    return {
        "number": ticket.number,
        "url": reverse("console:ticket", args=[ticket.number]),
        "type": type_title(program, ticket.type, language),
        "state": state,
        "tone": tone,
        "summary": ticket.summary,
        "opened_at": ticket.opened_at,
        "is_open": ticket.is_open,
    }
