"""The compiled form of a rulebook version: immutable, indexed for the questions that a change asks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from banjie.rulebook.checks.flow import ENDED, sources
from banjie.rulebook.language import RELATIONS, STAGES, Action, Book, Deadline, Field_, Process, Timer, TypeOfTicket
from banjie.rulebook.vocabulary import VERBS, VerbSpec


@dataclass(frozen=True, slots=True)
class ActionRule:
    """An action of one type, ready to ask: who, from where, which fields."""

    name: str
    spec: Action
    verb: VerbSpec
    roles: frozenset[str]
    relations: frozenset[str]
    states: frozenset[str]
    fields: tuple[str, ...]

    @property
    def clause(self) -> str:
        """The first clause that the action serves, or ""."""
        return self.spec.clause[0] if self.spec.clause else ""

    def target(self, outcome: str) -> str | None:
        """Return the state that follows `outcome`, None to stay."""
        if isinstance(self.spec.to, dict):
            return self.spec.to.get(outcome)
        return self.spec.to


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """A deadline of one process."""

    name: str
    spec: Deadline
    starts: frozenset[str]
    stops: frozenset[str]
    pauses: frozenset[str]

    @property
    def clause(self) -> str:
        return self.spec.clause[0]


@dataclass(frozen=True, slots=True)
class TypeProgram:
    """All that a ticket of one type needs to know."""

    name: str
    spec: TypeOfTicket
    process_name: str
    process: Process
    open_action: ActionRule
    actions: Mapping[str, ActionRule]
    by_state: Mapping[str, tuple[ActionRule, ...]]
    deadlines: tuple[DeadlineRule, ...]
    timers: tuple[tuple[str, Timer], ...]
    stage_of: Mapping[str, str]

    def is_ended(self, state: str) -> bool:
        """Tell whether a ticket in `state` is over (stage closing or archive)."""
        return self.stage_of[state] in ENDED

    def stage_rank(self, state: str) -> int:
        """Return the position of the state's stage in the stream."""
        return STAGES.index(self.stage_of[state])


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled rulebook version."""

    version_id: int
    slug: str
    number: int
    book: Book
    types: Mapping[str, TypeProgram]
    patterns: Mapping[str, re.Pattern[str]]
    columns: Mapping[str, str]
    asset_keys: tuple[str, ...]
    texts: Mapping[str, str] = field(default_factory=dict)

    def clause_text(self, clause: str) -> str:
        """Return the regulation's own words for a clause."""
        return self.book.clauses.get(clause, "")

    def reference(self, clause: str) -> str:
        """Return how a refusal cites a clause: title and number."""
        return f"《{self.book.title}》{clause}" if clause else ""

    def field(self, name: str) -> Field_:
        return self.book.fields[name]


def _action(name: str, spec: Action, process: Process) -> ActionRule:
    verb = VERBS[spec.verb]
    by = set(spec.by)
    order = dict.fromkeys([*spec.needs, *(n for group in spec.needs_one_of for n in group), *spec.asks])
    return ActionRule(
        name=name,
        spec=spec,
        verb=verb,
        roles=frozenset(by - set(RELATIONS)),
        relations=frozenset(by & set(RELATIONS)),
        states=frozenset() if verb.opens else frozenset(sources(process, spec)),
        fields=tuple(order),
    )


def _type(book: Book, name: str, spec: TypeOfTicket) -> TypeProgram:
    process = book.processes[spec.process]
    actions = {key: _action(key, action, process) for key, action in process.actions.items()}
    opening = next(key for key, rule in actions.items() if rule.verb.opens)
    # What this type asks besides, its opening form asks.
    actions[opening] = replace(actions[opening], fields=tuple(dict.fromkeys([*actions[opening].fields, *spec.asks])))
    return TypeProgram(
        name=name,
        spec=spec,
        process_name=spec.process,
        process=process,
        open_action=actions[opening],
        actions=actions,
        by_state={state: tuple(rule for rule in actions.values() if state in rule.states) for state in process.states},
        deadlines=tuple(
            DeadlineRule(key, d, frozenset(d.from_), frozenset(d.until), frozenset(d.pause_in)) for key, d in process.deadlines.items()
        ),
        timers=tuple(process.timers.items()),
        stage_of={key: state.stage for key, state in process.states.items()},
    )


def calendars_of(book: Book) -> set[str]:
    """Return the codes of all calendars that a book names."""
    return {book.calendar} | {d.calendar for p in book.processes.values() for d in p.deadlines.values() if d.calendar}


def compile_book(book: Book, *, version_id: int, number: int) -> Program:
    """Compile a checked book."""
    return Program(
        version_id=version_id,
        slug=book.rulebook,
        number=number,
        book=book,
        types={name: _type(book, name, spec) for name, spec in book.types.items()},
        patterns={name: re.compile(f.pattern) for name, f in book.fields.items() if f.pattern},
        columns={f.as_: name for name, f in book.fields.items() if f.as_},
        asset_keys=tuple(name for name, f in book.fields.items() if f.asset_key),
    )
