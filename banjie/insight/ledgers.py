"""A ledger in words: its columns and cells, for the page and the workbook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from banjie.insight import words
from banjie.insight.queries.ledger import Row
from banjie.kernel import excel
from banjie.people.actor import Actor
from banjie.people.permissions import Permission
from banjie.people.queries import units_for
from banjie.rulebook.language import Ledger
from banjie.rulebook.program import Program
from banjie.rulebook.queries import program_of
from banjie.tickets.story_lines import Reader, named, shown
from banjie.ui import filters

_WIDE = {"long_text", "rows"}


def ledger_head(program: Program, ledger: Ledger) -> dict[str, str]:
    """Return a ledger's title, its clauses and what the first of them says."""
    return {"title": words.titled(ledger), "clause": ", ".join(ledger.clause), "says": program.clause_text(next(iter(ledger.clause), ""))}


def ledger_columns(program: Program, ledger: Ledger) -> list[dict[str, Any]]:
    """Return the columns: what every ticket has (COM-18), then the ledger's own."""
    first = [_("Number"), _("Class"), _("Opened"), _("Unit"), _("Handler"), _("State"), _("Ended at")]
    own = [words.titled(program.field(name)) for name in ledger.columns if name in program.book.fields]
    return [{"title": title, "width": "narrow"} for title in first] + [{"title": title} for title in own]


def ledger_cells(program: Program, ledger: Ledger, found: Sequence[Row], actor: Actor) -> list[list[Any]]:
    """Return the cells of each row: times as times, everything else in words; phones masked where the actor may not see them."""
    language = get_language() or "zh-hans"
    zone = ZoneInfo(settings.TIME_ZONE)
    open_units = set(units_for(Permission.CUSTOMER_PHONE, actor).values_list("id", flat=True))
    names = named(program, [dict(row.values) for row in found])
    cells: list[list[Any]] = []
    for row in found:
        kind = program_of(row.version_id).types[row.type]
        reader = Reader(language, zone, row.unit_id in open_units, actor)
        first = [
            row.number,
            words.titled(kind.spec),
            row.opened_at,
            row.unit,
            row.assignee or "",
            words.titled(kind.process.states[row.state]),
        ]
        own = [shown(program.field(name), row.values.get(name), names, reader) for name in ledger.columns if name in program.book.fields]
        cells.append([*first, row.ended_at, *own])
    return cells


def written(cells: list[Any]) -> list[str]:
    """Return cells as the page writes them."""
    return [filters.format_datetime(cell) if hasattr(cell, "astimezone") else str(cell if cell is not None else "—") for cell in cells]


def ledger_sheets(program: Program, ledger: Ledger, cells: list[list[Any]], about: list[tuple[str, str]]) -> list[excel.Sheet]:
    """Return the workbook's sheets: what it is about, and the ledger."""
    own = [program.field(name) for name in ledger.columns if name in program.book.fields]
    widths = [18, 16, 18, 16, 12, 14, 18, *(40 if field.kind in _WIDE else 18 for field in own)]
    columns = [
        excel.Column(f"c{n}", str(c["title"]), width=w)
        for n, (c, w) in enumerate(zip(ledger_columns(program, ledger), widths, strict=True))
    ]
    return [
        excel.Sheet(_("About this report"), [excel.Column("name", _("Report")), excel.Column("value", "", width=60)], about),
        excel.Sheet(_("Ledger"), columns, cells),
    ]
