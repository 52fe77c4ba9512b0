"""The Chinese of the pages keeps apart what the glossary keeps apart."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tools import messages

# English, as a word; what its Chinese must say.
WORDS = {r"\brulebooks?\b": "规则书", r"\bregulations?\b": "管理办法"}


def texts() -> Iterator[tuple[str, str, str]]:
    """Yield room, English without what stands in quotes, and Chinese of every text."""
    for room in messages.rooms():
        for message in messages.read(messages.catalogue_file(room)):
            english, chinese = (part if isinstance(part, str) else part[0] for part in (message.id, message.string or ""))
            if english:
                yield room.name, re.sub(r"“[^”]*”", "", english), chinese


@pytest.mark.parametrize("word", WORDS)
def test_a_rulebook_and_a_regulation_are_called_the_same_on_every_page(word: str) -> None:
    wrong = [text for text in texts() if re.search(word, text[1], re.IGNORECASE) and WORDS[word] not in text[2]]

    assert wrong == []


def test_no_page_uses_the_vague_word_for_both() -> None:
    assert [text for text in texts() if "制度" in text[2]] == []
