"""A ledger (台账): the tickets of some types as a table, with what was entered about each, whichever action asked for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from banjie.insight.access import Scope, scope_of, seen_units
from banjie.insight.queries.sql import rows
from banjie.insight.queries.statistics import Asked
from banjie.people.actor import Actor
from banjie.rulebook.language import Ledger

PAGE = 50
MOST_EXPORTED = 10_000

# What stands in the ticket's own record counts; else what an action asked last.
_ROWS = """
with page as (
    select t.id from tickets_ticket t
    join rulebook_rulebookversion v on v.id = t.rulebook_version_id join rulebook_rulebook b on b.id = v.rulebook_id
    where b.slug = %(book)s and t.type = any(%(types)s) and t.opened_at >= %(begin)s and t.opened_at < %(end)s
        and (%(units)s::bigint[] is null or t.unit_id = any(%(units)s)) and (%(after)s::bigint is null or t.id < %(after)s)
        and (%(state)s = '' or (%(state)s = 'open') = t.is_open)
    order by t.id desc limit %(limit)s
)
select t.id, t.number, t.rulebook_version_id, t.type, t.state, t.is_open, t.unit_id, t.assignee_id, u.name, m.name, t.opened_at, t.ended_at,
    t.fields::text, coalesce((
        select jsonb_object_agg(said.key, said.value) from (
            select distinct on (x.key) x.key, x.value from tickets_event e, jsonb_each(e.payload) x
            where e.ticket_id = t.id and x.key = any(%(columns)s) and x.value <> '""'::jsonb order by x.key, e.seq desc) said), '{}'::jsonb)::text
from page p join tickets_ticket t on t.id = p.id join people_unit u on u.id = t.unit_id left join people_member m on m.id = t.assignee_id
order by t.id desc
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One ticket of a ledger; `values` are the ledger's own columns, as they were entered."""

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


def ledger_rows(actor: Actor, asked: Asked, ledger: Ledger, state: str = "", *, after: int | None = None, limit: int = PAGE) -> list[Row]:
    """Return the tickets opened in the period that the actor's figures may count, the newest first, up to one more than `limit`.

    Of a ledger that the rulebook shares they are those of all units: experience is for everybody (FQR-10).

    Args:
        state: "open", "ended", or "" for both.

    Raises:
        NotPermitted: the actor may read no figures; Unseen: the unit is not his.
    """
    units = seen_units(actor)
    scope = Scope(None) if ledger.shared and asked.unit_id is None else scope_of(units, asked.unit_id)
    found = rows(
        _ROWS,
        {
            "book": asked.book,
            "types": [name for name in ledger.types if asked.type_name in ("", name)],
            "begin": asked.period.begin,
            "end": asked.period.end,
            "units": list(scope.units) if scope.units is not None else None,
            "after": after,
            "state": state if state in ("open", "ended") else "",
            "columns": ledger.columns,
            "limit": limit + 1,
        },
    )
    return [Row(*(*row[:12], {**orjson.loads(row[13]), **_entered(orjson.loads(row[12]))})) for row in found]


def _entered(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in (None, "")}
