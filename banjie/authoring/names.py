"""Which of a book's own names may stand where: the roles behind `by`, the states behind `from`, and so on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from banjie.authoring.keywords import meaning_of
from banjie.authoring.outline import Outline
from banjie.rulebook.language import RELATIONS, STAGES
from banjie.rulebook.source import Path
from banjie.rulebook.vocabulary import VERBS
from banjie.worktime.models import Calendar

SPANS: Mapping[str, str | Promise] = {
    "10m": gettext_lazy("10 minutes by the clock"),
    "24h": gettext_lazy("24 hours by the clock"),
    "4 working hours": gettext_lazy("4 hours of working time"),
    "half a working day": gettext_lazy("half a working day"),
    "2 working days": gettext_lazy("2 working days"),
    "3 working days, end of day": gettext_lazy("3 working days, until the end of the last"),
    "unset": gettext_lazy("the regulation leaves it open: must be set before activation"),
}


@dataclass(frozen=True, slots=True)
class Named:
    """A name that may be written, what it means, and of what kind it is."""

    name: str
    meaning: str = ""
    kind: str = "name"


Source = Callable[[Outline, Path], list[Named]]


def part(*section: str) -> Source:
    """Return a source of the names that the book gives in one of its parts."""

    def source(outline: Outline, _path: Path) -> list[Named]:
        return [Named(name, title_at(outline, *section, name), section[-1]) for name in outline.names(*section)]

    return source


def title_at(outline: Outline, *path: str) -> str:
    """Return the title of a part, or the text that stands in its place, as clauses and choices have it."""
    return outline.text(*path, "title") or outline.text(*path)


def in_process(section: str) -> Source:
    """Return a source of the states, actions ... of the process in which somebody writes; outside of one, of all."""

    def source(outline: Outline, path: Path) -> list[Named]:
        here = str(path[1]) if path[:1] == ("processes",) and len(path) > 1 else _process_of_type(outline, path)
        found: dict[str, Named] = {}
        for process in [here] if here else outline.names("processes"):
            for name in outline.names("processes", process, section):
                found.setdefault(name, Named(name, title_at(outline, "processes", process, section, name), section))
        return list(found.values())

    return source


def _process_of_type(outline: Outline, path: Path) -> str:
    return outline.text("types", str(path[1]), "process") if path[:1] == ("types",) and len(path) > 1 else ""


def _relations(_outline: Outline, _path: Path) -> list[Named]:
    meanings = {"assignee": _("whoever works the ticket"), "responsible": _("its first taker"), "opener": _("whoever opened it")}
    return [Named(name, meanings[name], "relation") for name in RELATIONS]


def _verbs(_outline: Outline, _path: Path) -> list[Named]:
    language = get_language() or ""
    return [Named(name, meaning_of("verbs", name, language) or spec.meaning, "verb") for name, spec in VERBS.items()]


def _words(**words: str | Promise) -> Source:
    return lambda _outline, _path: [Named(name, str(meaning), "word") for name, meaning in words.items()]


def _spans(outline: Outline, path: Path) -> list[Named]:
    return [*part("limits")(outline, path), *(Named(name, str(meaning), "span") for name, meaning in SPANS.items())]


def _calendars(_outline: Outline, _path: Path) -> list[Named]:
    return [Named(code, title, "calendar") for code, title in Calendar.objects.order_by("code").values_list("code", "title")[:200]]


def _outcomes(outline: Outline, path: Path) -> list[Named]:
    """Return the outcomes of the action's verb, and the choices of the field that decides."""
    action = path[:4]
    verb = VERBS.get(outline.text(*action, "verb"))
    decided = outline.text(*action, "decided_by")
    names = outline.names("fields", decided, "choices") if decided else verb.outcomes if verb else ()
    return [Named(name, title_at(outline, "fields", decided, "choices", name) if decided else "", "outcome") for name in names]


def _rows(outline: Outline, path: Path) -> list[Named]:
    return [one for one in part("fields")(outline, path) if outline.text("fields", one.name, "kind") == "rows"]


