"""The guide names every keyword, every verb with its demands, and marks exactly what is not built yet."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from banjie.config.reactions import VERB_ROOMS
from banjie.rulebook import language
from banjie.rulebook.expressions import FUNCTIONS
from banjie.rulebook.language import RELATIONS, STAGES, Part
from banjie.rulebook.vocabulary import VERBS
from banjie.tickets.registry import implemented

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
def test_every_verb_stands_in_the_guide_with_its_demands_and_a_mark_if_it_is_not_built(guide: str) -> None:
    rows = {found[1]: found[0] for found in re.finditer(r"^\| `(\w+)` .*$", GUIDES[guide], re.MULTILINE) if found[1] in VERBS}

    assert set(rows) == set(VERBS)
    for name, verb in VERBS.items():
        assert ("◇" in rows[name]) == (not verb.available), name
        assert {demand for demand in verb.demands if f"`{demand}`" not in rows[name]} == set(), name
        assert {outcome for outcome in verb.outcomes if f"`{outcome}`" not in rows[name]} == set(), name


@pytest.mark.parametrize("guide", GUIDES)
def test_every_function_of_expressions_stands_in_the_guide(guide: str) -> None:
    assert {name for name in FUNCTIONS if not name.startswith("get") and f"`{name}`" not in GUIDES[guide]} == set()


def test_a_verb_is_available_if_and_only_if_it_is_built() -> None:
    assert {name for name, verb in VERBS.items() if verb.available} == implemented()
    assert {verb.room for verb in VERBS.values() if verb.available} == set(VERB_ROOMS)
