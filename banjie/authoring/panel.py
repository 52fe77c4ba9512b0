"""What stands beside a text that is being written: its problems, its forms, its flow, what it changes and whom it touches."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from banjie.authoring.impact import impact_of
from banjie.console.queries.preview import form_page
from banjie.people.actor import Actor
from banjie.rulebook.check import Report, check
from banjie.rulebook.explain.diff import compare, lines
from banjie.rulebook.explain.page import explain
from banjie.rulebook.models import RulebookVersion
from banjie.rulebook.pages import problems_page
from banjie.rulebook.program import compile_book

PARTS = ("check", "form", "flow", "changes", "impact")
_MOST = 200
_NEEDS_RIGHT = frozenset({"form", "flow", "changes", "impact"})


def panel_page(text: str, asked: Mapping[str, str], actor: Actor, now: datetime, language: str) -> dict[str, Any]:
    """Return one part of the panel: the problems, or a preview of what a text without errors would do."""
    report = check(text)
    part = asked.get("part", "") if asked.get("part", "") in PARTS else "check"
    page: dict[str, Any] = {
        "part": part,
        "chosen_form": "",
        "tabs": _tabs(part),
        "text": text,
        "marks": _marks(report),
        **problems_page(report),
    }
    book = report.book
    if part not in _NEEDS_RIGHT or book is None or report.errors:
        return page
    if part == "form":
        page |= form_page(compile_book(book, version_id=0, number=0), asked.get("of", ""), actor, language)
    elif part == "flow":
        page["page"] = explain(report)
    elif part == "changes":
        page |= _changes(text, book.rulebook)
    else:
        page["impact"] = impact_of(book, now)
    return page


def _tabs(part: str) -> list[dict[str, Any]]:
    titles = {
        "check": pgettext("rulebook", "Check"),
        "form": _("Forms"),
        "flow": _("Flow"),
        "changes": _("Changes"),
        "impact": _("Effect"),
    }
    return [{"key": key, "title": titles[key], "active": key == part} for key in PARTS]


def _marks(report: Report) -> list[dict[str, Any]]:
    """Return where the editor underlines: line and column from 1, the sentence, how bad."""
    return [
        {"line": p.line, "column": p.column, "message": p.message, "severity": p.severity}
        for p in [*report.problems, *report.remarks][:_MOST]
    ]


def _changes(text: str, slug: str) -> dict[str, Any]:
    active = RulebookVersion.objects.filter(rulebook__slug=slug, status=RulebookVersion.Status.ACTIVE).first()
    if active is None:
        return {"active": None, "changes": (), "lines": ()}
    return {"active": active, "changes": compare(active.source, text), "lines": lines(active.source, text)}
