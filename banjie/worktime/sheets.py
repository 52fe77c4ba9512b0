"""Rows of an uploaded table, CSV or Excel, within fixed limits."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

MAX_BYTES = 1024 * 1024
MAX_UNPACKED = 20 * 1024 * 1024
MAX_ROWS = 5000
Row = tuple[int, Sequence[object]]


def rows_of(upload: bytes) -> list[Row]:
    """Return the rows that are not empty with their numbers as the reader of the file sees them, from 1.

    Excel (.xlsx) is told by its first bytes; everything else is CSV in UTF-8 or GB 18030.

    Raises:
        ValueError: too large, or not readable; with a sentence.
    """
    if len(upload) > MAX_BYTES:
        raise ValueError(_("The file is larger than 1 MB."))
    raw = _excel(upload) if upload.startswith(b"PK") else _csv(upload)
    rows: list[Row] = []
    for number, cells in raw:
        if not any(str(cell).strip() for cell in cells):
            continue
        rows.append((number, cells))
        if len(rows) > MAX_ROWS + 1:
            raise ValueError(_("The file has more than %(n)d rows.") % {"n": MAX_ROWS})
    return rows


def _excel(upload: bytes) -> Iterator[Row]:
    try:
        with zipfile.ZipFile(io.BytesIO(upload)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > MAX_UNPACKED:
                raise ValueError(_("The file is too large when unpacked."))
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(upload)).get_sheet_by_index(0)
        # skip_empty_area=False keeps the row numbers that Excel shows
        cells = sheet.to_python(skip_empty_area=False, nrows=MAX_ROWS + 2)
    except (CalamineError, zipfile.BadZipFile, IndexError, OSError) as broken:
        raise ValueError(_("The file is no readable Excel workbook. Save it as .xlsx or .csv.")) from broken
    yield from ((number, list(row)) for number, row in enumerate(cells, 1))


def _csv(upload: bytes) -> Iterator[Row]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = upload.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise ValueError(_("The file is no readable text. Save it as CSV (UTF-8) or .xlsx."))
    if "\0" in text:
        raise ValueError(_("The file is no readable text. Save it as CSV (UTF-8) or .xlsx."))
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        yield from ((reader.line_num, list(row)) for row in reader)
    except csv.Error as broken:
        raise ValueError(_("Row %(n)d cannot be read as CSV.") % {"n": reader.line_num}) from broken
