"""Who holds the roles of sign-offs, by name, with the deputies of this moment: read once for a page, however many tickets it shows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from banjie.approval.standing import ABLE, POSTS

_SQL = f"""
select r.code, m.id, m.name, u.path, d.ids, d.names
from {POSTS}
cross join lateral (
    select coalesce(array_agg(b.id order by g.id), '{{}}') as ids, coalesce(array_agg(b.name order by g.id), '{{}}') as names
    from people_delegation g join people_member b on b.id = g.deputy_id and b.is_active
    where g.member_id = m.id and g.since <= %(at)s and g.until > %(at)s and g.ended_at is null) d
where {ABLE} and exists (select from unnest(%(paths)s::text[]) x where starts_with(x, u.path))
order by length(u.path) desc, m.id
"""  # noqa: S608  constants of this room


@dataclass(frozen=True, slots=True)
class Holder:
    """A member who holds a role in a unit, and who is his deputy now: (id, name)."""

    role: str
    member_id: int
    name: str
    unit_path: str
    deputies: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Holding:
    """The holders of some roles over some units. Called, it tells who holds each role over one unit, as `standing.holders_of` does."""

    rows: tuple[Holder, ...] = ()

    def __call__(self, roles: Collection[str], unit_path: str) -> dict[str, frozenset[int]]:
        return {role: frozenset(one.member_id for one in self.over(unit_path) if one.role == role) for role in roles}

    def over(self, unit_path: str) -> list[Holder]:
        """Return the holders over one unit, the nearest first."""
        return [one for one in self.rows if unit_path.startswith(one.unit_path)]


def holding(roles: Collection[str], unit_paths: Collection[str], at: datetime) -> Holding:
    """Return who holds the roles over the units, with the deputies at `at`; asks the database only when there is something to ask."""
    if not roles or not unit_paths:
        return Holding()
    with connection.cursor() as cursor:
        cursor.execute(_SQL, {"roles": sorted(roles), "paths": sorted(unit_paths), "at": at})
        rows = cursor.fetchall()
    return Holding(
        tuple(Holder(role, member, name, path, tuple(zip(ids, names, strict=True))) for role, member, name, path, ids, names in rows)
    )
