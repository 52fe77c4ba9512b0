"""A frozen copy as PDF: what it is of, its counts, who signed it, and its rows as a table that is as wide as it must be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fpdf import FPDF
from fpdf.fonts import FontFace

from banjie.ui.paper import FAMILY, Sheet

MOST_PRINTED = 500  # rows; the workbook holds all
_MARGIN = 12.0  # millimetres
_A4, _A3 = 297 - 2 * _MARGIN, 420 - 2 * _MARGIN
_LABEL = 34.0
_LINE = 4.6


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its title, and of each column title and width in millimetres, which are stretched to the paper."""

    title: str
    columns: Sequence[tuple[str, float]]
    rows: Sequence[Sequence[str]]

    @property
    def width(self) -> float:
        """What its columns ask for together."""
        return sum(width for _title, width in self.columns)


@dataclass(frozen=True, slots=True)
class CopyPaper:
    """What the paper of a copy says: heading, facts, smaller tables, and the ledger itself with a note where it is not printed whole."""

    organisation: str
    title: str
    lines: Sequence[tuple[str, str]]
    tables: Sequence[Grid]
    ledger: Grid
    note: str
    foot: str


def copy_pdf(paper: CopyPaper) -> bytes:
    """Return it as PDF, A4 across, or A3 across for many columns."""
    size = "A4" if paper.ledger.width <= _A4 else "A3"
    sheet = Sheet(paper.foot, margin=_MARGIN, size=size, is_landscape=True)  # type: ignore[arg-type]  # one of its two words
    sheet.set_title(paper.title)
    sheet.add_page()
    sheet.set_font(FAMILY, size=10)
    sheet.cell(0, 6, paper.organisation, new_x="LMARGIN", new_y="NEXT")
    sheet.set_font(FAMILY, size=17)
    sheet.multi_cell(0, 9, paper.title, new_x="LMARGIN", new_y="NEXT", align="L")
    sheet.ln(2)
    _facts(sheet, paper.lines)
    for table in paper.tables:
        _grid(sheet, table, min(sheet.epw, table.width))
    _grid(sheet, paper.ledger, sheet.epw, size=7.5 if paper.ledger.width <= _A3 else 6.5)
    if paper.note:
        sheet.set_font(FAMILY, size=9)
        sheet.multi_cell(0, 6, paper.note, new_x="LMARGIN", new_y="NEXT")
    return bytes(sheet.output())


def _facts(sheet: FPDF, lines: Iterable[tuple[str, str]]) -> None:
    sheet.set_font(FAMILY, size=9)
    for label, value in lines:
        sheet.cell(_LABEL, 5.5, label)
        sheet.multi_cell(0, 5.5, value, new_x="LMARGIN", new_y="NEXT", align="L")


def _grid(sheet: FPDF, grid: Grid, width: float, size: float = 9) -> None:
    sheet.ln(4)
    sheet.set_font(FAMILY, size=11)
    sheet.cell(0, 7, grid.title, new_x="LMARGIN", new_y="NEXT")
    sheet.set_font(FAMILY, size=size)
    widths = [part / grid.width * width for _title, part in grid.columns]
    with sheet.table(
        width=width, col_widths=widths, line_height=_LINE if size < 9 else 5.5, text_align="LEFT", align="LEFT", repeat_headings=1,
        headings_style=_plain(size),
    ) as table:  # fmt: skip
        for line in ([title for title, _width in grid.columns], *grid.rows):
            row = table.row()
            for cell in line:
                row.cell(cell)


def _plain(size: float) -> FontFace:
    """Return the face of a head row: the font has no bold."""
    return FontFace(family=FAMILY, size_pt=size, emphasis="", fill_color=(233, 238, 246))
