"""What broke a clause, newest first, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from banjie.insight.access import scope_of, seen_units
from banjie.insight.queries.sql import asked as parameters
from banjie.insight.queries.sql import of_findings, rows
from banjie.insight.queries.statistics import Asked
from banjie.people.actor import Actor

PAGE = 50
MOST_EXPORTED = 50_000

# `page` is a short list, joined last: what describes a finding is looked up only for the rows that are shown.
_BREACHES = of_findings("""
with page as (
    select f.id, f.at {findings} and f.outcome = 'breached' and f.clause = %(clause)s and (%(rule)s = '' or f.rule = %(rule)s)
        and (%(after_at)s::timestamptz is null or (f.at, f.id) < (%(after_at)s::timestamptz, %(after_id)s))
    order by f.at desc, f.id desc limit %(limit)s
)
select f.id, f.at, f.kind, f.rule, t.number, f.type, u.name, m.name, f.started_at, f.due_at, coalesce(f.ended_at, c.stopped_at),
    coalesce(f.evidence->>'limit', ''), v.number, coalesce(k.code || ' v' || kv.number, ''), f.corrects_id is not null, f.evidence::text
from page p join deadlines_finding f on f.id = p.id
left join deadlines_clock c on f.kind = 'deadline' and c.id = (f.evidence->>'clock')::bigint
left join tickets_ticket t on t.id = f.ticket_id
left join people_unit u on u.id = f.unit_id left join people_member m on m.id = f.owner_id
join rulebook_rulebookversion v on v.id = f.rulebook_version_id
left join worktime_calendarversion kv on kv.id = f.calendar_version_id left join worktime_calendar k on k.id = kv.calendar_id
order by f.at desc, f.id desc
""")


@dataclass(frozen=True, slots=True)
class Breach:
    """A finding that broke a clause. `ended_at` is None while the clock still runs late."""

    id: int
    at: datetime
    kind: str
    rule: str
    ticket: str | None
    type: str
    unit: str | None
    owner: str | None
    started_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    limit: str
    rulebook_version: int
    calendar: str
    is_correction: bool
    facts: str

    @property
    def evidence(self) -> dict[str, Any]:
        """What the finding keeps beside its columns."""
        found: dict[str, Any] = orjson.loads(self.facts)
        return found

    def late(self, now: datetime) -> timedelta | None:
        """Return how late it ended, or is by now; None where lateness has no meaning (duties)."""
        if self.due_at is None or self.kind != "deadline":
            return None
        return (self.ended_at or now) - self.due_at


@dataclass(frozen=True, slots=True)
class Cursor:
    """After which finding a page begins."""

    at: datetime
    id: int


def clause_breaches(
    actor: Actor, asked: Asked, clause: str, rule: str = "", cursor: Cursor | None = None, limit: int = PAGE
) -> tuple[list[Breach], Cursor | None]:
    """Return the findings that broke a clause in the period, newest first, and where the next page begins.

    Raises:
        NotPermitted: the actor may read no figures.
        Unseen: the unit is not his.
    """
    scope = scope_of(seen_units(actor), asked.unit_id)
    params = parameters(asked.book, asked.period, scope) | {
        "clause": clause,
        "rule": rule,
        "after_at": cursor.at if cursor else None,
        "after_id": cursor.id if cursor else None,
        "limit": limit + 1,
    }
    found = [Breach(*row) for row in rows(_BREACHES, params)]
    shown = found[:limit]
    following = Cursor(shown[-1].at, shown[-1].id) if len(found) > limit else None
    return shown, following