def _dates(outline: Outline, path: Path) -> list[Named]:
    return [one for one in part("fields")(outline, path) if outline.text("fields", one.name, "kind") in ("date", "datetime")]


def _choices(outline: Outline, path: Path) -> list[Named]:
    return [one for one in part("fields")(outline, path) if outline.text("fields", one.name, "kind") == "choice"]


ROLES, FIELDS, TYPES, CLAUSES, LIMITS, COURSES = (part(section) for section in ("roles", "fields", "types", "clauses", "limits", "courses"))
STATES, ACTIONS, SIGNOFFS, DEADLINES = (in_process(section) for section in ("states", "actions", "signoffs", "deadlines"))
PEOPLE = (ROLES, _relations)

# By the part of the language and the key; "*" stands for every part.
SOURCES: Mapping[tuple[str, str], tuple[Source, ...]] = {
    ("*", "clause"): (CLAUSES,),
    ("*", "notify"): PEOPLE,
    ("*", "tell"): PEOPLE,
    ("*", "on_warn"): PEOPLE,
    ("*", "copies"): (ROLES,),
    ("*", "by"): (ROLES,),
    ("*", "signed_by"): (ROLES,),
    ("*", "role"): (ROLES,),
    ("*", "approver"): (ROLES,),
    ("*", "relay"): (ROLES,),
    ("*", "certificate"): (COURSES,),
    ("*", "calendar"): (_calendars,),
    ("*", "process"): (part("processes"),),
    ("*", "types"): (TYPES,),
    ("*", "start"): (STATES,),
    ("*", "states"): (STATES,),
    ("*", "in"): (STATES,),
    ("*", "pause_in"): (STATES,),
    ("*", "do"): (ACTIONS,),
    ("*", "action"): (ACTIONS,),
    ("*", "deadline"): (DEADLINES,),
    ("*", "duty"): (part("duties"),),
    ("*", "asks"): (FIELDS,),
    ("*", "needs"): (FIELDS,),
    ("*", "needs_one_of"): (FIELDS,),
    ("*", "when"): (FIELDS,),
    ("*", "that"): (FIELDS,),
    ("*", "show_if"): (FIELDS,),
    ("*", "need_if"): (FIELDS,),
    ("*", "value"): (FIELDS,),
    ("*", "columns"): (FIELDS,),
    ("*", "count_by"): (_choices,),
    ("*", "choose"): (_rows,),
    ("*", "due"): (_dates,),
    ("*", "decided_by"): (_choices,),
    ("*", "within"): (_spans,),
    ("*", "after"): (_spans,),
    ("*", "older_than"): (_spans,),
    ("*", "apart"): (_spans,),
    ("*", "at_most"): (_spans,),
    ("*", "otherwise"): (_spans,),
    ("*", "until"): (_words(**{"end of day": gettext_lazy("by midnight")}),),
    ("*", "signoff"): (SIGNOFFS,),
    ("*", "opens"): (TYPES,),
    ("*", "outcome"): (_outcomes,),
    ("Registration", "limits"): (LIMITS,),
    ("Limit", "per"): (_words(type=gettext_lazy("the type of ticket"), unit=gettext_lazy("each unit registers its own")), _choices),
    ("Limit", "values"): (_spans,),
    ("Action", "verb"): (_verbs,),
    ("Action", "by"): PEOPLE,
    ("Action", "from"): (STATES, _words(open=gettext_lazy("every state that is not ended"), any=gettext_lazy("every state"))),
    ("Action", "to"): (STATES,),
    ("Action", "children"): (STATES,),
    ("Deadline", "from"): (STATES, ACTIONS),
    ("Deadline", "until"): (STATES, ACTIONS),
    ("Deadline", "by"): (_words(**{"end of day": gettext_lazy("by midnight"), "14:00": gettext_lazy("a time of day")}),),
    ("Extension", "to"): (_dates,),
}
# Mappings whose keys are names given elsewhere.
KEYS: Mapping[tuple[str, str], tuple[Source, ...]] = {
    ("Action", "to"): (_outcomes,),
    ("Action", "children"): (TYPES,),
    ("Limit", "values"): (),
}
FIXED = {"stage": STAGES}
