"""A ledger (台账): the tickets of some types as a table, with what was entered about each, whichever action asked for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from banjie.insight.access import Scope, scope_of, seen_units
from banjie.insight.queries.ledger_facts import facts_of, value_of
from banjie.insight.queries.sql import rows, versions_of
from banjie.insight.queries.statistics import Asked
from banjie.people.actor import Actor
from banjie.rulebook.keeping import Ledger

PAGE = 50
MOST_EXPORTED = 10_000

_TICKETS = """from tickets_ticket t
    where t.rulebook_version_id = any(%(versions)s) and t.type = any(%(types)s) and t.opened_at >= %(begin)s and t.opened_at < %(end)s
        and (%(units)s::bigint[] is null or t.unit_id = any(%(units)s)) {more}"""
_AFTER = """and t.opened_at <= (select a.opened_at from tickets_ticket a where a.id = %(after)s)
        and (t.opened_at, t.id) < ((select a.opened_at from tickets_ticket a where a.id = %(after)s), %(after)s)"""
# What stands in the ticket's own record counts; else what an action asked last.
_ROWS = """
with page as (
    select t.id {tickets}
    order by t.opened_at desc, t.id desc limit %(limit)s
)
select t.id, t.number, t.rulebook_version_id, t.type, t.state, t.is_open, t.unit_id, t.assignee_id, u.name, m.name, t.opened_at, t.ended_at,
    t.fields::text, coalesce((
        select jsonb_object_agg(said.key, said.value) from (
            select distinct on (x.key) x.key, x.value from tickets_event e, jsonb_each(e.payload) x
            where e.ticket_id = t.id and e.kind in ('opened', 'action') and x.key = any(%(columns)s) order by x.key, e.seq desc) said), '{{}}'::jsonb)::text,
    {facts}::text
from page p join tickets_ticket t on t.id = p.id join people_unit u on u.id = t.unit_id left join people_member m on m.id = t.assignee_id
order by t.opened_at desc, t.id desc
"""
_COUNT = "select {value}, count(*) {tickets} group by 1 order by 2 desc, 1 limit 500"
_TOTAL = "select count(*) {tickets}"


@dataclass(frozen=True, slots=True)
class Row:
    """One ticket of a ledger; `values` are the ledger's own columns, as they were entered, and its facts."""

    id: int
    number: str
    version_id: int
    type: str
    state: str
    is_open: bool
    unit_id: int
    assignee_id: int | None
    unit: str
    assignee: str | None
    opened_at: datetime
    ended_at: datetime | None
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What a ledger is narrowed to: `only` "open" or "ended" tickets, those in a `state`, a part of the `number`, `values` of choice columns."""

    only: str = ""
    state: str = ""
    number: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


EVERYTHING = Narrowed()


def ledger_scope(actor: Actor, asked: Asked, ledger: Ledger) -> Scope:
    """Return of which units the actor reads a ledger; of one that the rulebook shares, of all: experience is for everybody (FQR-10).

    Raises:
        NotPermitted: the actor may read no figures; Unseen: the unit is not his.
    """
    units = seen_units(actor)
    return Scope(None) if ledger.shared and asked.unit_id is None else scope_of(units, asked.unit_id)


def ledger_rows(
    actor: Actor, asked: Asked, ledger: Ledger, narrowed: Narrowed = EVERYTHING, *, after: int | None = None, limit: int = PAGE
) -> list[Row]:
    """Return the tickets opened in the period that the actor's figures may count, the newest first, up to one more than `limit`.

    Args:
        after: the id of the last row of the page before.

    Raises:
        NotPermitted: the actor may read no figures; Unseen: the unit is not his.
    """
    return rows_in(ledger_scope(actor, asked, ledger), asked, ledger, narrowed, after=after, limit=limit)


def rows_in(
    scope: Scope, asked: Asked, ledger: Ledger, narrowed: Narrowed = EVERYTHING, *, after: int | None = None, limit: int = PAGE
) -> list[Row]:
    """Return the rows of a scope, whoever asks; one statement, so that they are all of one moment."""
    more, params = _narrowing(scope, asked, ledger, narrowed)
    tickets = _TICKETS.format(more=more + (_AFTER if after is not None else ""))
    sql = _ROWS.format(tickets=tickets, facts=facts_of(ledger.columns))
    found = rows(sql, params | {"after": after, "columns": ledger.columns, "limit": limit + 1})
    return [Row(*(*row[:12], {**orjson.loads(row[13]), **_entered(orjson.loads(row[12])), **orjson.loads(row[14])})) for row in found]


def total_in(scope: Scope, asked: Asked, ledger: Ledger, narrowed: Narrowed = EVERYTHING) -> int:
    """Return how many tickets a ledger holds."""
    more, params = _narrowing(scope, asked, ledger, narrowed)
    return int(rows(_TOTAL.format(tickets=_TICKETS.format(more=more)), params)[0][0])


def counts_in(scope: Scope, asked: Asked, ledger: Ledger, narrowed: Narrowed = EVERYTHING) -> dict[str, dict[str, int]]:
    """Return for each column in `count_by` how many tickets have which value, the most frequent first; "" stands for none."""
    more, params = _narrowing(scope, asked, ledger, narrowed)
    tickets = _TICKETS.format(more=more)
    return {
        column: dict(rows(_COUNT.format(value=value_of(column, "counted"), tickets=tickets), params | {"counted": column}))
        for column in ledger.count_by
    }


def _narrowing(scope: Scope, asked: Asked, ledger: Ledger, narrowed: Narrowed) -> tuple[str, dict[str, Any]]:
    """Return the conditions and all parameters; what people typed is only ever a parameter."""
    more = []
    if narrowed.only in ("open", "ended"):
        more.append("and t.is_open" if narrowed.only == "open" else "and not t.is_open")
    if narrowed.state:
        more.append("and t.state = %(state)s")
    params: dict[str, Any] = {
        "versions": versions_of(asked.book),
        "types": [name for name in ledger.types if asked.type_name in ("", name)],
        "begin": asked.period.begin,
        "end": asked.period.end,
        "units": list(scope.units) if scope.units is not None else None,
        "state": narrowed.state,
    }
    if narrowed.number:
        more.append("and position(%(number)s in t.number) > 0")
        params["number"] = narrowed.number.strip().upper()
    for place, (column, value) in enumerate(narrowed.values.items()):
        more.append(f"and {value_of(column, f'column_{place}')} = %(value_{place})s")
        params |= {f"column_{place}": column, f"value_{place}": value}
    return "\n        ".join(more), params


def _entered(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in (None, "")}
