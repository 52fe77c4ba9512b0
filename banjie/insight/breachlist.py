"""The columns of what broke a clause, for the page and the workbook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from banjie.insight import words
from banjie.insight.queries.breaches import Breach
from banjie.insight.queries.overview import Judged
from banjie.insight.tables import took
from banjie.kernel import excel
from banjie.rulebook.program import Program
from banjie.ui import filters


def columns() -> list[dict[str, Any]]:
    """Return the columns of the page."""
    return [
        {"title": _("Ticket"), "width": "narrow"},
        {"title": _("Rule"), "main": True, "width": "narrow"},
        {"title": _("Unit")},
        {"title": _("Responsible for it"), "width": "narrow"},
        {"title": _("Started at"), "width": "narrow"},
        {"title": _("Due at"), "width": "narrow"},
        {"title": _("Ended at"), "width": "narrow"},
        {"title": _("Late by"), "align": "end", "width": "narrow"},
        {"title": _("Limit"), "width": "narrow"},
        {"title": _("Rulebook and calendar")},
    ]


def breach_rows(program: Program, found: Sequence[Breach], now: datetime) -> Iterator[list[str]]:
    """Yield the cells of each row."""
    titles = rule_titles(program)
    for breach in found:
        late = breach.late(now)
        yield [
            breach.ticket or _("no ticket"),
            titles.get(breach.rule, breach.rule) + (_(" (corrected)") if breach.is_correction else ""),
            breach.unit or _("whole organisation"),
            breach.owner or "—",
            filters.format_datetime(breach.started_at),
            shortly(breach.due_at, breach.started_at),
            _ended(breach),
            "—" if late is None else took(late.total_seconds()),
            words.length(breach.limit) if breach.kind == "deadline" else "—",
            " · ".join(part for part in (f"v{breach.rulebook_version}", breach.calendar) if part),
        ]


def _ended(breach: Breach) -> str:
    if breach.kind == "duty":
        return _("%(done)s of %(required)s done, %(frame)s tickets") % {
            "done": breach.evidence.get("done"),
            "required": breach.evidence.get("required"),
            "frame": breach.evidence.get("frame"),
        }
    return shortly(breach.ended_at, breach.started_at) if breach.ended_at else _("still running")


def shortly(value: datetime | None, start: datetime) -> str:
    """Write a moment beside the one before it: without the day when it is the same, without the year when that is."""
    if value is None:
        return "—"
    there, here = filters.local(value), filters.local(start)
    if there.date() == here.date():
        return there.strftime("%H:%M")
    return there.strftime("%m-%d %H:%M" if there.year == here.year else "%Y-%m-%d %H:%M")


def rule_titles(program: Program) -> dict[str, str]:
    """Return the titles of all deadlines and duties of the active version."""
    titles = {name: words.titled(spec) for process in program.book.processes.values() for name, spec in process.deadlines.items()}
    return titles | {name: words.titled(spec) for name, spec in program.book.duties.items()}


def breach_sheets(program: Program, found: Sequence[Breach], now: datetime, about: list[tuple[str, str]]) -> list[excel.Sheet]:
    """Return the workbook's sheets: what it is about, and the rows with real times and minutes."""
    titles = [str(c["title"]) for c in columns()]
    titles[7] += _(" (min)")
    rows = []
    for breach, cells in zip(found, breach_rows(program, found, now), strict=True):
        late = breach.late(now)
        row: list[object] = [*cells]
        row[4], row[5] = breach.started_at, breach.due_at
        row[6] = breach.ended_at if breach.kind == "deadline" and breach.ended_at else cells[6]
        row[7] = None if late is None else round(late.total_seconds() / 60, 2)
        rows.append(row)
    return [
        excel.Sheet(_("About this report"), [excel.Column("name", _("Report")), excel.Column("value", "", width=60)], about),
        excel.Sheet(_("Broken"), [excel.Column(f"c{n}", title, width=20) for n, title in enumerate(titles)], rows),
    ]


def title_of(judged: Judged) -> str:
    """Return a rule's title; its name when only earlier versions had it."""
    return words.titled(judged.spec) if judged.spec is not None else judged.name
