"""REST of figures: statistics, clauses and findings of a period."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema
from pydantic import StringConstraints

from banjie.insight.period import Period
from banjie.insight.queries.breaches import Breach, Cursor, clause_breaches
from banjie.insight.queries.duties import DutyDay
from banjie.insight.queries.overview import clause_overview
from banjie.insight.queries.rates import Rate
from banjie.insight.queries.statistics import Asked, statistics
from banjie.kernel.answers import answer
from banjie.kernel.errors import FieldError, InvalidInput
from banjie.people.actor import Actor

router = Router(tags=["insight"])
Slug = Annotated[str, StringConstraints(max_length=60, pattern=r"^[a-z0-9-]+$")]
Word = Annotated[str, StringConstraints(max_length=40, pattern=r"^[^\x00-\x1f]*$")]
Id = Annotated[int, Field(ge=1, le=2**62)]
MOST_DAYS = 366


class PeriodIn(Schema):
    """Which rulebook and days; `unit` (an id) and `type` narrow it."""

    rulebook: Slug
    first: date
    last: date
    unit: Id | None = None
    type: Word = ""

    def asked(self) -> Asked:
        """Return it as a report wants it.

        Raises:
            InvalidInput: the days are in the wrong order, or more than a year.
        """
        if not 0 <= (self.last - self.first).days < MOST_DAYS or not 2000 <= self.first.year <= 2200:
            message = _("Choose a period of at most %(n)d days, the first day first.") % {"n": MOST_DAYS}
            raise InvalidInput(message, errors=[FieldError("first", message)])
        return Asked(self.rulebook, Period(self.first, self.last), self.unit, self.type)


class FindingsIn(PeriodIn):
    """Which broken findings: of a clause, perhaps of one rule; `before` is the `next` of the page before."""

    clause: Word
    rule: Word = ""
    before_at: Annotated[str, StringConstraints(max_length=40)] = ""
    before_id: Id | None = None


def _actor(request: HttpRequest) -> Actor:
    found: Actor = request.auth  # type: ignore[attr-defined]
    return found


@router.get("/statistics", summary="Figures of a period")
def figures(request: HttpRequest, asked: Query[PeriodIn]) -> HttpResponse:
    """Count tickets by level, unit, class and state, and the rulebook's indicators with numerator and denominator (POS-27, POS-28)."""
    found = statistics(_actor(request), asked.asked())
    units = [
        {"unit": u.unit.name, "opened": u.opened, "ended": u.ended, "open": u.open_now, "subtotal": u.is_subtotal} for u in found.units
    ]
    tickets = {"opened": found.tickets.opened, "ended": found.tickets.ended, "open_now": found.tickets.open_now}
    return answer(
        {**tickets, "units": units, "indicators": [_indicator(rate) for rate in found.rates], "duties": [_duty(day) for day in found.days]}
    )


def _indicator(rate: Rate) -> dict[str, Any]:
    """Return an indicator with numerator and denominator."""
    parts = {"numerator": rate.numerator, "denominator": rate.denominator, "value": rate.value}
    return {"name": rate.name, "title": rate.spec.title, **parts, "target": rate.spec.target, "deduction": rate.deduction}


def _duty(day: DutyDay) -> dict[str, Any]:
    """Return one period of a duty."""
    return {"duty": day.duty, "period": day.period, "owed": day.owed, "done": day.done, "required": day.required, "state": day.state}


@router.get("/clauses", summary="How far each clause was kept")
def clauses(request: HttpRequest, asked: Query[PeriodIn]) -> HttpResponse:
    """Return for each clause how often it was kept and broken in the period."""
    found = clause_overview(_actor(request), asked.asked())
    return answer(
        [
            {
                "clause": c.number,
                "text": c.text,
                "kept": c.now.kept,
                "broken": c.now.broken,
                "not_applicable": c.now.void,
                "rate": c.now.rate,
            }
            for c in found.clauses
        ]
    )


@router.get("/findings", summary="What broke a clause, newest first")
def findings(request: HttpRequest, asked: Query[FindingsIn]) -> HttpResponse:
    """Return a page of the findings that broke a clause, each with its limit, versions and evidence."""
    shown, following = clause_breaches(_actor(request), asked.asked(), asked.clause, asked.rule, _after(asked))
    page = {"before_at": following.at, "before_id": following.id} if following else None
    return answer({"findings": [_line(breach) for breach in shown], "next": page})


def _line(breach: Breach) -> dict[str, Any]:
    """Return a finding with its evidence in words of JSON."""
    line = asdict(breach)
    del line["facts"]
    return line | {"evidence": breach.evidence}


def _after(asked: FindingsIn) -> Cursor | None:
    if not asked.before_at or asked.before_id is None:
        return None
    try:
        at = datetime.fromisoformat(asked.before_at)
    except ValueError as wrong:
        raise InvalidInput(
            errors=[FieldError("before_at", _("This cursor does not belong to this list. Begin at the first page."))]
        ) from wrong
    return Cursor(at if at.tzinfo else at.replace(tzinfo=UTC), asked.before_id)
