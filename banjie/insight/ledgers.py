"""A ledger in words: its cells, its summary, its workbook."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from banjie.insight import words
from banjie.insight.ledger_columns import FIRST, LedgerColumn, columns_of, own_column, sheet_columns
from banjie.insight.queries.ledger import Row
from banjie.insight.tables import Figure, Table
from banjie.kernel import excel
from banjie.people.actor import Actor
from banjie.people.models import Member, Unit
from banjie.people.permissions import Permission
from banjie.people.queries import units_for
from banjie.rulebook.keeping import FACTS, Ledger
from banjie.rulebook.program import Program
from banjie.rulebook.queries import program_of
from banjie.tickets.story_lines import Names, Reader, named, shown
from banjie.ui import filters
from banjie.verification.models import Callback


@dataclass(frozen=True, slots=True)
class Counted:
    """How many of a ledger's tickets have which value of one column: (value, its title, how many), the most frequent first."""

    column: str
    title: str
    lines: tuple[tuple[str, str, int], ...]

    @property
    def total(self) -> int:
        """All tickets, whatever the value."""
        return sum(n for _value, _title, n in self.lines)

    def shares(self) -> list[tuple[str, int, float]]:
        """Return title, number and share (of one) of each value."""
        return [(title, n, n / self.total) for _value, title, n in self.lines]

    def table(self) -> Table:
        """Return it as a table, the total last."""
        columns = (Figure(self.title), Figure(_("How many"), "count"), Figure(_("Share"), "share"))
        rows = [*self.shares(), (_("Total"), self.total, 1.0)] if self.lines else []
        return Table(
            f"count-{self.column}", _("By %(column)s") % {"column": self.title}, columns, rows, strong=frozenset({len(self.lines)})
        )


def ledger_head(program: Program, ledger: Ledger) -> dict[str, str]:
    """Return a ledger's title, its clauses and what the first of them says."""
    return {"title": words.titled(ledger), "clause": ", ".join(ledger.clause), "says": program.clause_text(next(iter(ledger.clause), ""))}


def ledger_cells(program: Program, ledger: Ledger, found: Sequence[Row], actor: Actor) -> list[list[Any]]:
    """Return the cells of each row: times as times, everything else in words; phones masked where the actor may not see them."""
    open_units = set(units_for(Permission.CUSTOMER_PHONE, actor).values_list("id", flat=True))
    return cells_of(program, ledger, found, open_units)


def cells_of(program: Program, ledger: Ledger, found: Sequence[Row], open_units: Collection[int]) -> list[list[Any]]:
    """Return the cells of each row, in the present language; phones are written out for tickets of the units in `open_units`."""
    language, zone = get_language() or "zh-hans", ZoneInfo(settings.TIME_ZONE)
    names = named(program, [dict(row.values) for row in found])
    own = [column.name for column in columns_of(program, ledger)[len(FIRST) :]]
    cells: list[list[Any]] = []
    for row in found:
        kind = program_of(row.version_id).types[row.type]
        reader = Reader(language, zone, row.unit_id in open_units)
        first = [
            row.number,
            words.titled(kind.spec),
            row.opened_at,
            row.unit,
            row.assignee or "",
            words.titled(kind.process.states[row.state]),
            row.ended_at,
        ]
        cells.append([*first, *(_cell(program, name, row.values.get(name), names, reader) for name in own)])
    return cells


def _cell(program: Program, name: str, value: Any, names: Names, reader: Reader) -> Any:
    if name not in FACTS:
        return shown(program.field(name), value, names, reader)
    match FACTS[name].kind:
        case "time":
            return datetime.fromisoformat(value) if value else None
        case "choice":
            return callback_title(value or "")
    return value if value is not None else ""


def callback_title(value: str) -> str:
    """Return what a callback came to, in words."""
    return str(Callback.Result(value).label) if value in Callback.Result.values else value


def counted(program: Program, counts: Mapping[str, Mapping[str, int]]) -> list[Counted]:
    """Put the counts of a ledger into words."""
    names = {column: _names(model, counts.get(column, ())) for column, model in (("ticket.unit", Unit), ("ticket.assignee", Member))}
    return [
        Counted(
            column,
            own_column(program, column).title,
            tuple((value, _value_title(program, column, value, names.get(column)), n) for value, n in lines.items()),
        )
        for column, lines in counts.items()
    ]


def _names(model: type[Unit | Member], values: Iterable[str]) -> dict[str, str]:
    numbers = [value for value in values if value]
    return {str(pk): name for pk, name in model._default_manager.filter(pk__in=numbers).values_list("pk", "name")} if numbers else {}


def _value_title(program: Program, column: str, value: str, names: Mapping[str, str] | None) -> str:
    if value == "":
        return _("nobody yet") if column == "ticket.assignee" else _("not entered")
    return (names or dict(choices_of(program, column))).get(value, value)


def choices_of(program: Program, column: str) -> list[tuple[str, str]]:
    """Return the values that a column may have, with their titles; nothing for columns that are no choice."""
    match column:
        case "ticket.type":
            return [(name, words.titled(kind.spec)) for name, kind in program.types.items()]
        case "ticket.state":
            return list({name: words.titled(s) for p in program.book.processes.values() for name, s in p.states.items()}.items())
        case "ticket.first_callback" | "ticket.last_callback":
            return [(value, str(title)) for value, title in Callback.Result.choices]
    field = program.book.fields.get(column)
    if field is None or field.kind not in ("choice", "yes_no"):
        return []
    return (
        [("true", _("yes")), ("false", _("no"))]
        if field.kind == "yes_no"
        else [(key, words.titled(one)) for key, one in field.choices.items()]
    )


def written(cells: Sequence[Any]) -> list[str]:
    """Return cells as the page writes them."""
    return [filters.format_datetime(cell) if isinstance(cell, datetime) else str(cell) if cell not in (None, "") else "—" for cell in cells]


def ledger_sheets(
    columns: list[LedgerColumn], cells: Sequence[Sequence[Any]], counts: Sequence[Counted], about: Sequence[tuple[str, str]]
) -> list[excel.Sheet]:
    """Return the workbook's sheets: what it is about, the ledger, and what it is counted by."""
    head = [excel.Column("name", _("Report")), excel.Column("value", "", width=60)]
    sheets = [excel.Sheet(_("About this report"), head, about), excel.Sheet(_("Ledger"), sheet_columns(columns), cells, filtered=True)]
    if counts:
        title = [excel.Column("by", _("Counted by"), width=24), excel.Column("value", _("Value"), width=32)]
        figures = [excel.Column("count", _("How many"), width=10), excel.Column("share", _("Share") + " (%)", width=12)]
        lines = [(one.title, value, n, round(share * 100, 1)) for one in counts for value, n, share in one.shares()]
        sheets.append(excel.Sheet(_("Totals"), [*title, *figures], lines, filtered=True))
    return sheets
