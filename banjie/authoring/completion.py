"""Propose what may stand where somebody writes: keywords of the language with their meaning, and the book's own names."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from banjie.authoring.keywords import meaning_of
from banjie.authoring.names import FIXED, KEYS, SOURCES, Named, Source
from banjie.authoring.outline import Outline, Place, outline_of, place_of
from banjie.rulebook.shape import Known, known_at
from banjie.rulebook.source import MAX_BYTES, Path
from banjie.rulebook.vocabulary import VERBS

MOST = 200
_BEFORE_VALUE = ": "


@dataclass(frozen=True, slots=True)
class Option:
    """One proposal: what is shown, what is written, what it means, and whether something is missing without it."""

    label: str
    insert: str
    meaning: str
    kind: str
    is_needed: bool = False


@dataclass(frozen=True, slots=True)
class Proposals:
    """Proposals for the word that begins at column `start`, counted from 0."""

    start: int
    options: tuple[Option, ...]

    def json(self) -> dict[str, Any]:
        return {"start": self.start, "options": [asdict(option) for option in self.options]}


def propose(text: str, *, line: int, column: int, language: str) -> Proposals:
    """Return what may be written at a place of an unfinished text; nothing where nothing is known. Never raises for bad input."""
    if len(text) > MAX_BYTES:
        return Proposals(column, ())
    place, outline = place_of(text, line, column), outline_of(text)
    options = _keys(place, outline, language) if place.is_key else _values(place, outline)
    written = text.split("\n")[line - 1][: place.start] if 0 < line <= text.count("\n") + 1 else ""
    if not place.is_key and written.endswith(":"):
        options = [Option(o.label, f" {o.insert}", o.meaning, o.kind, o.is_needed) for o in options]
    return Proposals(place.start, tuple(options[:MOST]))


def _keys(place: Place, outline: Outline, language: str) -> list[Option]:
    known = known_at(place.path)
    if not known.keys:
        if known.is_list:  # a list that is not begun: its first item may be written
            return _values(place, outline)
        return _names_as_keys(place, outline)
    there = set(outline.names(*place.path)) - {place.word}
    options = [
        Option(key, f"{key}{_BEFORE_VALUE}", meaning_of(known.part, key, language), "keyword", is_needed=key in known.needed)
        for key in known.keys
        if key not in there
    ]
    return sorted(options, key=lambda one: not one.is_needed)


def _names_as_keys(place: Place, outline: Outline) -> list[Option]:
    if not place.path:
        return []
    part, key = _part_and_key(place.path)
    sources = KEYS.get((part, key), ())
    there = set(outline.names(*place.path)) - {place.word}
    return [
        Option(n.name, f"{n.name}{_BEFORE_VALUE}", n.meaning, n.kind) for n in _named(sources, outline, place.path) if n.name not in there
    ]


def _values(place: Place, outline: Outline) -> list[Option]:
    if not place.path:
        return []
    part, key = _part_and_key(place.path)
    known: Known = known_at(place.path)
    sources = SOURCES.get((part, key)) or SOURCES.get(("*", key), ())
    found = [*_named(sources, outline, place.path), *(Named(word, "", "word") for word in FIXED.get(key, known.words))]
    listed = set(outline.items(*_list_of(place.path))) - {place.word} if known.is_list or _is_item(place.path) else set()
    demanded = _demanded(part, key, outline, place.path)
    fresh = [one for one in {one.name: one for one in found}.values() if one.name not in listed]
    options = [Option(one.name, one.name, one.meaning, one.kind, is_needed=one.name in demanded) for one in fresh]
    return sorted(options, key=lambda one: not one.is_needed)


def _demanded(part: str, key: str, outline: Outline, path: Path) -> tuple[str, ...]:
    """Return the fields that the action's verb cannot do without."""
    if (part, key) != ("Action", "needs"):
        return ()
    verb = VERBS.get(outline.text(*path[:4], "verb"))
    return verb.demands if verb else ()


def _named(sources: tuple[Source, ...], outline: Outline, path: Path) -> list[Named]:
    return [one for source in sources for one in source(outline, path)]


def _is_item(path: Path) -> bool:
    return isinstance(path[-1], int)


def _list_of(path: Path) -> Path:
    while path and isinstance(path[-1], int):
        path = path[:-1]
    return path


def _part_and_key(path: Path) -> tuple[str, str]:
    """Return the part of the language around a value, and the key before it: of ("types", "fault", "asks", 0) TypeOfTicket and asks."""
    while path:
        last, path = path[-1], path[:-1]
        if isinstance(last, str) and (part := known_at(path).part):
            return part, last
    return "", ""
