"""A ticket's sheet as PDF: the organisation's heading, number and QR code, what was entered, who signed (PLT-06, HOT-20)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import segno
from fpdf import FPDF

from banjie.ui.paper import FAMILY, Sheet

_MARGIN = 18.0  # millimetres
_LABEL = 40.0
_CODE = 24.0
_LINE = 6.5


@dataclass(frozen=True, slots=True)
class Table:
    """A table inside a sheet: detail rows of a form, or signatures."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Paper:
    """What a printed sheet says. `address` is what its QR code leads to; `foot` says who printed it and when.

    `files` are the files of its fields: title, name and address of each.
    """

    organisation: str
    title: str
    number: str
    address: str
    lines: Sequence[tuple[str, str]]
    tables: Sequence[Table]
    foot: str
    files: Sequence[tuple[str, str, str]] = ()


def pdf_of(paper: Paper) -> bytes:
    """Return the sheet as PDF, A4; the part of the font that it uses lies in it."""
    sheet = Sheet(paper.foot, margin=_MARGIN)
    sheet.set_title(f"{paper.title} {paper.number}")
    sheet.add_page()
    _code(sheet, paper.address)
    sheet.set_font(FAMILY, size=11)
    sheet.cell(sheet.epw - _CODE, 7, paper.organisation, new_x="LMARGIN", new_y="NEXT")
    sheet.set_font(FAMILY, size=18)
    sheet.multi_cell(sheet.epw - _CODE - 4, 9, paper.title, new_x="LMARGIN", new_y="NEXT", align="L")
    sheet.set_font(FAMILY, size=10)
    sheet.cell(sheet.epw - _CODE, 7, paper.number, new_x="LMARGIN", new_y="NEXT")
    sheet.set_y(max(sheet.get_y() + 3, _MARGIN + _CODE + 3))
    _facts(sheet, [*((label, value, None) for label, value in paper.lines), *paper.files])
    for table in paper.tables:
        _table(sheet, table)
    return bytes(sheet.output())


def _code(sheet: FPDF, address: str) -> None:
    matrix = [list(row) for row in segno.make(address, error="m", micro=False).matrix]
    size = _CODE / len(matrix)
    left, top = sheet.w - _MARGIN - _CODE, _MARGIN
    for y, row in enumerate(matrix):
        for x, dark in enumerate(row):
            if dark:
                sheet.rect(left + x * size, top + y * size, size, size, style="F")


def _facts(sheet: FPDF, lines: Iterable[tuple[str, str, str | None]]) -> None:
    sheet.set_font(FAMILY, size=10)
    with sheet.table(col_widths=(_LABEL, sheet.epw - _LABEL), first_row_as_headings=False, line_height=_LINE, text_align="LEFT") as table:
        for label, value, link in lines:
            row = table.row()
            row.cell(label)
            row.cell(value, link=link)


def _table(sheet: FPDF, content: Table) -> None:
    sheet.ln(4)
    sheet.set_font(FAMILY, size=11)
    sheet.cell(0, 7, content.title, new_x="LMARGIN", new_y="NEXT")
    sheet.set_font(FAMILY, size=9)
    with sheet.table(first_row_as_headings=False, line_height=_LINE - 0.5, text_align="LEFT") as table:
        for line in (content.columns, *content.rows):
            row = table.row()
            for cell in line:
                row.cell(cell)
