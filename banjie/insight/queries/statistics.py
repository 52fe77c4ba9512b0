"""The statistics page: everything that POS-27 asks, for one rulebook, one period, one part of the organisation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from banjie.insight.access import Scope, SeenUnit, scope_of, seen_units
from banjie.insight.period import Period
from banjie.insight.queries.duties import DutyDay, duty_days
from banjie.insight.queries.findings import RuleKey, RuleTally, Tally, Times, rule_tallies, times_taken, unit_tallies
from banjie.insight.queries.rates import Rate, action_outcomes, rates
from banjie.insight.queries.tickets import TicketFigures, ticket_figures
from banjie.kernel.errors import Unseen
from banjie.people.actor import Actor
from banjie.rulebook import due
from banjie.rulebook.language import Deadline
from banjie.rulebook.program import Program
from banjie.rulebook.queries import active_programs
from banjie.worktime.durations import DurationKind

# Where the bars of a distribution end, as shares of the limit.
FRACTIONS = (0.2, 0.5, 0.7, 1.0, 1.5, 3.0)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is about. `unit_id` and `type_name` narrow it; None and "" do not."""

    book: str
    period: Period
    unit_id: int | None = None
    type_name: str = ""


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """A unit's tickets, without those of the units below it; `subtotal` has them too, for units that have any below."""

    unit: SeenUnit
    opened: int
    ended: int
    open_now: int
    tally: Tally
    is_subtotal: bool = False


@dataclass(frozen=True, slots=True)
class Distribution:
    """How long a deadline's cases took. `bars` are (up to seconds, how many); the last bar, beyond all edges, has no edge."""

    rule: str
    spec: Deadline
    limit: int | None
    times: Times | None
    tally: Tally
    bars: list[tuple[int | None, int]]


@dataclass(frozen=True, slots=True)
class Statistics:
    """The figures of the page. `rates_before` are the indicators of the period before."""

    program: Program
    asked: Asked
    scope: Scope
    tickets: TicketFigures
    units: list[UnitFigures]
    distributions: list[Distribution]
    days: list[DutyDay]
    rates: list[Rate]
    rates_before: list[Rate]

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing at all happened in the period."""
        nothing_moved = not self.tickets.opened.total and not self.tickets.ended.total
        return nothing_moved and not self.days and not any(d.tally.judged for d in self.distributions)


def program_for(book: str) -> Program:
    """Return the active version of a rulebook.

    Raises:
        Unseen: no rulebook of this name is active.
    """
    for program in active_programs():
        if program.slug == book:
            return program
    raise Unseen


def statistics(actor: Actor, asked: Asked) -> Statistics:
    """Count what happened under a rulebook in a period, within what the actor may see (POS-27, POS-28).

    Raises:
        NotPermitted: the actor may read no figures.
        Unseen: the rulebook is not active, or the unit is not his.
    """
    units = seen_units(actor)
    program = program_for(asked.book)
    if asked.type_name and asked.type_name not in program.types:
        raise Unseen
    scope = scope_of(units, asked.unit_id, (asked.type_name,) if asked.type_name else ())
    tallies = rule_tallies(asked.book, asked.period, scope)
    days, before = duty_days(program, asked.period, scope), asked.period.before()
    tickets = ticket_figures(program, asked.period, scope)
    outcomes, outcomes_before = (action_outcomes(program, period, scope) for period in (asked.period, before))
    shown = units if scope.units is None else [unit for unit in units if unit.id in set(scope.units)]
    return Statistics(
        program=program,
        asked=asked,
        scope=scope,
        tickets=tickets,
        units=unit_figures(shown, tickets, unit_tallies(asked.book, asked.period, scope)),
        distributions=_distributions(program, asked.period, scope, tallies),
        days=days,
        rates=rates(program, tallies, days, outcomes),
        rates_before=rates(program, _shifted(tallies), duty_days(program, before, scope), outcomes_before),
    )


def _shifted(tallies: dict[RuleKey, RuleTally]) -> dict[RuleKey, RuleTally]:
    return {key: replace(tally, now=tally.before) for key, tally in tallies.items()}


def unit_figures(units: Sequence[SeenUnit], tickets: TicketFigures, tallies: dict[int, Tally]) -> list[UnitFigures]:
    """Return a line per unit, top down: a unit with others below gets its subtotal, then its own line if it has tickets itself."""
    lines: list[UnitFigures] = []
    own = {
        u.id: UnitFigures(
            u, tickets.opened.by_unit.get(u.id, 0), tickets.ended.by_unit.get(u.id, 0), tickets.open_now.by_unit.get(u.id, 0),
            tallies.get(u.id, Tally()),
        )
        for u in units
    }  # fmt: skip
    for index, unit in enumerate(units):
        mine = own[unit.id]
        below = []
        for other in units[index:]:  # by path: what lies below follows at once
            if not other.path.startswith(unit.path):
                break
            below.append(own[other.id])
        if len(below) == 1:
            lines.append(mine)
            continue
        judged = sum((line.tally for line in below), Tally())
        opened, ended, standing = (sum(getattr(line, name) for line in below) for name in ("opened", "ended", "open_now"))
        lines.append(UnitFigures(unit, opened, ended, standing, judged, is_subtotal=True))
        if mine.opened or mine.ended or mine.open_now or mine.tally.judged:
            lines.append(replace(mine, unit=replace(unit, depth=unit.depth + 1)))
    return lines


def deadlines_of(program: Program) -> dict[str, Deadline]:
    """Return the deadlines of all processes by name, in the order of the book; of two with one name the later stands."""
    return {name: spec for process in program.book.processes.values() for name, spec in process.deadlines.items()}


def _distributions(program: Program, period: Period, scope: Scope, tallies: dict[RuleKey, RuleTally]) -> list[Distribution]:
    specs = {name: spec for name, spec in deadlines_of(program).items() if not spec.due}
    limits = {name: _seconds(program, spec) for name, spec in specs.items()}
    edges = sorted({int(limit * part) for limit in limits.values() if limit for part in FRACTIONS})
    times = times_taken(program.slug, period, scope, edges)
    result = []
    for name, spec in specs.items():
        tally = sum((t.now for (kind, rule, _c), t in tallies.items() if (kind, rule) == ("deadline", name)), Tally())
        limit, taken = limits[name], times.get(name)
        bars = _bars(limit, taken, edges) if limit and taken else []
        result.append(Distribution(name, spec, limit, taken, tally, bars))
    return result


def _bars(limit: int, times: Times, edges: list[int]) -> list[tuple[int | None, int]]:
    bars: list[tuple[int | None, int]] = []
    so_far = 0
    for edge in (int(limit * part) for part in FRACTIONS):
        upto = times.within[edges.index(edge)]
        bars.append((edge, upto - so_far))
        so_far = upto
    return [*bars, (None, times.count - so_far)]


def _seconds(program: Program, spec: Deadline) -> int | None:
    """Return a limit that is the same for all tickets and counts clock time, in seconds."""
    if not spec.within or spec.within in program.book.limits or spec.within == "unset":
        return None
    length = due.duration(spec.within)
    return int(length.timedelta.total_seconds()) if length.kind is DurationKind.CLOCK else None
