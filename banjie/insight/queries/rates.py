"""The regulation's indicators: each with its numerator and denominator, none built in (POS-28, section 5 nos. 31 and 45)."""

from __future__ import annotations

import math
import operator
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from banjie.deadlines.fulfilment import FAILED
from banjie.insight.access import Scope
from banjie.insight.period import Period
from banjie.insight.queries.duties import DutyDay
from banjie.insight.queries.findings import RuleKey, RuleTally, Tally
from banjie.insight.queries.sql import IN_SCOPE, asked, rows, versions_of
from banjie.rulebook.language import Indicator
from banjie.rulebook.program import Program

_ACTIONS = """
select e.action, e.outcome, count(*) from tickets_event e join tickets_ticket t on t.id = e.ticket_id
where e.at >= %(begin)s and e.at < %(end)s and e.action = any(%(actions)s) and t.rulebook_version_id = any(%(versions)s) and """ + (
    IN_SCOPE.format("t") + " group by 1, 2"
)
_TARGET = re.compile(r"(<=|>=|<|>) ?([\d.]+)%")
_COMPARE = {"<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt}


@dataclass(frozen=True, slots=True)
class Rate:
    """An indicator's value: `numerator` of `denominator`. `is_reached` is None without a target or a value."""

    name: str
    spec: Indicator
    numerator: int
    denominator: int

    @property
    def value(self) -> float | None:
        """From 0 to 1; None means "not applicable"."""
        return self.numerator / self.denominator if self.denominator else None

    @property
    def target(self) -> float | None:
        found = _TARGET.match(self.spec.target or "")
        return float(found[2]) / 100 if found else None

    @property
    def is_reached(self) -> bool | None:
        found = _TARGET.match(self.spec.target or "")
        if found is None or self.value is None or self.target is None:
            return None
        return bool(_COMPARE[found[1]](self.value, self.target))

    @property
    def deduction(self) -> float | None:
        """Return the points that the regulation deducts for this value; None without a penalty or a value (POS-28)."""
        penalty, found = self.spec.penalty, _TARGET.match(self.spec.target or "")
        if penalty is None or found is None or self.is_reached is None:
            return None
        if self.is_reached:
            return 0.0
        missed_by = abs(Fraction(self.numerator, self.denominator) * 100 - Fraction(found[2]))
        steps = max(1, math.ceil(missed_by / Fraction(penalty.each.rstrip("%")))) if penalty.each else 1
        return min(penalty.points * steps, penalty.at_most or math.inf)


Outcomes = Mapping[str, Mapping[str, int]]
"""How often each action came to each outcome."""


def action_outcomes(program: Program, period: Period, scope: Scope) -> Outcomes:
    """Count the outcomes of the actions that indicators speak of."""
    actions = sorted({spec.of.action for spec in program.book.indicators.values() if spec.of.action})
    if not actions:
        return {}
    found: dict[str, Counter[str]] = {}
    for action, outcome, n in rows(
        _ACTIONS, asked(program.slug, period, scope) | {"actions": actions, "versions": versions_of(program.slug)}
    ):
        found.setdefault(action, Counter())[outcome] = n
    return found


def rates(program: Program, tallies: Mapping[RuleKey, RuleTally], days: Sequence[DutyDay], outcomes: Outcomes) -> list[Rate]:
    """Return the value of each of the rulebook's indicators from what was counted already."""
    return [Rate(name, spec, *_counts(spec, tallies, days, outcomes)) for name, spec in program.book.indicators.items()]


def _counts(spec: Indicator, tallies: Mapping[RuleKey, RuleTally], days: Sequence[DutyDay], outcomes: Outcomes) -> tuple[int, int]:
    if spec.of.deadline:
        tally = sum((t.now for (kind, rule, _c), t in tallies.items() if (kind, rule) == ("deadline", spec.of.deadline)), Tally())
        return tally.kept, tally.judged
    if spec.of.duty:
        runs = [day for day in days if day.duty == spec.of.duty and day.owed]
        return sum(day.done for day in runs), sum(day.owed for day in runs)
    counts = outcomes.get(spec.of.action or "", {})
    return counts.get(spec.of.outcome or "", 0), sum(n for outcome, n in counts.items() if outcome != FAILED)
