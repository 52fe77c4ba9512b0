"""What is demanded, what was measured, and the table that says which is which."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table. `short` tells that the demand was missed; None that nothing is demanded."""

    tickets: int
    operation: str
    measured: str
    limit: str
    result: str
    demanded: str
    short: bool | None


HEAD = ("tickets", "operation", "measured", "the limit", "result", "demanded", "")


def table(lines: Iterable[Line]) -> str:
    """Return the rows as a Markdown table, aligned for reading."""
    rows = [HEAD, *(_cells(line) for line in lines)]
    widths = [max(_width(row[column]) for row in rows) for column in range(len(HEAD))]
    drawn = ["| " + " | ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows]
    return "\n".join([drawn[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *drawn[1:]])


def _cells(line: Line) -> tuple[str, ...]:
    verdict = {None: "", False: "kept", True: "SHORT"}[line.short]
    return (f"{line.tickets:,}".replace(",", " "), line.operation, line.measured, line.limit, line.result, line.demanded, verdict)


def _width(text: str) -> int:
    return len(text)
