"""The condition of visibility in hand-written statements: one place for search, list and export (invariant 6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from banjie.customers.access import EVERYTHING, reach
from banjie.people.actor import Actor
from banjie.people.permissions import Permission

_UNITS = "ANY(ARRAY(SELECT id FROM people_unit WHERE path LIKE ANY(%({name})s)))"
_BELOW = "ANY(ARRAY(SELECT b.id FROM people_unit t JOIN people_unit b ON b.path LIKE t.path || '%%' WHERE t.id = %(only_unit)s))"


@dataclass(frozen=True, slots=True)
class Only:
    """Narrow a list or a search; empty values do not. A unit stands for itself and all below."""

    kind: str = ""
    grade: str = ""
    unit_id: int | None = None


NO_LIMITS = Only()


def scope_values(actor: Actor, only: Only) -> dict[str, Any]:
    """Return the parameters that `seen` refers to: patterns of the unit paths in reach, and what the list is narrowed to."""
    return {
        "read": [f"{path}%" for path in reach(actor)],
        "may_see_phone": [f"{path}%" for path in reach(actor, Permission.CUSTOMER_PHONE)],
        "only_kind": only.kind,
        "only_grade": only.grade,
        "only_unit": only.unit_id,
    }


def seen(values: dict[str, Any], only: Only, *, what: str = "read", columns: tuple[str, ...] = ("c.unit_id",)) -> str:
    """Return the condition on `customers_customer c` (and other columns of units) of what may be seen and is asked for.

    `what` is "read" or "may_see_phone".
    """
    conditions = ["true"]
    if f"{EVERYTHING}%" not in values[what]:
        conditions.append(_any(columns, _UNITS.format(name=what)))
    if only.kind:
        conditions.append("c.kind = %(only_kind)s")
    if only.grade:
        conditions.append("c.grade = %(only_grade)s")
    if only.unit_id is not None:
        conditions.append(_any(columns, _BELOW))
    return " AND ".join(conditions)


def _any(columns: tuple[str, ...], units: str) -> str:
    return "(" + " OR ".join(f"{column} = {units}" for column in columns) + ")"
