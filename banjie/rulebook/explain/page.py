"""The whole explanation of a book as plain values: clauses with their rules, limits, fields, roles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from banjie.rulebook.check import Report
from banjie.rulebook.explain import sentences as say
from banjie.rulebook.explain.acting import of_action, of_signoff
from banjie.rulebook.explain.diagram import Diagram, draw
from banjie.rulebook.explain.keeping import of_ledger
from banjie.rulebook.explain.words import condition, listed, span, title
from banjie.rulebook.language import Book
from banjie.rulebook.source import Path


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its kind in words, title, sentence, clauses, the line where it stands, and what keeps it from working."""

    kind: str
    title: str
    sentence: str
    clauses: tuple[str, ...]
    line: int
    waits: tuple[str, ...] = ()
    place: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of the regulation and the rules that serve it."""

    number: str
    text: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class LimitRow:
    """A time limit: of what, how long, and whether it is still unset (PLT-10)."""

    title: str
    detail: str
    clause: str
    text: str
    unset: bool
    line: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that the explain page shows."""

    book: Book
    title: str
    clauses: tuple[Clause, ...]
    unbound: tuple[Rule, ...]
    limits: tuple[LimitRow, ...]
    diagrams: tuple[Diagram, ...]
    fields: tuple[tuple[str, str, str, str], ...]
    roles: tuple[tuple[str, str, str], ...]
    unset: int
    unavailable: int


def explain(report: Report) -> Explanation:
    """Explain a checked book.

    Raises:
        AssertionError: the report has errors: only a book that is right can be explained.
    """
    book = report.book
    assert book is not None
    assert not report.errors
    rules = tuple(rules_of(book, report))
    used = set(book.clauses)
    return Explanation(
        book=book,
        title=title(book),
        clauses=tuple(Clause(number, text, tuple(r for r in rules if number in r.clauses)) for number, text in book.clauses.items()),
        unbound=tuple(rule for rule in rules if not used & set(rule.clauses)),
        limits=tuple(_limits(book, report)),
        diagrams=tuple(draw(book, key) for key in book.processes),
        fields=tuple(field_rows(book)),
        roles=tuple(_roles(book)),
        unset=len(report.unset),
        unavailable=len(report.unavailable),
    )


def rules_of(book: Book, report: Report) -> Iterator[Rule]:
    """Yield every rule of a book with its sentence, in the order of the language."""

    def rule(kind: str, name: str, sentence: str, clauses: list[str], path: Path) -> Rule:
        place = ".".join(map(str, path))
        waits = tuple(p.message for p in report.problems if p.place == place or p.place.startswith(f"{place}."))
        return Rule(kind, name, sentence, tuple(clauses), report.source.at(path)[0] if report.source else 0, waits, place)

    for key, kind in book.types.items():
        yield rule(pgettext("rule", "Type"), title(kind), say.of_type(book, kind), kind.clause, ("types", key))
    for name, process in book.processes.items():
        here: Path = ("processes", name)
        for key, state in process.states.items():
            yield rule(pgettext("rule", "State"), title(state), say.of_state(book, state), state.clause, (*here, "states", key))
        for key, action in process.actions.items():
            yield rule(pgettext("rule", "Action"), title(action), of_action(book, process, action), action.clause, (*here, "actions", key))
        for key, deadline in process.deadlines.items():
            sentence = say.of_deadline(book, process, deadline)
            yield rule(pgettext("rule", "Deadline"), title(deadline), sentence, deadline.clause, (*here, "deadlines", key))
        for key, timer in process.timers.items():
            yield rule(
                pgettext("rule", "Timer"),
                title(process.actions[timer.do]),
                say.of_timer(process, timer),
                timer.clause,
                (*here, "timers", key),
            )
        for key, signoff in process.signoffs.items():
            yield rule(pgettext("rule", "Sign-off"), title(signoff), of_signoff(book, signoff), signoff.clause, (*here, "signoffs", key))
    for key, limit in book.limits.items():
        yield rule(pgettext("rule", "Limit"), title(limit), say.of_limit(book, limit), limit.clause, ("limits", key))
    for key, duty in book.duties.items():
        yield rule(pgettext("rule", "Duty"), title(duty), say.of_duty(book, duty), duty.clause, ("duties", key))
    for key, indicator in book.indicators.items():
        yield rule(
            pgettext("rule", "Indicator"), title(indicator), say.of_indicator(book, indicator), indicator.clause, ("indicators", key)
        )
    for key, ledger in book.ledgers.items():
        yield rule(
            pgettext("rule", "Ledger"),
            title(ledger),
            of_ledger(book, ledger),
            list(dict.fromkeys([*ledger.clause, *(ledger.freeze.clause if ledger.freeze else [])])),
            ("ledgers", key),
        )


def _limits(book: Book, report: Report) -> Iterator[LimitRow]:
    lines = {p.place: p.line for p in report.unset}

    def row(name: str, detail: str, clauses: list[str], text: str, place: str) -> LimitRow:
        return LimitRow(name, detail, listed(clauses), span(text), text == "unset", lines.get(place, 0))

    for key, limit in book.limits.items():
        values = limit.values if isinstance(limit.values, dict) else {"": limit.values}
        for value, text in values.items():
            place = f"limits.{key}.values" + (f".{value}" if value else "")
            yield row(title(limit), say.value_title(book, limit, value) if value else "", limit.clause, text, place)
        if limit.otherwise:
            yield row(title(limit), _("otherwise"), limit.clause, limit.otherwise, f"limits.{key}.otherwise")
    for name, process in book.processes.items():
        for key, deadline in process.deadlines.items():
            text = deadline.within or deadline.by or deadline.due or "unset"
            if text not in book.limits:
                shown = LimitRow(
                    title(deadline), title(process), listed(deadline.clause), say.limit_words(book, deadline), text == "unset", 0
                )
                yield (
                    shown
                    if text != "unset"
                    else row(shown.title, shown.detail, deadline.clause, text, f"processes.{name}.deadlines.{key}.within")
                )
    for key, duty in book.duties.items():
        if duty.every == "unset":
            yield row(title(duty), _("how often"), duty.clause, "unset", f"duties.{key}.every")


def field_rows(book: Book) -> Iterator[tuple[str, str, str, str]]:
    """Yield name, title, kind and details of each field."""
    kinds = {
        "text": _("text"),
        "long_text": _("long text"),
        "number": _("number"),
        "money": _("money"),
        "date": _("date"),
        "datetime": _("date and time"),
        "choice": _("choice"),
        "yes_no": _("yes or no"),
        "phone": _("phone number"),
        "person": _("person"),
        "unit": _("unit"),
        "file": _("file"),
        "rows": _("table"),
    }
    for key, field in book.fields.items():
        detail = [
            listed(title(choice) for choice in field.choices.values()),
            listed(title(inner) for inner in field.fields.values()),
            _("key of an asset") if field.asset_key else "",
            _("pattern %(pattern)s") % {"pattern": field.pattern} if field.pattern else "",
            _("computed: %(value)s") % {"value": condition(book, field.value)} if field.value else "",
            _("shown if %(condition)s") % {"condition": condition(book, field.show_if)} if field.show_if else "",
            _("needed if %(condition)s") % {"condition": condition(book, field.need_if)} if field.need_if else "",
            field.hint,
        ]
        yield key, title(field), kinds[field.kind], listed(part for part in detail if part)


def _roles(book: Book) -> Iterator[tuple[str, str, str]]:
    for key, role in book.roles.items():
        yield key, title(role), _("sees only what is assigned to the person") if role.sees == "own" else _("sees the tickets of the unit")
