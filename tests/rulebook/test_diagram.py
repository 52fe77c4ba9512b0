"""The state diagram: every way is drawn, no card covers another, no arrow runs through a card."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.utils.translation import override

from banjie.rulebook.check import parse
from banjie.rulebook.checks.flow import sources, targets
from banjie.rulebook.explain.cards import ROOM, WIDTH, Card, everywhere, opening, shortened, width_of
from banjie.rulebook.explain.diagram import Arrow, Diagram, draw
from banjie.rulebook.language import STAGES, Book
from banjie.rulebook.shipped import FOLDER

FILES = [*sorted(FOLDER.glob("*.yaml")), *sorted((FOLDER / "drafts").glob("*.yaml"))]
BOOKS = {file.stem: parse(Path(file).read_text(encoding="utf-8")) for file in FILES}
PROCESSES = [(slug, name) for slug, book in BOOKS.items() for name in book.processes]


@pytest.fixture(params=PROCESSES, ids="-".join)
def drawn(request: pytest.FixtureRequest) -> tuple[Book, str, Diagram]:
    slug, name = request.param
    return BOOKS[slug], name, draw(BOOKS[slug], name)


def test_every_state_is_a_card_and_no_two_overlap(drawn: tuple[Book, str, Diagram]) -> None:
    book, name, diagram = drawn

    assert {card.name for card in diagram.cards} == set(book.processes[name].states)
    for one, other in combinations(diagram.cards, 2):
        apart = one.x + WIDTH < other.x or other.x + WIDTH < one.x or one.y + one.height < other.y or other.y + other.height < one.y
        assert apart, f"{one.name} covers {other.name}"


def test_every_way_of_every_action_is_an_arrow_and_nothing_else_is(drawn: tuple[Book, str, Diagram]) -> None:
    book, name, diagram = drawn
    process = book.processes[name]

    expected = {
        (state, target, key)
        for key, action in process.actions.items()
        if key not in opening(process)
        for state in sources(process, action)
        for target in targets(action)
    }

    assert {(arrow.source, arrow.target, key) for arrow in diagram.arrows for key in arrow.actions} == expected


def test_actions_that_move_nothing_are_named_too(drawn: tuple[Book, str, Diagram]) -> None:
    book, name, diagram = drawn
    process = book.processes[name]
    shown = {key for card in diagram.cards for row in card.rows for key in row.actions} | set(everywhere(process)) | set(opening(process))

    assert shown == set(process.actions)
    assert all(action.title in diagram.everywhere for action in everywhere(process).values())


def test_no_arrow_runs_through_a_card_or_out_of_the_picture(drawn: tuple[Book, str, Diagram]) -> None:
    _book, _name, diagram = drawn

    for arrow in diagram.arrows:
        for (x1, y1), (x2, y2) in segments(arrow):
            assert min(x1, x2) >= 0
            assert max(x1, x2) <= diagram.width
            assert min(y1, y2) >= 0
            assert max(y1, y2) <= diagram.height
            assert x1 == x2 or y1 == y2, "only straight lines"
            for card in diagram.cards:
                assert not crosses(card, (x1, y1), (x2, y2)), f"{arrow.source} → {arrow.target} runs through {card.name}"


def segments(arrow: Arrow) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    return list(zip(arrow.points, arrow.points[1:], strict=False))


def crosses(card: Card, one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Tell whether a line passes the inside of a card; to touch its edge is how arrows begin and end."""
    (x1, x2), (y1, y2) = sorted((one[0], other[0])), sorted((one[1], other[1]))
    return x1 < card.x + WIDTH and x2 > card.x and y1 < card.y + card.height and y2 > card.y


def test_stages_stand_in_the_order_of_the_stream(drawn: tuple[Book, str, Diagram]) -> None:
    _book, _name, diagram = drawn
    by_place = sorted(diagram.cards, key=lambda card: card.x)

    assert [STAGES.index(card.stage) for card in by_place] == sorted(STAGES.index(card.stage) for card in by_place)
    assert len({card.x for card in diagram.cards}) == len(diagram.columns) == len({card.stage for card in diagram.cards})


def test_arrows_into_one_state_share_their_last_line(drawn: tuple[Book, str, Diagram]) -> None:
    _book, _name, diagram = drawn
    entries: dict[str, set[tuple[tuple[int, int], ...]]] = {}
    for arrow in diagram.arrows:
        entries.setdefault(arrow.target, set()).add(arrow.points[-2:])

    assert all(len(lines) <= 2 for lines in entries.values()), "one from the left, one from within the column"


def test_long_words_are_cut_to_the_card_and_kept_whole_in_the_tooltip() -> None:
    diagram = draw(BOOKS["pos-terminal-service"], "service")

    assert all(width_of(row.text) <= ROOM + 1 for card in diagram.cards for row in card.rows)
    assert shortened("很长的动作名称写到卡片之外去了") != "很长的动作名称写到卡片之外去了"
    assert any(row.full != row.text and row.text.endswith("…") for card in diagram.cards for row in card.rows)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_picture_is_drawn_in_the_readers_language(language: str) -> None:
    with override(language):
        svg = render_to_string("rulebook/_diagram.html", {"diagram": draw(BOOKS["pos-terminal-service"], "service")})

    assert ("待派单" in svg) == (language == "zh-hans")
    assert ("To be dispatched" in svg) == (language == "en")
    assert svg.count('data-state="') == 10
    assert 'data-from="registered" data-to="unprocessed" data-actions="dispatch"' in svg
