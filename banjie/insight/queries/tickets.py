"""How many tickets were opened and ended, by level, unit, type, state and day (POS-27)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from banjie.insight.access import Scope
from banjie.insight.period import Period
from banjie.insight.queries import openers
from banjie.insight.queries.sql import IN_SCOPE, asked, rows, versions_of
from banjie.rulebook.program import Program

_WHERE = "t.rulebook_version_id = any(%(versions)s) and " + IN_SCOPE.format("t")
_BETWEEN = "t.{0} >= %(begin)s and t.{0} < %(end)s"

# Counted in two steps: the million rows once, then a few thousand groups by each dimension.
_CUBE = """
with counted as (
    select t.unit_id, t.type, t.state, t.opened_by_id, {moved} as moved_level, count(*) as n
    from tickets_ticket t where {when} and {where} group by 1, 2, 3, 4, 5
), levelled as (
    select c.unit_id, c.type, c.state, coalesce(c.moved_level, s.level, '') as level, c.n
    from counted c left join {settled} on s.member = c.opened_by_id
)
select grouping(unit_id, type, state, level), coalesce(unit_id::text, type, state, level, ''), sum(n)::bigint
from levelled group by grouping sets ((unit_id), (type), (state), (level), ())
"""
_STEPS = """
select width_bucket(t.{column}, %(steps)s::timestamptz[]), count(*) from tickets_ticket t where {when} and {where} group by 1
"""
_TOTAL = "select count(*) from tickets_ticket t where {when} and {where}"
_DIMENSIONS = {0b0111: "unit", 0b1011: "type", 0b1101: "state", 0b1110: "level"}


@dataclass(frozen=True, slots=True)
class Cube:
    """A number of tickets, and the same number by each dimension. Units are those where the tickets stand now, states the present ones."""

    total: int = 0
    by_unit: Mapping[int, int] = field(default_factory=dict)
    by_type: Mapping[str, int] = field(default_factory=dict)
    by_state: Mapping[str, int] = field(default_factory=dict)
    by_level: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TicketFigures:
    """Tickets opened in the period, ended in it, and open at this moment whenever they began.

    `opened_steps` and `ended_steps` follow `Period.steps`. `before` are the totals opened and ended of the period before.
    """

    opened: Cube
    ended: Cube
    open_now: Cube
    opened_steps: list[int]
    ended_steps: list[int]
    before: tuple[int, int]


def ticket_figures(program: Program, period: Period, scope: Scope) -> TicketFigures:
    """Count the tickets of a rulebook, all its versions, within `scope`."""
    params = asked(program.slug, period, scope) | openers.opener_levels(program) | {"versions": versions_of(program.slug)}
    earlier = params | {"begin": period.before().begin, "end": period.before().end}
    return TicketFigures(
        opened=_cube(_BETWEEN.format("opened_at"), params),
        ended=_cube(_BETWEEN.format("ended_at"), params),
        open_now=_cube("t.is_open", params),
        opened_steps=_steps("opened_at", params),
        ended_steps=_steps("ended_at", params),
        before=(_total("opened_at", earlier), _total("ended_at", earlier)),
    )


def _cube(when: str, params: Mapping[str, Any]) -> Cube:
    found: dict[str, Counter[str]] = {name: Counter() for name in _DIMENSIONS.values()}
    total = 0
    moved = openers.MOVED if params["moved"] else "null::text"
    for mask, key, n in rows(_CUBE.format(moved=moved, settled=openers.SETTLED, when=when, where=_WHERE), params):
        if mask in _DIMENSIONS:
            found[_DIMENSIONS[mask]][key] = n
        else:
            total = n or 0
    by_unit = {int(key): n for key, n in found["unit"].items()}
    return Cube(total, by_unit, found["type"], found["state"], found["level"])


def _steps(column: str, params: Mapping[str, Any]) -> list[int]:
    counts = dict(rows(_STEPS.format(column=column, when=_BETWEEN.format(column), where=_WHERE), params))
    return [counts.get(n + 1, 0) for n in range(len(params["steps"]))]


def _total(column: str, params: Mapping[str, Any]) -> int:
    return int(rows(_TOTAL.format(when=_BETWEEN.format(column), where=_WHERE), params)[0][0])
