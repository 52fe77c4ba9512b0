"""What people write into forms: phrases for each shipped regulation, by the names of its fields. Words stand in YAML beside this file.

A file has three parts. `types` tells how often tickets of a type are opened beside others (1 unless said). `stories` gives, for a type of ticket, values that belong together; one is told per ticket, and later forms go on
telling it. `fields` gives for a field what else may be written, drawn anew each time:

- a list of values; `#` stands for any digit, YYYY for this year;
- `{from: 10, to: 90, step: 5}`, a number;
- `{days: [1, 9]}` or `{hours: [-48, -1]}`, a date or a time from now on;
- `{by: reached, satisfied: [...], unreachable: []}`, lists that depend on another field of the form, or on the action's verb (`by: verb`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
COMMON = "common"


@dataclass(frozen=True, slots=True)
class Phrases:
    """What is written under one regulation."""

    stories: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)
    types: Mapping[str, float] = field(default_factory=dict)

    def stories_of(self, type_name: str) -> tuple[Mapping[str, Any], ...]:
        """Return the stories that a ticket of this type may tell; those under "any" fit every type."""
        return self.stories.get(type_name) or self.stories.get("any", ())

    def story_of(self, type_name: str, present: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the story that a ticket tells, found again by what its record says; an empty one when it tells none."""
        best: Mapping[str, Any] = {}
        most = 0
        for story in self.stories_of(type_name):
            same = sum(name in present and str(present[name]) == str(value) for name, value in story.items())
            if same > most:
                best, most = story, same
        return best


@lru_cache(maxsize=32)
def phrases_of(slug: str) -> Phrases:
    """Return the phrases of a regulation, over those that fit any; of an unknown one only the latter."""
    common, own = _read(COMMON), _read(slug)
    return Phrases(
        {name: tuple(stories) for name, stories in own.get("stories", {}).items()},
        {**common.get("fields", {}), **own.get("fields", {})},
        own.get("types", {}),
    )


@lru_cache(maxsize=32)
def _read(slug: str) -> dict[str, Any]:
    file = FOLDER / f"{slug}.yaml"
    if Path(slug).name != slug or not file.is_file():
        return {}
    found = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert isinstance(found, dict), file
    return found
