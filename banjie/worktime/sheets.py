"""Rows of an uploaded table, CSV or Excel, within fixed limits."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from banjie.kernel.excel_opening import read_cells, refused

MAX_BYTES = 1024 * 1024
MAX_ROWS = 5000
Row = tuple[int, Sequence[str]]


def rows_of(upload: bytes) -> list[Row]:
    """Return the rows that are not empty, with their numbers as the reader of the file sees them, from 1.

    Excel (.xlsx) is told by its first bytes; everything else is CSV in UTF-8 or GB 18030.

    Raises:
        InvalidInput: too large, or not readable; with a sentence.
    """
    if len(upload) > MAX_BYTES:
        raise refused(_("The file is larger than 1 MB."))
    raw = _excel(upload) if upload.startswith(b"PK") else _csv(upload)
    rows: list[Row] = []
    for number, cells in raw:
        if not any(cell.strip() for cell in cells):
            continue
        rows.append((number, cells))
        if len(rows) > MAX_ROWS + 1:
            raise refused(_("The file has more than %(n)d rows.") % {"n": MAX_ROWS})
    return rows


def _excel(upload: bytes) -> Iterator[Row]:
    # A number that Excel has rounded comes as a dict: no date, no kind and no hours has 15 digits.
    for number, row in enumerate(read_cells(io.BytesIO(upload), MAX_ROWS, MAX_BYTES), 1):
        yield number, [cell if isinstance(cell, str) else str(cell["rounded"]) for cell in row]


def _csv(upload: bytes) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(_text(upload), newline=""))
    try:
        yield from ((reader.line_num, row) for row in reader)
    except csv.Error as broken:
        raise refused(_("Row %(n)d cannot be read as CSV.") % {"n": reader.line_num}) from broken


def _text(upload: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = upload.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise refused(_("The file is no readable text. Save it as CSV (UTF-8) or .xlsx."))
