"""What changes from one text of a rulebook to another: rule by rule, in sentences, and line by line."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from banjie.rulebook.check import Report, check
from banjie.rulebook.explain.page import field_rows, rules_of
from banjie.rulebook.explain.words import title

MOST_LINES = 2000


@dataclass(frozen=True, slots=True)
class Change:
    """One rule that was added, removed or changed: its sentence before and after."""

    what: str
    kind: str
    title: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the textual difference: " ", "+", "-" or "@"."""

    mark: str
    text: str


@dataclass(frozen=True, slots=True)
class _Part:
    kind: str
    title: str
    sentence: str
    dump: Any


def compare(old: str, new: str) -> tuple[Change, ...]:
    """Compare two texts rule by rule; a text that is no book has no rules."""
    before, after = _parts(check(old)), _parts(check(new))
    found = []
    for place in dict.fromkeys([*before, *after]):
        was, now = before.get(place), after.get(place)
        if was is None and now is not None:
            found.append(Change("added", now.kind, now.title, "", now.sentence))
        elif now is None and was is not None:
            found.append(Change("removed", was.kind, was.title, was.sentence, ""))
        elif was is not None and now is not None and was.dump != now.dump:
            found.append(_changed(was, now))
    return tuple(found)


def _changed(was: _Part, now: _Part) -> Change:
    """Show the sentences, or the keys that differ when the sentences do not."""
    before, after = was.sentence, now.sentence
    if before == after and isinstance(was.dump, dict) and isinstance(now.dump, dict):
        keys = [key for key in was.dump if was.dump[key] != now.dump.get(key)]
        before, after = (", ".join(f"{key}: {part.dump[key]}" for key in keys) for part in (was, now))
    return Change("changed", now.kind, now.title if was.title == now.title else f"{was.title} → {now.title}", before, after)


def _parts(report: Report) -> dict[str, _Part]:
    book = report.book
    if book is None or report.errors:
        return {}
    dump = book.model_dump(by_alias=True)
    head = {key: value for key, value in dump.items() if not isinstance(value, dict)}
    parts = {"": _Part(_("Book"), title(book), "", head)}
    parts |= {f"clauses.{key}": _Part(pgettext("rule", "Clause"), key, text, text) for key, text in book.clauses.items()}
    parts |= {
        f"roles.{key}": _Part(pgettext("rule", "Role"), title(role), role.sees, dump["roles"][key]) for key, role in book.roles.items()
    }
    for key, name, kind, detail in field_rows(book):
        parts[f"fields.{key}"] = _Part(pgettext("rule", "Field"), name, " · ".join(x for x in (kind, detail) if x), dump["fields"][key])
    for rule in rules_of(book, report):
        value = dump
        for key in rule.place.split("."):
            value = value[key]
        parts[rule.place] = _Part(rule.kind, rule.title, rule.sentence, value)
    return parts


def lines(old: str, new: str) -> tuple[Line, ...]:
    """Return the textual difference with three lines around each change, at most `MOST_LINES`."""
    found = list(difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=3))[2:]
    return tuple(Line(text[:1], text[1:] if text[:1] != "@" else text) for text in found[:MOST_LINES])
