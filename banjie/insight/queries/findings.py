"""How often each rule was kept and broken, and how long things took, from the findings as they stand after correction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from banjie.insight.access import Scope
from banjie.insight.period import Period
from banjie.insight.queries.sql import asked, of_findings, rows

_BY_RULE = of_findings("""
select f.kind, f.rule, f.clause, f.outcome, width_bucket(f.at, %(steps)s::timestamptz[]), count(*)
{findings} group by 1, 2, 3, 4, 5
""")
_TOTALS = of_findings("select f.kind, f.rule, f.clause, f.outcome, 0, count(*) {findings} group by 1, 2, 3, 4")
_BY_UNIT = of_findings("select f.unit_id, f.outcome, count(*) {findings} and f.kind = 'deadline' group by 1, 2")

# A finding that the sweep wrote does not know when the clock stopped later; the clock does. Percentiles over whole seconds.
_TIMES = of_findings("""
with ended as (
    select f.rule, extract(epoch from f.ended_at - f.started_at)::bigint as took {findings}
        and f.kind = 'deadline' and f.outcome <> 'void' and f.ended_at is not null
    union all
    select s.rule, extract(epoch from c.stopped_at - s.started_at)::bigint
    from (select f.rule, f.started_at, (f.evidence->>'clock')::bigint as clock {findings}
        and f.kind = 'deadline' and f.outcome <> 'void' and f.ended_at is null) s
    join deadlines_clock c on c.id = s.clock where c.stopped_at is not null
), taken as (select rule, took, count(*) as n from ended group by 1, 2),
upto as (select rule, took, n, sum(n) over (partition by rule order by took) as so_far, sum(n) over (partition by rule) as total from taken)
select rule, sum(n)::bigint, min(took) filter (where so_far >= total * 0.5), min(took) filter (where so_far >= total * 0.9), max(took),
    array(select sum(t.n)::bigint from unnest(%(edges)s::bigint[]) with ordinality e(edge, place)
          left join taken t on t.rule = upto.rule and t.took <= e.edge group by e.place order by e.place)
from upto group by rule
""")


@dataclass(frozen=True, slots=True)
class Tally:
    """Results of one rule or clause. A rate exists only where something was kept or broken (section 5, no. 9)."""

    kept: int = 0
    broken: int = 0
    void: int = 0

    @property
    def judged(self) -> int:
        return self.kept + self.broken

    @property
    def rate(self) -> float | None:
        """The share kept, from 0 to 1; None means "not applicable"."""
        return self.kept / self.judged if self.judged else None

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.kept + other.kept, self.broken + other.broken, self.void + other.void)


RuleKey = tuple[str, str, str]
"""Kind, rule and clause of a finding."""


@dataclass(frozen=True, slots=True)
class RuleTally:
    """A rule's results in the period, in each step of its trend, and in the period before."""

    now: Tally
    steps: list[Tally]
    before: Tally


@dataclass(frozen=True, slots=True)
class Times:
    """How long the ended cases of a deadline took from start to end, in seconds; `within` counts those up to each asked edge."""

    count: int
    median: int
    ninetieth: int
    longest: int
    within: list[int]


def rule_tallies(book: str, period: Period, scope: Scope) -> dict[RuleKey, RuleTally]:
    """Return the results of every rule that judged something in the period or the one before."""
    length = len(period.steps())
    now = _tallies(rows(_BY_RULE, asked(book, period, scope)))
    before = _tallies(rows(_TOTALS, asked(book, period.before(), scope)))
    result = {}
    for key in sorted(now.keys() | before.keys()):
        steps = [now.get(key, {}).get(n + 1, Tally()) for n in range(length)]
        result[key] = RuleTally(sum(steps, Tally()), steps, before.get(key, {}).get(0, Tally()))
    return result


def unit_tallies(book: str, period: Period, scope: Scope) -> dict[int, Tally]:
    """Return the results of all deadlines by unit, as the tickets stood when they were judged."""
    found: dict[int, Tally] = {}
    for unit, outcome, n in rows(_BY_UNIT, asked(book, period, scope)):
        if unit is not None:
            found[unit] = found.get(unit, Tally()) + _tally(outcome, n)
    return found


def times_taken(book: str, period: Period, scope: Scope, edges: Iterable[int] = ()) -> dict[str, Times]:
    """Return how long each deadline's cases took, those that were not applicable left out."""
    found = rows(_TIMES, asked(book, period, scope) | {"edges": list(edges)})
    return {rule: Times(n, p50, p90, longest, [w or 0 for w in within]) for rule, n, p50, p90, longest, within in found}


def _tallies(found: Iterable[tuple[str, str, str, str, int, int]]) -> dict[RuleKey, dict[int, Tally]]:
    result: dict[RuleKey, dict[int, Tally]] = {}
    for kind, rule, clause, outcome, step, n in found:
        steps = result.setdefault((kind, rule, clause), {})
        steps[step] = steps.get(step, Tally()) + _tally(outcome, n)
    return result


def _tally(outcome: str, n: int) -> Tally:
    return {"met": Tally(kept=n), "breached": Tally(broken=n)}.get(outcome, Tally(void=n))


def total(tallies: Mapping[RuleKey, RuleTally], clause: str) -> Tally:
    """Return the results of all rules of a clause together."""
    return sum((t.now for key, t in tallies.items() if key[2] == clause), Tally())
