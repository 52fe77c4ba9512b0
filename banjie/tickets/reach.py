"""What an actor may see, as SQL: for lists, search and counts that the ORM would make slow.

The same rule as `access.visible_tickets`; a test holds the two against each other.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from banjie.people.actor import Actor
from banjie.people.permissions import Permission
from banjie.tickets.access import has_any_grant, reading_paths, sees_everything

# The units, and a 0 for whoever has copies: most people have none, and every list is then spared one of its ways.
_UNITS_AND_COPIES = """
select u.id from people_unit u, unnest(%s::text[]) p where starts_with(u.path, p)
union all select 0 where exists (select from tickets_copy where member_id = %s) order by 1
"""


@dataclass(frozen=True, slots=True)
class Reach:
    """The ways into an actor's tickets: everything, the tickets of some units, and those of a person: his own, and those of which he has a copy."""

    everything: bool
    units: tuple[int, ...]
    member_id: int | None
    copies: bool = False

    @property
    def nothing(self) -> bool:
        return not self.everything and not self.units and self.member_id is None


def reach_of(actor: Actor) -> Reach:
    """Return the actor's reach, by at most one small query."""
    if sees_everything(actor):
        return Reach(True, (), actor.member_id)
    if not has_any_grant(actor):
        return Reach(False, (), None)
    with connection.cursor() as cursor:
        cursor.execute(_UNITS_AND_COPIES, [reading_paths(actor), actor.member_id])
        found = [row[0] for row in cursor.fetchall()]
    return Reach(False, tuple(unit for unit in found if unit), actor.member_id, copies=0 in found)


def live_topics(actor: Actor) -> str:
    """Return the live topics of a list: the units of the actor's posts, and himself."""
    units = sorted({grant.unit_id for grant in actor.grants if not grant.own_only and Permission.TICKET_READ in grant.permissions})
    return " ".join([*(f"unit:{unit}" for unit in units[:20]), f"member:{actor.member_id}"])
