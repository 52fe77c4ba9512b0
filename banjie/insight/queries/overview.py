"""The clause page: the regulation's text, and beside each clause its rules and how far they were kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from banjie.insight.access import Scope, scope_of, seen_units
from banjie.insight.queries.duties import DutyDay, duty_days
from banjie.insight.queries.findings import RuleKey, RuleTally, Tally, rule_tallies
from banjie.insight.queries.statistics import Asked, program_for
from banjie.people.actor import Actor
from banjie.rulebook.language import Action, Deadline, Duty, Timer
from banjie.rulebook.program import Program


@dataclass(frozen=True, slots=True)
class Judged:
    """A rule that is kept or broken: a deadline or a duty. `spec` is None when only earlier versions had it.

    `days` are a duty's runs; in a report about a part of the organisation they are all that is known of it.
    """

    kind: str
    name: str
    spec: Deadline | Duty | None
    tally: RuleTally
    days: tuple[DutyDay, ...] = ()


@dataclass(frozen=True, slots=True)
class ClauseFigures:
    """A clause with what enforces it. `actions` cannot break it: what they demand is refused at once, and not counted."""

    number: str
    text: str
    judged: tuple[Judged, ...]
    actions: tuple[tuple[str, Action], ...]
    timers: tuple[tuple[str, Timer], ...]
    limits: tuple[str, ...]

    @property
    def now(self) -> Tally:
        return sum((rule.tally.now for rule in self.judged), Tally())

    @property
    def before(self) -> Tally:
        return sum((rule.tally.before for rule in self.judged), Tally())

    @property
    def steps(self) -> list[Tally]:
        """The results of all its rules in each step of the trend."""
        return [sum(tallies, Tally()) for tallies in zip(*(rule.tally.steps for rule in self.judged), strict=True)]

    @property
    def is_words(self) -> bool:
        """Tell whether nothing enforces the clause: a definition or an aim."""
        return not (self.judged or self.actions or self.timers or self.limits)


@dataclass(frozen=True, slots=True)
class Overview:
    """A regulation with its figures."""

    program: Program
    asked: Asked
    scope: Scope
    clauses: list[ClauseFigures]

    @property
    def now(self) -> Tally:
        return sum((clause.now for clause in self.clauses), Tally())


def clause_overview(actor: Actor, asked: Asked) -> Overview:
    """Return how often each clause was kept in a period, within what the actor may see (POS-27, POS-25).

    Clauses that only earlier versions had come last, as far as they were judged.

    Raises:
        NotPermitted: the actor may read no figures.
        Unseen: the rulebook is not active, or the unit is not his.
    """
    units = seen_units(actor)
    program = program_for(asked.book)
    scope = scope_of(units, asked.unit_id)
    tallies = rule_tallies(asked.book, asked.period, scope)
    days = duty_days(program, asked.period, scope)
    nothing = RuleTally(Tally(), [Tally() for _step in asked.period.steps()], Tally())
    rules = _judged(program, tallies, days, nothing)
    numbers = [*program.book.clauses, *sorted({key[2] for key in rules} - program.book.clauses.keys())]
    return Overview(program, asked, scope, [_clause(program, number, rules) for number in numbers])


def _judged(program: Program, tallies: Mapping[RuleKey, RuleTally], days: list[DutyDay], nothing: RuleTally) -> dict[RuleKey, Judged]:
    """Return every rule of the active version and every one that judged something, by kind, name and clause."""
    specs: dict[RuleKey, Deadline | Duty] = {}
    for process in program.book.processes.values():
        specs |= {("deadline", name, spec.clause[0]): spec for name, spec in process.deadlines.items()}
    specs |= {("duty", name, spec.clause[0]): spec for name, spec in program.book.duties.items()}
    result = {}
    for key in [*specs, *(key for key in tallies if key not in specs)]:
        runs = tuple(day for day in days if key[0] == "duty" and day.duty == key[1])
        result[key] = Judged(key[0], key[1], specs.get(key), tallies.get(key, nothing), runs)
    return result


def _clause(program: Program, number: str, rules: Mapping[RuleKey, Judged]) -> ClauseFigures:
    actions: dict[str, Action] = {}
    timers: dict[str, Timer] = {}
    for process in program.book.processes.values():
        actions |= {name: spec for name, spec in process.actions.items() if number in spec.clause}
        timers |= {name: spec for name, spec in process.timers.items() if number in spec.clause}
    return ClauseFigures(
        number=number,
        text=program.clause_text(number),
        judged=tuple(rule for key, rule in rules.items() if key[2] == number),
        actions=tuple(actions.items()),
        timers=tuple(timers.items()),
        limits=tuple(name for name, limit in program.book.limits.items() if number in limit.clause),
    )
