"""The states of a process as cards: a head with the state's name, and a row for each way out."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from banjie.rulebook.checks.flow import ENDED, sources
from banjie.rulebook.explain.words import listed, outcome, title
from banjie.rulebook.language import STAGES, Action, Book, Process
from banjie.rulebook.vocabulary import VERBS

WIDTH = 150
HEAD = 30
ROW = 22
GAP = 26
ROOM = WIDTH - 20
_WIDE, _NARROW = 12.0, 6.3
_TONES = {"intake": "blue", "approval": "purple", "dispatch": "blue", "handling": "amber", "verification": "green"}


@dataclass(frozen=True, slots=True)
class Row:
    """One way out of a state: what is done, where it leads ("" to stay)."""

    text: str
    full: str
    target: str
    danger: bool
    actions: tuple[str, ...]


@dataclass(slots=True)
class Card:
    """A state in the picture; `x` and `y` are set by the layout."""

    name: str
    title: str
    stage: str
    tone: str
    start: bool
    ended: bool
    rows: tuple[Row, ...]
    x: int = 0
    y: int = 0

    @property
    def width(self) -> int:
        """Width in pixels, the same for all."""
        return WIDTH

    @property
    def height(self) -> int:
        """Height in pixels."""
        return HEAD + ROW * len(self.rows) + (6 if self.rows else 0)

    @property
    def head_y(self) -> int:
        """Where arrows arrive."""
        return self.y + HEAD // 2

    def row_y(self, index: int) -> int:
        """Where the arrow of a row begins."""
        return self.y + HEAD + 3 + ROW * index + ROW // 2


def width_of(text: str) -> float:
    """Return the width of a text at 12 pixels: Chinese signs are wide."""
    return sum(_WIDE if unicodedata.east_asian_width(sign) in "WFA" else _NARROW for sign in text)


def shortened(text: str, room: float = ROOM) -> str:
    """Return the text, or as much of it as fits into the room."""
    if width_of(text) <= room:
        return text
    while text and width_of(text) > room - _WIDE:
        text = text[:-1]
    return text.rstrip("、, /") + "…"


def cards(book: Book, process_name: str) -> list[Card]:
    """Return a card for each state, in the order of the book."""
    process = book.processes[process_name]
    starts = {kind.start for kind in book.types.values() if kind.process == process_name}
    return [
        Card(
            name=name,
            title=shortened(title(state), WIDTH - 34),
            stage=state.stage,
            tone=state.colour or _TONES.get(state.stage, "grey"),
            start=name in starts,
            ended=state.stage in ENDED,
            rows=_rows(book, process, name),
        )
        for name, state in process.states.items()
    ]


def everywhere(process: Process) -> dict[str, Action]:
    """Return the actions that move nothing and are possible in every open state: they would only repeat in each card."""
    return {key: a for key, a in process.actions.items() if not a.to and isinstance(a.from_, str) and not VERBS[a.verb].opens}


def opening(process: Process) -> dict[str, Action]:
    """Return the action that opens a ticket."""
    return {key: a for key, a in process.actions.items() if VERBS[a.verb].opens}


def _rows(book: Book, process: Process, state: str) -> tuple[Row, ...]:
    """Merge actions that lead to the same state into one row; those that stay come last."""
    aside = everywhere(process).keys() | opening(process).keys()
    ways: dict[str, dict[str, list[str]]] = {}
    for key, action in process.actions.items():
        if key in aside or state not in sources(process, action):
            continue
        if isinstance(action.to, dict):
            for result, target in action.to.items():
                ways.setdefault(target, {}).setdefault(key, []).append(outcome(book, result, action))
        else:
            ways.setdefault(action.to or "", {})[key] = []
    order = {name: (STAGES.index(s.stage), index) for index, (name, s) in enumerate(process.states.items())}
    ranked = sorted(ways.items(), key=lambda way: (way[0] == "", order.get(way[0], (9, 9))))
    return tuple(_row(process, target, found) for target, found in ranked)


def _row(process: Process, target: str, found: dict[str, list[str]]) -> Row:
    """Write an action's outcomes behind it; of a single action that is too long, its outcomes are kept."""
    named = [(title(process.actions[key]), f"({listed(results)})" if results else "") for key, results in found.items()]
    full = listed(dict.fromkeys(name + results for name, results in named))
    short = shortened(full)
    if len(named) == 1 and short != full:
        name, results = named[0]
        short = shortened(name, max(ROOM - width_of(results), 3 * _WIDE)) + results
    danger = all(process.actions[key].style == "danger" for key in found)
    return Row(shortened(short), full, target, danger, tuple(found))
