"""Titles, lists and durations in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from banjie.rulebook import due
from banjie.rulebook.language import Action, Book
from banjie.rulebook.parts import Must
from banjie.rulebook.vocabulary import VERBS
from banjie.worktime.spelling import format_duration

# The pieces of an expression for which people have other words: quoted texts, names, and signs.
_PIECES = re.compile(r"'[^']*'|\"[^\"]*\"|ticket\.\w+|size\(\s*\w+\s*\)|!\s*[A-Za-z_]\w*(?![\w.(])|[A-Za-z_]\w*|&&|\|\||[=!<>]=|!")


def is_chinese() -> bool:
    """Tell whether the reader reads Chinese."""
    return (get_language() or "zh").startswith("zh")


def title(part: Any) -> str:
    """Return the title of a part of the book: English readers get `en` where the book has it."""
    return str(part.title if is_chinese() or not getattr(part, "en", "") else part.en)


def said(must: Must) -> str:
    """Return the sentence that refuses what does not hold."""
    return must.say if is_chinese() or not must.en else must.en


def listed(words: Iterable[str]) -> str:
    """Join words: "甲、乙" or "a, b"."""
    return ("、" if is_chinese() else ", ").join(words)


def joined(parts: Iterable[str]) -> str:
    """Join parts of a sentence and end it."""
    return ("；" if is_chinese() else "; ").join(part for part in parts if part) + ("。" if is_chinese() else ".")


def colon() -> str:
    """Return the colon of the language."""
    return "：" if is_chinese() else ": "


def blank() -> str:
    """Return what stands between two words: nothing in Chinese."""
    return "" if is_chinese() else " "


def bracketed(text: str) -> str:
    """Put a text behind another, in brackets."""
    return f"（{text}）" if is_chinese() else f" ({text})"


def quoted(words: Iterable[str]) -> str:
    """Quote and join words."""
    return listed(f"“{word}”" for word in words)


def span(text: str) -> str:
    """Return a duration in the reader's words; "unset" as such."""
    if text == "unset":
        return _("not set")
    try:
        written = format_duration(due.duration(text), "zh-hans" if is_chinese() else "en")
        return _("%(length)s, to the end of that day") % {"length": written} if due.runs_to_the_end_of_day(text) else written
    except ValueError:
        return text


def time_of_day(text: str) -> str:
    """Return "14:00", or the words for the end of the day."""
    return _("the end of the day") if text == "end of day" else text


def stage(name: str) -> str:
    """Return the word for a stage of the stream."""
    return {
        "intake": pgettext("stage", "Intake"),
        "approval": pgettext("stage", "Approval"),
        "dispatch": pgettext("stage", "Dispatch"),
        "handling": pgettext("stage", "Handling"),
        "verification": pgettext("stage", "Verification"),
        "closing": pgettext("stage", "Closing"),
        "archive": pgettext("stage", "Archive"),
    }.get(name, name)


def outcome(book: Book, name: str, action: Action | None = None) -> str:
    """Return the word for an outcome: the book's own where a choice of the form decides, else the verb's."""
    decides = [action.decided_by or "", *VERBS[action.verb].demands] if action and action.verb in VERBS else list(book.fields)
    named = next((book.fields[f].choices[name] for f in decides if f in book.fields and name in book.fields[f].choices), None)
    words = {
        "direct": _("direct"),
        "relay": _("relayed"),
        "solved": _("solved"),
        "failed": _("not solved"),
        "satisfied": _("satisfied"),
        "dissatisfied": _("dissatisfied"),
        "unreachable": _("not reached"),
        "approved": _("approved"),
        "returned": _("returned"),
        "rejected": _("rejected"),
        "passed": _("passed"),
    }
    if named and (is_chinese() or named.en or name not in words):
        return title(named)
    return words.get(name, name)


def condition(book: Book, text: str) -> str:
    """Return an expression with the titles of fields, choices, types and states in place of their names."""
    choices = {key: title(choice) for field in book.fields.values() for key, choice in field.choices.items()}
    states = {key: title(state) for process in book.processes.values() for key, state in process.states.items()}
    types = {key: title(kind) for key, kind in book.types.items()}
    signs = {
        "&&": _("and"),
        "||": _("or"),
        "==": "=",
        "!=": "≠",
        ">=": "≥",
        "<=": "≤",
        "true": _("yes"),
        "false": _("no"),
        "!": _("not") + blank(),
    }
    ticket = {"ticket.type": _("the type"), "ticket.state": _("the state"), "ticket.round": _("the round")}

    def word(found: re.Match[str]) -> str:
        piece = found[0]
        name = piece.strip("! ")
        if piece[0] in "'\"":
            inner = piece[1:-1]
            return f"“{choices.get(inner) or types.get(inner) or states.get(inner) or inner}”" if inner else _("empty")
        if piece.startswith("size("):
            return _("the number of %(field)s") % {"field": fields(book, [name[5:-1].strip()])}
        if name in book.fields:
            compared = found.string[found.end() :].lstrip().startswith(("==", "!="))
            if book.fields[name].kind == "yes_no" and not compared:
                return (_("“%(field)s” is no") if piece[0] == "!" else _("“%(field)s” is yes")) % {"field": title(book.fields[name])}
            return (_("not") + blank() if piece[0] == "!" else "") + title(book.fields[name])
        return signs.get(piece) or ticket.get(piece) or piece

    return _PIECES.sub(word, text)


def people(book: Book, names: Iterable[str]) -> str:
    """Return roles by title, and people by their relation to the ticket."""
    relations = {"assignee": _("the assignee"), "responsible": _("the responsible person"), "opener": _("whoever opened it")}
    return listed(relations.get(name) or (title(book.roles[name]) if name in book.roles else name) for name in names)


def fields(book: Book, names: Iterable[str]) -> str:
    """Return fields by title."""
    return listed(title(book.fields[name]) if name in book.fields else name for name in names)
