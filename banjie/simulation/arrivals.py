"""Requests as they come in: from a seeded generator, or from a CSV or Excel file."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from banjie.kernel.errors import FieldError, InvalidInput
from banjie.simulation.phrases import phrases_of

MAX_ROWS = 200_000
CALLERS = "pos-terminal-service"  # whose callers have assets
# How the day's requests spread over its hours: few at night, peaks before noon and in the afternoon.
HOURS = (1, 1, 1, 1, 1, 2, 4, 10, 30, 60, 70, 60, 40, 45, 60, 62, 55, 40, 24, 16, 12, 8, 4, 2)


@dataclass(frozen=True, slots=True)
class Arrival:
    """One request: when, which type, what the caller says; the row of the file that it came from; its regulation among several."""

    at: datetime
    type: str
    fields: dict[str, Any] = field(default_factory=dict)
    row: int = 0
    book: str = ""


@dataclass(frozen=True, slots=True)
class Terminal:
    """A known asset that requests can be about."""

    keys: dict[str, str]
    address: str
    contact: str
    phone: str


def times(random: Random, types: dict[str, float], *, begin: datetime, days: int, count: int) -> Iterator[tuple[datetime, str]]:
    """Yield when about `count` requests come over `days`, and of which type, in order of time."""
    local = begin.astimezone(ZoneInfo("Asia/Shanghai")).replace(hour=0, minute=0, second=0, microsecond=0)
    slots = [
        (local + timedelta(days=d, hours=h), HOURS[h] * (0.7 if (local + timedelta(days=d)).weekday() >= 5 else 1))
        for d in range(days)
        for h in range(24)
    ]
    total = sum(weight for _at, weight in slots)
    owed = 0.0
    for at, weight in slots:
        owed += count * weight / total
        here = math.floor(owed)
        owed -= here
        for seconds in sorted(random.randrange(3600) for _n in range(here)):
            yield at + timedelta(seconds=seconds), random.choices(list(types), list(types.values()))[0]


def generated(
    random: Random, types: dict[str, float], assets: list[Terminal], *, begin: datetime, days: int, count: int
) -> Iterator[Arrival]:
    """Yield about `count` requests over `days`, most of them about a known asset, in order of time."""
    for at, kind in times(random, types, begin=begin, days=days, count=count):
        yield Arrival(at, kind, _request(random, assets, kind))


def _request(random: Random, assets: list[Terminal], kind: str) -> dict[str, Any]:
    known = random.choice(assets) if assets and random.random() < 0.97 else None
    phrases = phrases_of(CALLERS)
    said = {name: random.choice(phrases.fields[name]) for name in ("urgency", "source")}
    said["problem"] = random.choice(phrases.stories_of(kind))["problem"]
    if known is None:
        return said | {"contact": "散客", "phone": f"13{random.randrange(10**8, 10**9)}", "address": "待确认"}
    return said | known.keys | {"contact": known.contact, "phone": known.phone, "address": known.address}


def from_file(path: Path, zone: ZoneInfo) -> list[Arrival]:
    """Read requests from a CSV or Excel file with the columns `at`, `type`, and one per field.

    Raises:
        InvalidInput: it cannot be read, a column is missing, a time is none, or there are more than MAX_ROWS rows; each with its row.
    """
    lines = _lines_of_csv(path) if path.suffix.lower() == ".csv" else _lines_of_workbook(path)
    header = [str(cell).strip() for cell in next(lines, [])]
    if not {"at", "type"} <= set(header):
        raise InvalidInput("Row 1 needs at least the columns at and type.")
    errors, arrivals = [], []
    for number, line in enumerate(lines, start=2):
        if number > MAX_ROWS + 1:
            raise InvalidInput(f"At most {MAX_ROWS} rows.")
        given = {name: text for name, cell in zip(header, line, strict=False) if name and (text := _text(cell))}
        if not given:
            continue
        try:
            at = datetime.fromisoformat(given.pop("at", ""))
        except ValueError:
            errors.append(FieldError(f"row {number}", "at: write e.g. 2024-06-03 09:00"))
            continue
        arrivals.append(Arrival(at if at.tzinfo else at.replace(tzinfo=zone), given.pop("type", ""), given, number))
    if errors or not arrivals:
        raise InvalidInput("" if errors else "The file holds no request.", errors=errors[:200])
    return sorted(arrivals, key=lambda a: a.at)


def must_fit(arrivals: list[Arrival], types: Collection[str], begin: datetime, until: datetime) -> None:
    """Refuse requests that nobody could make: of no type, or outside the time.

    Raises:
        InvalidInput: with each row, 200 at most.
    """
    known = ", ".join(sorted(types))
    errors = [FieldError(f"row {a.row}", f"type: there is no {a.type!r}, but {known}") for a in arrivals if a.type not in types]
    span = f"{begin:%Y-%m-%d %H:%M} to {until:%Y-%m-%d %H:%M}"
    errors += [FieldError(f"row {a.row}", f"at: {a.at:%Y-%m-%d %H:%M} is outside {span}") for a in arrivals if not begin <= a.at < until]
    if errors:
        raise InvalidInput(errors=errors[:200])


def _text(cell: Any) -> str:
    """Return a cell's text; a workbook's whole numbers, such as phones, without a decimal point."""
    return str(int(cell) if isinstance(cell, float) and cell.is_integer() else "" if cell is None else cell).strip()


def _lines_of_csv(path: Path) -> Iterator[list[Any]]:
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):  # the latter is what Excel writes in China
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        try:
            yield from csv.reader(io.StringIO(text, newline=""), strict=True)
        except csv.Error as wrong:
            raise InvalidInput(f"This is no CSV: {wrong}.") from wrong
        return
    raise InvalidInput("The file is encoded neither in UTF-8 nor in GB 18030. Save it as CSV in UTF-8.")


def _lines_of_workbook(path: Path) -> Iterator[list[Any]]:
    import python_calamine

    try:
        yield from python_calamine.load_workbook(str(path)).get_sheet_by_index(0).to_python(nrows=MAX_ROWS + 2)
    except python_calamine.CalamineError as wrong:
        raise InvalidInput("This is neither a CSV file nor an Excel workbook that can be read.") from wrong
