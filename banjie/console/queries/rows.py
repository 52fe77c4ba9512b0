"""Rows of the queue, formatted before the template sees them: fifty of them cost as little as one query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from banjie.console.queries.words import Countdown, countdown, priority_mark, state_mark, type_title
from banjie.rulebook.program import Program
from banjie.rulebook.queries import program_of
from banjie.tickets.possible import titled
from banjie.tickets.queue import Row
from banjie.ui.filters import format_datetime, initials, when


@dataclass(frozen=True, slots=True)
class Line:
    """One ticket in a list, ready to draw."""

    number: str
    url: str
    type: str
    state: str
    tone: str
    priority: str
    priority_tone: str
    summary: str
    contact: str
    address: str
    unit: str
    assignee: str
    initials: str
    clock: Countdown | None
    row_tone: str
    at: str
    at_full: str
    round: int


def lines(rows: list[Row], now: datetime, language: str) -> list[Line]:
    """Return the lines of a page of tickets."""
    prefix = reverse("console:queue")
    return [_line(row, now, language, prefix) for row in rows]


def _line(row: Row, now: datetime, language: str, prefix: str) -> Line:
    program = program_of(row.rulebook_version_id)
    kind = program.types[row.type]
    state, tone = state_mark(kind, row.state, language)
    priority, priority_tone = priority_mark(program, row.priority, language)
    clock = None
    if row.is_open and row.due_at is not None:
        clock = countdown(kind, row.due_clock, (row.due_at, row.due_warn_at), now, language)
    return Line(
        number=row.number,
        url=f"{prefix}{row.number}/",
        type=type_title(program, row.type, language),
        state=state,
        tone=tone,
        priority=priority,
        priority_tone=priority_tone,
        summary=row.summary,
        contact=row.contact,
        address=row.address,
        unit=row.unit,
        assignee=row.assignee or "",
        initials=initials(row.assignee) if row.assignee else "",
        clock=clock,
        row_tone=clock.tone if clock and clock.tone != "ok" else "",
        at=when(row.opened_at, now),
        at_full=format_datetime(row.opened_at),
        round=row.round,
    )


def choices_of(programs: list[Program], language: str) -> tuple[list[tuple[str, list[tuple[str, str]]]], list[tuple[str, str]]]:
    """Return the types ("book:type", title) under the title of each rulebook, and the states (name, title), each once."""
    types = [
        (titled(program.book, language), [(f"{program.slug}:{name}", type_title(program, name, language)) for name in program.types])
        for program in programs
    ]
    states: dict[str, str] = {}
    for program in programs:
        for kind in program.types.values():
            for state in kind.process.states:
                states.setdefault(state, state_mark(kind, state, language)[0])
    return types, list(states.items())
