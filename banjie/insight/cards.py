"""The clause page as its template wants it: for each clause its rules with their figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from banjie.insight import words
from banjie.insight.breachlist import title_of
from banjie.insight.queries.findings import Tally
from banjie.insight.queries.overview import ClauseFigures, Judged, Overview
from banjie.insight.queries.rates import Rate
from banjie.insight.tables import Figure
from banjie.rulebook.language import Deadline, Duty, Indicator
from banjie.rulebook.program import Program

Address = Callable[[str, str], str]
_SHARE = Figure("", "share")


def clause_cards(overview: Overview, broken_by: Address) -> list[dict[str, Any]]:
    """Return a card per clause. `broken_by(clause, rule)` is the address of the list of breaches."""
    return [_card(overview, clause, broken_by) | {"place": n} for n, clause in enumerate(overview.clauses, start=1)]


def _card(overview: Overview, clause: ClauseFigures, broken_by: Address) -> dict[str, Any]:
    program = overview.program
    actions = [{"title": words.titled(spec), "facts": words.action_facts(program, spec)} for _name, spec in clause.actions]
    timers = [{"title": action_title(program, spec.do), "facts": words.timer_facts(program, spec)} for _name, spec in clause.timers]
    return {
        "number": clause.number,
        "text": clause.text or _("Only earlier versions of the rulebook had this clause."),
        "rules": [_rule(overview, rule, clause.number, broken_by) for rule in clause.judged],
        "enforced": actions + timers,
        "limits": [words.titled(program.book.limits[name]) for name in clause.limits],
        "is_words": clause.is_words,
        "values": trend(clause.steps),
        "judged": clause.now.judged,
    }


def _rule(overview: Overview, rule: Judged, clause: str, broken_by: Address) -> dict[str, Any]:
    now, before = rule.tally.now, rule.tally.before
    indicator = indicator_of(overview.program, rule)
    owed, done = sum(day.owed for day in rule.days), sum(day.done for day in rule.days)
    is_part = rule.kind == "duty" and overview.scope.units is not None
    return {
        "title": title_of(rule),
        "kind": _("Duty") if rule.kind == "duty" else _("Deadline"),
        "facts": _facts(overview.program, rule),
        "kept": now.kept,
        "broken": now.broken,
        "void": now.void,
        "judged": now.judged,
        "rate": _SHARE.shown(now.rate),
        "before": _SHARE.shown(before.rate),
        "change": change(now, before),
        "tone": tone(now, indicator),
        "target": indicator.target if indicator and rule.kind == "deadline" and indicator.target else "",
        "values": trend(rule.tally.steps),
        "broken_url": broken_by(clause, rule.name) if now.broken else "",
        "is_part": is_part,
        "work": {"done": done, "owed": owed, "share": _SHARE.shown(done / owed if owed else None)} if rule.kind == "duty" else None,
    }


def _facts(program: Program, rule: Judged) -> list[str]:
    if isinstance(rule.spec, Deadline):
        return words.deadline_facts(program, rule.spec)
    if isinstance(rule.spec, Duty):
        return words.duty_facts(program, rule.spec)
    return [_("Only earlier versions of the rulebook had this rule.")]


def indicator_of(program: Program, rule: Judged) -> Indicator | None:
    """Return the rulebook's indicator about a rule, which holds its target."""
    found = (spec for spec in program.book.indicators.values() if rule.name in (spec.of.deadline, spec.of.duty))
    return next(found, None)


def tone(tally: Tally, indicator: Indicator | None) -> str:
    """Say how a rule stands: by the rulebook's target where it has one, else whether anything broke it. No figure is built in."""
    if tally.rate is None:
        return "neutral"
    if indicator is not None and indicator.target and indicator.of.deadline:
        return "ok" if Rate("", indicator, tally.kept, tally.judged).is_reached else "bad"
    return "warn" if tally.broken else "ok"


def trend(steps: list[Tally]) -> list[float]:
    """Return the shares kept as the values of a sparkline; steps without any result are left out."""
    return [round(step.rate * 100, 1) for step in steps if step.rate is not None]


def change(now: Tally, before: Tally) -> str:
    """Say by how many percentage points a rate changed; "" when one of them is not applicable."""
    if now.rate is None or before.rate is None:
        return ""
    return f"{(now.rate - before.rate) * 100:+.1f}"


def action_title(program: Program, name: str) -> str:
    """Return an action's title."""
    return next((words.titled(p.actions[name]) for p in program.book.processes.values() if name in p.actions), name)
