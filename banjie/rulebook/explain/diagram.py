"""The state diagram: a column for each stage, a card for each state, arrows in channels between and around the columns.

Arrows never cross a card: they run in the channels between columns, above all cards when they skip a column, and below
all cards when they lead back. All arrows into one state share one line before it, so that the picture stays quiet.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from banjie.rulebook.explain.cards import GAP, WIDTH, Card, cards, everywhere, opening
from banjie.rulebook.explain.words import listed, stage, title
from banjie.rulebook.language import STAGES, Book

LANE = 11  # between two parallel lines
TITLE = 26
PAD = 14
ROUND = 6


@dataclass(frozen=True, slots=True)
class Arrow:
    """A way from one state to another: its corners, and what is done."""

    source: str
    target: str
    actions: tuple[str, ...]
    text: str
    points: tuple[tuple[int, int], ...]
    kind: str

    @property
    def path(self) -> str:
        """The SVG path, with rounded corners."""
        parts = [f"M{self.points[0][0]} {self.points[0][1]}"]
        for before, here, after in zip(self.points, self.points[1:], self.points[2:], strict=False):
            a, b = _towards(here, before), _towards(here, after)
            parts.append(f"L{a[0]} {a[1]}Q{here[0]} {here[1]} {b[0]} {b[1]}")
        parts.append(f"L{self.points[-1][0]} {self.points[-1][1]}")
        return "".join(parts)


def _towards(corner: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    """Return the point where the rounding of a corner begins."""
    dx, dy = other[0] - corner[0], other[1] - corner[1]
    reach = min(ROUND, max(abs(dx), abs(dy)) // 2)
    return corner[0] + (reach if dx > 0 else -reach if dx < 0 else 0), corner[1] + (reach if dy > 0 else -reach if dy < 0 else 0)


@dataclass(frozen=True, slots=True)
class Column:
    """A stage: its word and where its cards stand."""

    title: str
    x: int
    width: int = WIDTH


@dataclass(frozen=True, slots=True)
class Diagram:
    """A drawn process, ready for the template."""

    name: str
    title: str
    width: int
    height: int
    columns: tuple[Column, ...]
    cards: tuple[Card, ...]
    arrows: tuple[Arrow, ...]
    opened_by: str
    everywhere: str


@dataclass(slots=True)
class _Plan:
    """Which lines each channel and each track holds, in the order in which they were asked for."""

    channels: dict[int, list[tuple[str, str]]] = field(default_factory=dict)
    above: list[str] = field(default_factory=list)
    below: list[str] = field(default_factory=list)

    def line(self, channel: int, use: str, target: str) -> None:
        lines = self.channels.setdefault(channel, [])
        if (use, target) not in lines:
            lines.append((use, target))


def draw(book: Book, process_name: str) -> Diagram:
    """Lay out the state diagram of a process."""
    process = book.processes[process_name]
    drawn = cards(book, process_name)
    stages = [name for name in STAGES if any(card.stage == name for card in drawn)]
    column = {card.name: stages.index(card.stage) for card in drawn}
    plan = _planned(drawn, column)
    xs = _columns(plan, len(stages))
    top = TITLE + PAD + LANE * len(plan.above)
    bottom = _stacked(drawn, column, xs, top)
    arrows = tuple(_arrows(drawn, column, plan, xs, (TITLE + PAD, bottom + PAD)))
    return Diagram(
        name=process_name,
        title=title(process),
        width=xs[-1] + WIDTH + _channel_width(plan, len(stages)) + PAD,
        height=bottom + PAD + LANE * len(plan.below) + PAD,
        columns=tuple(Column(stage(name), xs[index]) for index, name in enumerate(stages)),
        cards=tuple(drawn),
        arrows=arrows,
        opened_by=listed(title(action) for action in opening(process).values()),
        everywhere=listed(title(action) for action in everywhere(process).values()),
    )


def _kind(source: int, target: int) -> str:
    """Return how an arrow runs: into the next column, inside its own, over others, or back."""
    step = target - source
    return "next" if step == 1 else "same" if step == 0 else "skip" if step > 1 else "back"


def _planned(drawn: list[Card], column: dict[str, int]) -> _Plan:
    """Reserve lines; channel n lies left of column n."""
    plan = _Plan()
    for card in drawn:
        for row in card.rows:
            if not row.target:
                continue
            here, there = column[card.name], column[row.target]
            kind = _kind(here, there)
            if kind == "same":
                plan.line(here + 1, "same", row.target)
                continue
            plan.line(there, "into", row.target)
            if kind == "next":
                continue
            plan.line(here + 1, kind, row.target)
            track = plan.above if kind == "skip" else plan.below
            if row.target not in track:
                track.append(row.target)
    return plan


def _channel_width(plan: _Plan, channel: int) -> int:
    return LANE * (len(plan.channels.get(channel, ())) + 1)


def _columns(plan: _Plan, count: int) -> list[int]:
    xs, x = [], PAD
    for index in range(count):
        x += max(_channel_width(plan, index), 0 if index == 0 else 2 * LANE)
        xs.append(x)
        x += WIDTH
    return xs


def _stacked(drawn: list[Card], column: dict[str, int], xs: list[int], top: int) -> int:
    """Put the cards below each other in their columns, each column a little lower than the one before; return the lowest edge."""
    heights = [top + 5 * index for index in range(len(xs))]
    for card in drawn:
        index = column[card.name]
        card.x, card.y = xs[index], heights[index]
        heights[index] += card.height + GAP
    return max(heights) - GAP


def _arrows(drawn: list[Card], column: dict[str, int], plan: _Plan, xs: list[int], tracks: tuple[int, int]) -> list[Arrow]:
    by_name = {card.name: card for card in drawn}

    def lane(channel: int, use: str, target: str) -> int:
        lines = plan.channels[channel]
        left = xs[channel - 1] + WIDTH if channel else xs[0] - _channel_width(plan, 0)
        return left + LANE * (lines.index((use, target)) + 1)

    found = []
    for card in drawn:
        for index, row in enumerate(card.rows):
            if not row.target:
                continue
            end = by_name[row.target]
            here, there = column[card.name], column[row.target]
            kind, y = _kind(here, there), card.row_y(index)
            points = [(card.x + WIDTH, y)]
            if kind == "same":
                x = lane(here + 1, "same", row.target)
                points += [(x, y), (x, end.head_y), (end.x + WIDTH, end.head_y)]
            else:
                into = lane(there, "into", row.target)
                if kind != "next":
                    out = lane(here + 1, kind, row.target)
                    track = (
                        tracks[0] + LANE * plan.above.index(row.target)
                        if kind == "skip"
                        else tracks[1] + LANE * plan.below.index(row.target)
                    )
                    points += [(out, y), (out, track), (into, track)]
                else:
                    points.append((into, y))
                points += [(into, end.head_y), (end.x, end.head_y)]
            found.append(Arrow(card.name, row.target, row.actions, row.full, tuple(points), "danger" if row.danger else kind))
    return found
