"""What each keyword means, in the words of the guide: one text for the reader and for the editor."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

_GUIDES = Path(__file__).resolve().parents[2] / "docs"
_FILES = {"zh": "rulebook.zh-CN.md", "en": "rulebook.md"}
_CODE = re.compile(r"`([^`]+)`")
# The part of the language that a heading of the English guide explains; both guides have the same headings in the same order.
_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "The book": ("Book",),
    "Roles": ("Role",),
    "Courses and registration": ("Course", "Registration"),
    "Fields": ("Field_", "Choice"),
    "Limits": ("Limit",),
    "Types": ("TypeOfTicket", "Repeat"),
    "States": ("State",),
    "Actions": ("Action", "Match", "Attempts", "Repeated", "Extension", "Must"),
    "Deadlines": ("Deadline", "Escalation"),
    "Timers": ("Timer",),
    "Sign-offs": ("Signoff", "SignoffStep"),
    "Duties": ("Duty", "Over"),
    "Indicators and ledgers": ("Indicator", "IndicatorOf", "Penalty", "Ledger"),
    "Verbs": ("verbs",),
}
# Small parts, and the keyword of a larger one in whose row they are explained.
_PARENT: Mapping[str, tuple[str, str]] = {
    "Attempts": ("Action", "attempts"),
    "Match": ("Action", "match"),
    "Repeated": ("Action", "repeated"),
    "Extension": ("Action", "extends"),
    "Repeat": ("TypeOfTicket", "repeat"),
    "Escalation": ("Deadline", "on_breach"),
    "SignoffStep": ("Signoff", "steps"),
    "Over": ("Duty", "over"),
    "IndicatorOf": ("Indicator", "of"),
    "Freeze": ("Ledger", "freeze"),
}


@lru_cache(maxsize=4)
def _sections(language: str) -> tuple[tuple[str, Mapping[str, str]], ...]:
    """Return the guide's headings with the meaning of each keyword below them; nothing where the guides were not installed."""
    file = _GUIDES / _FILES[language]
    found: list[tuple[str, dict[str, str]]] = []
    for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
        if line.startswith("#"):
            found.append((line.lstrip("# "), {}))
        elif line.startswith("| `") and found:
            words, meaning = (cell.strip() for cell in line.strip("|").split(" | ")[:2])
            for word in _CODE.findall(words):
                found[-1][1].setdefault(word, meaning.replace("`", ""))
    return tuple(found)


def meaning_of(part: str, keyword: str, language: str) -> str:
    """Return what the guide says of a keyword in a part of the language, or "" when it says nothing.

    The keys of a small part are explained where the part itself is: `at_most` of attempts in the row of `attempts`.
    """
    if part == "Process":
        return _heading(keyword, language)
    found = next((words.get(keyword, "") for english, _heading, words in _read(language) if part in _HEADINGS.get(english, ())), "")
    return found or (meaning_of(*_PARENT[part], language) if part in _PARENT else "")


def _heading(keyword: str, language: str) -> str:
    """Return the heading of the section about `states`, `actions` ..."""
    of = {"states": "States", "actions": "Actions", "deadlines": "Deadlines", "timers": "Timers", "signoffs": "Sign-offs"}
    return next((heading for english, heading, _words in _read(language) if english == of.get(keyword)), "")


def _read(language: str) -> list[tuple[str, str, Mapping[str, str]]]:
    """Return the sections of the guide in a language: English heading, own heading, meanings."""
    english = _sections("en")
    spoken = _sections("zh") if language.startswith("zh") else english
    return [(one[0], own[0], own[1]) for one, own in zip(english, spoken, strict=False)]
