"""Excel in and out: tables with limits and row-numbered errors, workbooks that carry no formula."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from banjie.kernel import excel_reader
from banjie.kernel.errors import FieldError, InvalidInput
from banjie.kernel.excel_opening import Upload, read_cells, refused

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ERRORS = 100
_LONGEST_CELL = 32_000
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_NOT_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: `name` in code, `title` in the sheet's first row.

    `other_titles` are accepted too. `choices` become a drop-down list in written sheets and are not checked when reading.
    """

    name: str
    title: str
    required: bool = False
    max_length: int = 200
    width: int = 16
    other_titles: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A filled row of a read table; `number` is Excel's own, the value of a missing cell is ""."""

    number: int
    values: Mapping[str, str]
    titles: Mapping[str, str] = field(repr=False)

    def __getitem__(self, name: str) -> str:
        return self.values[name]

    def error(self, name: str, message: str) -> FieldError:
        """Return an error that names this row and the column called `name` in code."""
        sentence = _("Row %(row)d, column “%(column)s”: %(message)s") % {
            "row": self.number,
            "column": self.titles.get(name, name),
            "message": message,
        }
        return FieldError(f"{self.number}.{name}", sentence)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet to write: values in the order of the columns; str, numbers, dates, aware datetimes, bool or None.

    A `filtered` one can be filtered by every column, and its first column stays in sight.
    """

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[object]]
    filtered: bool = False


def read_table(file: Upload, columns: Sequence[Column], max_rows: int, max_bytes: int) -> list[Row]:
    """Return the filled rows below the title row of the first sheet; everything as text, trimmed.

    Numbers that Excel made of phones and codes become text again. All wrong cells are reported together.

    Raises:
        InvalidInput: it is no .xlsx workbook, too large, or broken; or a column is unknown, doubled or missing; or a
            required cell is empty, a text too long, or a long number was rounded by Excel. Each error names row and column.
    """
    cells = read_cells(file, max_rows, max_bytes)
    start = next((number for number, row in enumerate(cells) if any(row)), None)
    if start is None:
        raise refused(_("The first sheet is empty. Fill in the template and upload it again."))
    positions = _positions(cells[start], columns)
    titles = {column.name: column.title for column in columns}
    rows: list[Row] = []
    errors: list[FieldError] = []
    for offset, raw in enumerate(cells[start + 1 :], start=start + 2):
        if any(raw):
            row, wrong = _row(offset, {c: raw[positions[c.name]] if c.name in positions else "" for c in columns}, titles)
            rows.append(row)
            errors += wrong
    refuse_rows(errors)
    if not rows:
        raise refused(_("There is no row below the titles. Fill in the template and upload it again."))
    return rows


def refuse_rows(errors: Sequence[FieldError], most: int = MOST_ERRORS) -> None:
    """Refuse the whole table when there is any error; the first `most` are named.

    Raises:
        InvalidInput: there is one.
    """
    if not errors:
        return
    shown = list(errors[:most])
    if len(errors) > most:
        shown.append(FieldError("file", _("… and %(count)d more errors.") % {"count": len(errors) - most}))
    raise InvalidInput(
        _("Nothing was imported: %(count)d cells are wrong. Correct them and upload the file again.") % {"count": len(errors)}, errors=shown
    )


def write_workbook(sheets: Sequence[Sheet]) -> bytes:
    """Return a workbook (.xlsx). Text that could be taken for a formula gets an apostrophe in front.

    Memory grows with the compressed file only; rows may be a generator.
    """
    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target,
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    heading = book.add_format({"bold": True, "bg_color": "#E9EEF6", "border": 1, "valign": "vcenter"})
    formats = {
        datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        date: book.add_format({"num_format": "yyyy-mm-dd"}),
        str: book.add_format({"num_format": "@"}),
    }
    for sheet in sheets:
        page = book.add_worksheet(_NOT_IN_SHEET_NAME.sub(" ", sheet.title)[:31].strip() or None)
        page.freeze_panes(1, 1 if sheet.filtered else 0)
        for number, column in enumerate(sheet.columns):
            page.set_column(number, number, column.width, formats[str])
            page.write_string(0, number, column.title, heading)
            if column.choices:
                page.data_validation(1, number, 5000, number, {"validate": "list", "source": list(column.choices), "ignore_blank": True})
        line = 0
        for line, values in enumerate(sheet.rows, start=1):
            for number, value in enumerate(values):
                _write(page, line, number, value, formats)
        if sheet.filtered:
            page.autofilter(0, 0, line, len(sheet.columns) - 1)
    book.close()
    return target.getvalue()


def neutral(text: str) -> str:
    """Return text that no spreadsheet takes for a formula and no sheet refuses."""
    text = _CONTROL.sub("", text)
    if len(text) > _LONGEST_CELL:
        text = text[: _LONGEST_CELL - 1] + "…"
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def _write(page: Any, line: int, number: int, value: object, formats: Mapping[type, Any]) -> None:
    match value:
        case None | "":
            return
        case bool():
            page.write_boolean(line, number, value)
        case int() | float() | Decimal():
            if abs(float(value)) < excel_reader.EXACT:
                page.write_number(line, number, value)
            else:
                page.write_string(line, number, str(value), formats[str])
        case datetime():
            local = timezone.localtime(value) if timezone.is_aware(value) else value
            page.write_datetime(line, number, local.replace(tzinfo=None), formats[datetime])
        case date():
            page.write_datetime(line, number, datetime.combine(value, time()), formats[date])
        case _:
            page.write_string(line, number, neutral(str(value)), formats[str])


def _positions(titles: Sequence[Any], columns: Sequence[Column]) -> dict[str, int]:
    """Find each column by its title, and refuse titles that would silently lose their cells."""
    known = {_plain(title): column for column in columns for title in (column.title, column.name, *column.other_titles)}
    found: dict[str, int] = {}
    errors: list[FieldError] = []
    for position, title in enumerate(titles):
        column = known.get(_plain(str(title)))
        if column is None and title:
            errors.append(
                FieldError(
                    "file",
                    _("Column “%(title)s” is not known. Delete it, or give it one of these titles: %(titles)s.")
                    % {"title": str(title)[:40], "titles": "、".join(c.title for c in columns)},
                )
            )
        elif column and column.name in found:
            errors.append(FieldError("file", _("Column “%(title)s” stands there twice. Delete one of them.") % {"title": column.title}))
        elif column:
            found[column.name] = position
    errors += [
        FieldError("file", _("Column “%(title)s” is missing. Download the template again.") % {"title": column.title})
        for column in columns
        if column.required and column.name not in found
    ]
    if errors:
        raise InvalidInput(_("Nothing was imported: the title row is wrong."), errors=errors)
    return found


def _plain(title: str) -> str:
    return re.sub(r"[\s*＊]", "", title).casefold()


def _row(number: int, raw: Mapping[Column, Any], titles: Mapping[str, str]) -> tuple[Row, list[FieldError]]:
    row = Row(number, {column.name: cell if isinstance(cell, str) else "" for column, cell in raw.items()}, titles)
    errors = []
    for column, cell in raw.items():
        if not isinstance(cell, str):
            message = _("Excel has rounded this long number to %(number)s. Format the column as text and enter it again.") % {
                "number": cell["rounded"]
            }
            errors.append(row.error(column.name, message))
        elif column.required and not cell:
            errors.append(row.error(column.name, _("This cell must not be empty.")))
        elif len(cell) > column.max_length:
            errors.append(row.error(column.name, _("Write at most %(count)d characters.") % {"count": column.max_length}))
    return row, errors
