"""The words and identifiers by which a ticket is found."""

from __future__ import annotations

import re
from collections.abc import Iterable

import rjieba

_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_WORD = re.compile(r"\w", re.UNICODE)
MAX_TEXT = 4000


def tokens(text: str) -> list[str]:
    """Return search words: Chinese words, every single Han character, and lower-case Latin words and numbers.

    Index and query must cut alike, so both call this.
    """
    text = text[:MAX_TEXT].lower()
    found = {word for word in rjieba.cut_for_search(text, True) if _WORD.search(word) and len(word) <= 40}
    found.update(_HAN.findall(text))
    return sorted(found)


def vector(strong: str, weak: str) -> str:
    """Return the text of a tsvector: `strong` words weigh A, `weak` ones B. Quotes and backslashes are doubled for PostgreSQL's parser."""
    first = tokens(strong)
    marked = [_quoted(w) + ":1A" for w in first] + [_quoted(w) + ":2B" for w in sorted(set(tokens(weak)) - set(first))]
    return " ".join(marked)


def query(text: str) -> str:
    """Return the text of a tsquery that asks for all words of `text`; "" when it holds none."""
    words = tokens(text)
    longer = [w for w in words if len(w) > 1]
    covered = "".join(longer)
    return " & ".join(_quoted(w) for w in words if len(w) > 1 or w not in covered)


def _quoted(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def identifiers(number: str, phone: str, keys: Iterable[str]) -> list[str]:
    """Return the identifiers of a ticket: number, its digits reversed, phone and reversed phone, asset keys."""
    found = {number, *(key.upper()[:60] for key in keys if key)}
    digits = re.sub(r"\D", "", phone)
    if digits:
        found |= {digits, "~" + digits[::-1]}
    found.add("~" + number[::-1])
    return sorted(found)
