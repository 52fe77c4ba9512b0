"""Open an uploaded workbook: is it one, is it small enough, can it be read."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any, Protocol

from django.utils.translation import gettext as _

from banjie.kernel import excel_reader
from banjie.kernel.errors import FieldError, InvalidInput

_SECONDS = 60


class Upload(Protocol):
    """An uploaded or opened binary file."""

    def read(self, size: int = -1, /) -> bytes: ...


def _content(file: Upload, max_bytes: int) -> bytes:
    content = file.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise refused(_("The file is larger than %(size)d MB. Split it into several files.") % {"size": max_bytes // (1024 * 1024)})
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise refused(
            _("This is an old Excel file (.xls), or one protected by a password. Save it as .xlsx without a password and upload it again.")
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            is_workbook = "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        is_workbook = False
    if not is_workbook:
        raise refused(_("This is not an Excel workbook, whatever its name says. Download the template, fill it in and save it as .xlsx."))
    return content


def read_cells(file: Upload, max_rows: int, max_bytes: int) -> list[list[Any]]:
    """Return the cells of the first sheet, read in a process that may die of it.

    Raises:
        InvalidInput: it is no .xlsx workbook, too large, too long, too wide, or broken.
    """
    content = _content(file, max_bytes)
    reasons = {
        "password": _("The workbook is protected by a password. Remove it and upload the file again."),
        "empty": _("The first sheet is empty. Fill in the template and upload it again."),
        "columns": _("The first sheet has more than %(count)d columns. Delete those that do not belong to the table.")
        % {"count": excel_reader.MOST_COLUMNS},
        "rows": _("There are more than %(count)d rows. Split the file.") % {"count": max_rows},
        "text": _("The sheet holds too much text. Split the file."),
    }
    broken = _("The workbook is damaged and cannot be read. Open it in Excel or WPS, save it again as .xlsx and upload that.")
    try:
        # One row more than allowed: the titles.
        done = subprocess.run(
            [sys.executable, "-I", str(Path(excel_reader.__file__)), str(max_rows + 1)],
            input=content,
            capture_output=True,
            timeout=_SECONDS,
            check=True,
        )
        answer = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError):
        raise refused(broken) from None
    if "refused" in answer:
        raise refused(reasons.get(answer["refused"], broken))
    rows: list[list[Any]] = answer["rows"]
    return rows


def refused(message: str) -> InvalidInput:
    """Return the refusal of a whole file."""
    return InvalidInput(message, errors=[FieldError("file", message)])
