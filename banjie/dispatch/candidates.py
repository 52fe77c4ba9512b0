"""Who could take a ticket, how busy each is, and what excludes the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

# Engineers of the region, the one whom the asset names, and the one whom the dispatcher chose; with their open tickets.
# Scalars and plain joins, so that the server keeps one plan. A load is counted up to 200.
_SQL = """
select m.id, m.name, m.is_active, h.unit_id, h.path, coalesce(h.inside, false),
       (select count(*) from (select 1 from tickets_ticket t where t.assignee_id = m.id and t.is_open limit 200) l)
from (
    select distinct on (x.member_id) x.member_id, x.unit_id, x.path, x.inside from (
        select p.member_id, u.id as unit_id, u.path, starts_with(u.path, %(region)s) or starts_with(%(region)s, u.path) as inside, 0 as last
        from people_role r join people_post p on p.role_id = r.id join people_unit u on u.id = p.unit_id
        where r.code = %(role)s and p.until is null and (starts_with(u.path, %(region)s) or p.member_id in (%(first)s, %(second)s))
        union all
        select named.id, null, null, false, 1 from (values (%(first)s::bigint), (%(second)s::bigint)) named (id) where named.id is not null
    ) x
    order by x.member_id, x.last, starts_with(x.path, %(region)s) desc, x.path
) h
join people_member m on m.id = h.member_id
order by m.id not in (coalesce(%(first)s, 0), coalesce(%(second)s, 0)), m.id
limit 60
"""
_RELAY = """
select u.id, u.path, u.name from people_unit u
where starts_with(%s, u.path) and u.is_active and exists (
    select 1 from people_post p join people_role r on r.id = p.role_id join people_member m on m.id = p.member_id
    where p.unit_id = u.id and p.until is null and r.code = %s and m.is_active)
order by length(u.path) desc limit 1
"""


# The path that all units lie under.
EVERYWHERE = "/"


@dataclass(slots=True)
class Candidate:
    """A person who might take the ticket. `excluded` is the reason against, "" when there is none."""

    member_id: int
    name: str
    unit_id: int | None
    unit_path: str
    open_tickets: int
    in_region: bool
    excluded: str = ""
    chosen: bool = False

    def evidence(self) -> dict[str, Any]:
        """Return what the assignment keeps."""
        return {"member": self.member_id, "name": self.name, "open": self.open_tickets, "excluded": self.excluded, "chosen": self.chosen}


def candidates(role: str, region: str, named: list[int]) -> list[Candidate]:
    """Return up to 60 people: those `named` (at most two) first, then holders of `role` in the region. One query."""
    assert len(named) <= 2
    first, second = [*named, None, None][:2]
    with connection.cursor() as cursor:
        cursor.execute(_SQL, {"role": role, "region": region, "first": first, "second": second})
        rows = cursor.fetchall()
    result = []
    for member_id, name, is_active, unit_id, path, in_region, load in rows:
        person = Candidate(member_id, name, unit_id, path or "", load, bool(in_region))
        if not is_active:
            person.excluded = "inactive"
        elif unit_id is None:
            person.excluded = "lacks-role"
        result.append(person)
    return result


def relay_unit(role: str, unit_path: str) -> tuple[int, str, str] | None:
    """Return the nearest unit at or above `unit_path` in which somebody holds `role`: id, path and name."""
    with connection.cursor() as cursor:
        cursor.execute(_RELAY, [unit_path, role])
        row = cursor.fetchone()
    return tuple(row) if row else None
