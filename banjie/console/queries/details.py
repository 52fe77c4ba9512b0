"""Detail rows of a form as tables: numbered, so that people can speak of one of them, and the chosen one marked (CMP-07)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from banjie.rulebook.language import Field_
from banjie.rulebook.program import ActionRule, Program, TypeProgram
from banjie.tickets.possible import titled
from banjie.tickets.story_lines import Names, Reader, shown

CHOSEN = "chosen"
_SHOWN_OF_ROW = 3  # columns of a row that say which one it is
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Details:
    """A table: titles of its columns, the cells of each row in words, and the number of the chosen row (0 for none)."""

    titles: list[str]
    rows: list[list[str]]
    chosen: int = 0


def details_of(field: Field_, value: list[dict[str, Any]], names: Names, reader: Reader, chosen: int = 0) -> Details:
    """Return the rows that a field holds."""
    titles = [titled(column, reader.language) for column in field.fields.values()]
    return Details(titles, [_cells(field, row, names, reader) for row in value], chosen)


def chosen_row(kind: TypeProgram, name: str, fields: Mapping[str, Any]) -> int:
    """Return the number of the row of a field that a leader has chosen; 0 when none is, or none is to be chosen."""
    given = str(fields.get(CHOSEN) or "")
    return int(given) if given.isdecimal() and any(one.choose == name for one in kind.process.signoffs.values()) else 0


def proposals(program: Program, kind: TypeProgram, rule: ActionRule, fields: Mapping[str, Any], reader: Reader) -> list[tuple[str, str]]:
    """Return what may be chosen in an action's form: each row by its number, with the words by which it is known."""
    signoff = kind.process.signoffs.get(rule.spec.signoff or "")
    if signoff is None or signoff.choose is None:
        return []
    field = program.field(signoff.choose)
    return [(str(place), f"{place} · {_words(field, row, reader)}") for place, row in enumerate(fields.get(signoff.choose) or [], start=1)]


def _cells(field: Field_, row: Mapping[str, Any], names: Names, reader: Reader) -> list[str]:
    return [shown(column, row.get(key), names, reader) for key, column in field.fields.items()]


def _words(field: Field_, row: Mapping[str, Any], reader: Reader) -> str:
    said = [cell for cell in _cells(field, row, {}, reader) if cell != "—"][:_SHOWN_OF_ROW]
    words = "，".join(said)
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"
