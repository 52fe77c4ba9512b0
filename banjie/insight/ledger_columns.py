"""The columns of a ledger: title, kind, and how wide each kind is on the page, in the workbook and on paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from banjie.insight import words
from banjie.kernel import excel
from banjie.rulebook.keeping import FACTS, STANDING, Ledger
from banjie.rulebook.program import Program

# What stands in every ledger, in this order.
FIRST = tuple(STANDING)
_SHORT_TEXT = 40  # characters


@dataclass(frozen=True, slots=True)
class Kind:
    """How a column's cells are set: the class of the page's cells, characters in the workbook, millimetres on paper, right-aligned or not."""

    css: str
    excel: int
    paper: int
    is_figure: bool = False


KINDS = {
    "number": Kind("narrow", 20, 32),
    "time": Kind("narrow", 17, 26),
    "day": Kind("narrow", 12, 18),
    "phone": Kind("narrow", 15, 22),
    "figure": Kind("narrow", 10, 13, is_figure=True),
    "name": Kind("short", 14, 20),
    "choice": Kind("short", 14, 18),
    "short": Kind("medium", 20, 24),
    "text": Kind("text", 40, 44),
}
_OF_FIELDS = {
    "long_text": "text", "number": "figure", "money": "figure", "date": "day", "datetime": "time", "choice": "choice", "yes_no": "choice",
    "phone": "phone", "person": "name", "unit": "name", "rows": "choice",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class LedgerColumn:
    """One column. `name` is the field's or the fact's, `kind` one of KINDS."""

    name: str
    title: str
    kind: str

    @property
    def set(self) -> Kind:
        """How its cells are set."""
        return KINDS.get(self.kind, KINDS["short"])

    def head(self) -> dict[str, Any]:
        """Return it as the table of a page takes it."""
        return {"title": self.title, "width": self.set.css, "align": "end" if self.set.is_figure else "", "main": self.kind == "number"}


def columns_of(program: Program, ledger: Ledger) -> list[LedgerColumn]:
    """Return the columns: what every ticket has (COM-18), then the ledger's own."""
    standing = [
        LedgerColumn(name, str(STANDING[name].title), "number" if name == "ticket.number" else STANDING[name].kind) for name in FIRST
    ]
    return [*standing, *(own_column(program, name) for name in ledger.columns if name in FACTS or name in program.book.fields)]


def own_column(program: Program, name: str) -> LedgerColumn:
    """Return a column by its name: a field's, or a fact's."""
    if name not in program.book.fields:
        fact = (FACTS | STANDING)[name]
        return LedgerColumn(name, str(fact.title), fact.kind)
    field = program.field(name)
    kind = _OF_FIELDS.get(field.kind, "short")
    if field.kind == "text" and (field.max or 200) > _SHORT_TEXT:
        kind = "text" if (field.max or 200) > 100 else "short"
    return LedgerColumn(name, words.titled(field), kind)


def sheet_columns(columns: list[LedgerColumn]) -> list[excel.Column]:
    """Return the columns of the workbook's sheet."""
    return [excel.Column(f"c{place}", column.title, width=column.set.excel) for place, column in enumerate(columns)]
