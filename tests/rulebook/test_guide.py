"""The guide names every keyword, every verb with its demands, and marks exactly what is not built yet."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from banjie.config.reactions import VERB_ROOMS
from banjie.rulebook import language
from banjie.rulebook.check import check
from banjie.rulebook.expressions import FUNCTIONS
from banjie.rulebook.language import RELATIONS, STAGES, Part
from banjie.rulebook.vocabulary import VERBS
from banjie.tickets.registry import implemented
from tests.rulebook.books import SMALL

DOCS = Path(__file__).resolve().parents[2] / "docs"
GUIDES = {name: (DOCS / name).read_text(encoding="utf-8") for name in ("rulebook.md", "rulebook.zh-CN.md")}
PARTS = [part for part in vars(language).values() if isinstance(part, type) and issubclass(part, Part) and part is not Part]


def keywords(part: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in part.model_fields.items()}


@pytest.mark.parametrize("guide", GUIDES)
@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_every_keyword_stands_in_the_guide(guide: str, part: type[BaseModel]) -> None:
    missing = {word for word in keywords(part) if f"`{word}`" not in GUIDES[guide]}

    assert missing == set()


@pytest.mark.parametrize("guide", GUIDES)
def test_every_choice_of_a_keyword_stands_in_the_guide(guide: str) -> None:
    words = set(STAGES) | set(RELATIONS)
    for definition in language.json_schema()["$defs"].values():
        for value in definition.get("properties", {}).values():
            words |= {word for option in [value, *value.get("anyOf", [])] for word in option.get("enum", []) if word}

    assert {word for word in words if f"`{word}`" not in GUIDES[guide] and f": {word}`" not in GUIDES[guide]} == set()


@pytest.mark.parametrize("guide", GUIDES)
def test_every_verb_stands_in_the_guide_with_its_demands(guide: str) -> None:
    rows = {found[1]: found[0] for found in re.finditer(r"^\| `(\w+)` .*$", GUIDES[guide], re.MULTILINE) if found[1] in VERBS}

    assert set(rows) == set(VERBS)
    for name, verb in VERBS.items():
        demands = {
            *verb.demands,
            *["tell"] * verb.needs_tell,
            *["match"] * verb.needs_match,
            *["signoff"] * (verb.signs and not verb.moves),
            *["extends"] * (name == "extend"),
        }
        assert {demand for demand in demands if f"`{demand}`" not in rows[name]} == set(), name
        assert {outcome for outcome in verb.outcomes if f"`{outcome}`" not in rows[name]} == set(), name


@pytest.mark.parametrize("guide", GUIDES)
def test_every_function_of_expressions_stands_in_the_guide(guide: str) -> None:
    assert {name for name in FUNCTIONS if not name.startswith("get") and f"`{name}`" not in GUIDES[guide]} == set()


def test_every_verb_is_built_in_one_of_the_rooms_of_the_stream() -> None:
    assert set(VERBS) == implemented()
    assert {verb.room for verb in VERBS.values()} == set(VERB_ROOMS)


# A keyword behind which nothing is built, or was not always: how a small book says it.
PERHAPS = {
    "file": ("qty: {title: 数量, kind: number}", "qty: {title: 数量, kind: file}"),
    "repeat": ("start: opened}", "start: opened, repeat: {within: 30d}}"),
    "unit": ("per: level, values: {high: 2h, low: 8h}}", "per: unit, otherwise: 8h}"),
    "prints": ("from: opened, needs: verified}", "from: opened, needs: verified, prints: 单据}"),
    "half_year": ("do: check, by: agent}", "do: check, by: agent, every: half_year}"),
    "year": ("do: check, by: agent}", "do: check, by: agent, every: year}"),
    "older_than": ("over: {states: opened}", "over: {states: opened, older_than: 3d}"),
    "opens": ("over: {states: opened}, do: check, by: agent}", "opens: job, by: agent}"),
    "ledger": ("title: 客服}", "title: 客服}", "\nledgers:\n  all: {title: 台账, types: job, columns: phone}"),
    "tell": ("done: {title: 办结, stage: closing}", "done: {title: 办结, stage: closing, tell: boss}"),
}


@pytest.mark.parametrize("guide", GUIDES)
def test_the_guide_marks_what_is_not_built_and_nothing_else(guide: str) -> None:
    waiting = set()
    for word, (old, new, *rest) in PERHAPS.items():
        assert SMALL.count(old) == 1, word
        problems = check(SMALL.replace(old, new) + "".join(rest)).problems
        assert {p.severity for p in problems} <= {"unavailable"}, (word, [str(p) for p in problems])
        waiting |= {word} if problems else set()

    text = GUIDES[guide].replace("of a ledger ◇", "`ledger` ◇").replace("台账 ◇", "`ledger` ◇")

    assert set(re.findall(r"`(\w+)` ◇", text)) == waiting
    assert text.count("◇") == len(waiting) + 1  # and the sentence that explains the mark
