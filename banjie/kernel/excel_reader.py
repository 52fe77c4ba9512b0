"""Read the first sheet of a workbook in a process of its own: this file is its whole program.

Some hundred bytes of a malicious workbook can claim thousands of millions of cells; here memory and time have a limit,
and the worst that can happen is that this process dies. It takes the workbook on standard input and the limits as
arguments, and answers with JSON: `{"rows": [[cell, ...], ...]}` or `{"refused": reason}`. A cell is a string, or
`{"rounded": text}` for a number with more digits than Excel keeps.
"""

from __future__ import annotations

import io
import json
import math
import re
import sys
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

MEMORY = 1024 * 1024 * 1024
CPU_SECONDS = 30
MOST_COLUMNS = 100
MOST_TEXT = 64 * 1024 * 1024
# Excel keeps 15 digits: an identity card of 18 entered as a number has lost its last ones.
EXACT = 10**15

_BLANKS = " \t\r\n\v\f\u00a0\u3000\u200b\u200c\u200d\ufeff"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NEUTRALISED = re.compile(r"'[=+\-@\t\r]")


def main() -> None:
    """Answer on standard output."""
    _limit()
    most_rows = int(sys.argv[1])
    json.dump(read(sys.stdin.buffer.read(), most_rows), sys.stdout)


def read(content: bytes, most_rows: int) -> dict[str, Any]:
    """Return the rows of the first sheet as text, or the reason why not: broken, password, empty, columns, rows or text."""
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        if not book.sheet_names:
            return {"refused": "empty"}
        sheet = book.get_sheet_by_index(0)
    except python_calamine.PasswordError:
        return {"refused": "password"}
    except (python_calamine.CalamineError, OSError, ValueError):
        return {"refused": "broken"}
    if sheet.width > MOST_COLUMNS:
        return {"refused": "columns"}
    rows: list[list[str | dict[str, str]]] = []
    filled = length = 0
    for cells in sheet.to_python(skip_empty_area=False):
        row = [cell_text(cell) for cell in cells]
        rows.append(row)
        filled += any(row)
        length += sum(len(cell) for cell in row)
        if filled > most_rows:
            return {"refused": "rows"}
        if length > MOST_TEXT:
            return {"refused": "text"}
    return {"rows": rows}


def cell_text(cell: object) -> str | dict[str, str]:
    """Return what a person would have typed: 13900000000.0 is "13900000000", a date "2026-03-02"."""
    match cell:
        case bool():
            return "TRUE" if cell else "FALSE"
        case int() | float():
            return _number(cell)
        case datetime():
            return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
        case date() | time():
            return cell.isoformat()
        case timedelta():
            return str(cell)
        case _:
            text = _CONTROL.sub("", str(cell)).strip(_BLANKS)
            return text[1:] if _NEUTRALISED.match(text) else text


def _number(value: float) -> str | dict[str, str]:
    if not math.isfinite(value):
        return str(value)
    if abs(value) >= EXACT:
        return {"rounded": str(int(Decimal(f"{value:.14e}"))) if abs(value) < 1e30 else repr(value)}
    return str(int(value)) if value == int(value) else repr(value)


def _limit() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    for kind, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, CPU_SECONDS), (resource.RLIMIT_CORE, 0)):
        try:
            resource.setrlimit(kind, (most, most))
        except (ValueError, OSError):  # macOS knows no RLIMIT_AS
            continue


if __name__ == "__main__":
    main()
