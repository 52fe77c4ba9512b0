"""Every entry of the administration log reads in words, whichever room wrote it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils.translation import override

from banjie.people.events import in_words, title_of

ROOMS = Path(__file__).resolve().parents[2] / "banjie"
_RECORDED = re.compile(r'(?:record|log)\(\s*"([a-z]+\.[a-z_-]+)"(?: if \w+ else "([a-z]+\.[a-z_-]+)")?')


def recorded_kinds() -> set[str]:
    """Return every kind that some verb writes."""
    texts = (file.read_text(encoding="utf-8") for file in ROOMS.rglob("*.py") if file.name != "events.py")
    return {kind for text in texts for found in _RECORDED.finditer(text) for kind in found.groups() if kind}


def test_every_kind_of_entry_that_a_verb_writes_has_a_title() -> None:
    kinds = recorded_kinds()

    assert {"finding.corrected", "unit.created", "rulebook.activated", "asset.changed"} <= kinds
    assert {kind for kind in kinds if title_of(kind) == kind} == set()


@pytest.mark.parametrize(
    ("language", "words"), [("en", "outcome before: breached; reason: 停电"), ("zh-hans", "原结果: breached; 原因: 停电")]
)
def test_what_a_correction_tells_reads_in_words(language: str, words: str) -> None:
    with override(language):
        assert in_words({"was": "breached", "reason": "停电"}) == words
