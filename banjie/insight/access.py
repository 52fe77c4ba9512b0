"""What of the organisation a report may count: the units in which the reader holds `insight:read` (invariant 6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from banjie.kernel.errors import NotPermitted, Unseen
from banjie.people.actor import Actor
from banjie.people.permissions import Permission
from banjie.people.queries import units_for
from banjie.tickets.access import is_root


@dataclass(frozen=True, slots=True)
class SeenUnit:
    """A unit of a report. `depth` counts from the top of what is shown."""

    id: int
    name: str
    kind: str
    path: str
    depth: int


@dataclass(frozen=True, slots=True)
class Scope:
    """What is counted: `units` of the organisation (None: all of it) and `types` of tickets (none named: all).

    Duties are judged for the whole organisation, so that a part sees its share of their work but not their verdict.
    """

    units: tuple[int, ...] | None
    types: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        return self.units is None and not self.types


def seen_units(actor: Actor) -> list[SeenUnit]:
    """Return the units whose figures the actor may read, top down.

    Raises:
        NotPermitted: there is none; a post that covers only the person's own tickets gives none.
    """
    found = units_for(Permission.INSIGHT_READ, actor).values_list("id", "name", "kind", "path")
    units: list[SeenUnit] = []
    for pk, name, kind, path in found:
        above = next((u for u in reversed(units) if path.startswith(u.path)), None)
        units.append(SeenUnit(pk, name, kind, path, above.depth + 1 if above else 0))
    if not units:
        raise NotPermitted
    return units


def scope_of(units: Sequence[SeenUnit], unit_id: int | None = None, types: Sequence[str] = ()) -> Scope:
    """Return the scope of a report over `units`, narrowed to one of them with what lies below.

    Raises:
        Unseen: `unit_id` is not among them.
    """
    if unit_id is None:
        is_all = any(is_root(unit.path) for unit in units)
        return Scope(None if is_all else tuple(unit.id for unit in units), tuple(types))
    chosen = next((unit for unit in units if unit.id == unit_id), None)
    if chosen is None:
        raise Unseen
    below = None if is_root(chosen.path) else tuple(unit.id for unit in units if unit.path.startswith(chosen.path))
    return Scope(below, tuple(types))
