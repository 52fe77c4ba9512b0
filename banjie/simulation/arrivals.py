"""Requests as they come in: from a seeded generator, or from a CSV or Excel file."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from banjie.kernel.errors import FieldError, InvalidInput
from banjie.simulation.behaviour import CHOICES, PROBLEMS, TEXTS

MAX_ROWS = 200_000
# How the day's requests spread over its hours: few at night, peaks before noon and in the afternoon.
HOURS = (1, 1, 1, 1, 1, 2, 4, 10, 30, 60, 70, 60, 40, 45, 60, 62, 55, 40, 24, 16, 12, 8, 4, 2)


@dataclass(frozen=True, slots=True)
class Arrival:
    """One request: when, which type, what the caller says."""

    at: datetime
    type: str
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Terminal:
    """A known asset that requests can be about."""

    keys: dict[str, str]
    address: str
    contact: str
    phone: str


def generated(
    random: Random, types: dict[str, float], assets: list[Terminal], *, begin: datetime, days: int, count: int
) -> Iterator[Arrival]:
    """Yield about `count` requests over `days`, in order of time."""
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
            kind = random.choices(list(types), list(types.values()))[0]
            yield Arrival(at + timedelta(seconds=seconds), kind, _request(random, assets, kind))


def _request(random: Random, assets: list[Terminal], kind: str) -> dict[str, Any]:
    known = random.choice(assets) if assets and random.random() < 0.97 else None
    urgency = random.choices([k for k, _w in CHOICES["urgency"]], [w for _k, w in CHOICES["urgency"]])[0]
    source = random.choices([k for k, _w in CHOICES["source"]], [w for _k, w in CHOICES["source"]])[0]
    said = {"problem": random.choice(PROBLEMS.get(kind, TEXTS["problem"])), "urgency": urgency, "source": source}
    if known is None:
        return said | {"contact": "散客", "phone": f"13{random.randrange(10**8, 10**9)}", "address": "待确认"}
    return said | known.keys | {"contact": known.contact, "phone": known.phone, "address": known.address}


def from_file(path: Path, zone: ZoneInfo) -> list[Arrival]:
    """Read requests from a CSV or Excel file with the columns `at`, `type`, and one per field.

    Raises:
        InvalidInput: a column is missing, a time is none, or there are more than MAX_ROWS rows; each with its row.
    """
    rows = list(_rows(path))
    if not rows or not {"at", "type"} <= {name.strip() for name in rows[0]}:
        raise InvalidInput("The file needs a header row with at least the columns at and type.", errors=[FieldError("row 1", "at, type")])
    errors, arrivals = [], []
    for number, row in enumerate(rows, start=2):
        given = {key.strip(): str(value).strip() for key, value in row.items() if key and str(value or "").strip()}
        try:
            at = datetime.fromisoformat(given.pop("at", ""))
        except ValueError:
            errors.append(FieldError(f"row {number}", "at: write e.g. 2024-06-03 09:00"))
            continue
        arrivals.append(Arrival(at if at.tzinfo else at.replace(tzinfo=zone), given.pop("type", ""), given))
    if errors:
        raise InvalidInput(errors=errors[:200])
    return sorted(arrivals, key=lambda a: a.at)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    if path.suffix.lower() == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            for number, row in enumerate(csv.DictReader(file)):
                if number >= MAX_ROWS:
                    raise InvalidInput(f"At most {MAX_ROWS} rows.")
                yield row
        return
    import python_calamine

    sheet = python_calamine.load_workbook(str(path)).get_sheet_by_index(0).to_python(nrows=MAX_ROWS + 1)
    header = [str(cell) for cell in sheet[0]] if sheet else []
    for line in sheet[1:]:
        yield dict(zip(header, line, strict=False))
