"""What the filters of the queue offer."""

from __future__ import annotations

from django.db.models import QuerySet

from banjie.people.actor import Actor
from banjie.people.models import Unit
from banjie.people.permissions import Permission
from banjie.people.queries import units_for
from banjie.rulebook.models import RulebookVersion

MOST_UNITS = 500


def units_offered(actor: Actor) -> list[Unit]:
    """Return the units whose tickets the actor may read, top down; none when he sees his own only."""
    if all(grant.own_only or Permission.TICKET_READ not in grant.permissions for grant in actor.grants):
        return []
    units: QuerySet[Unit] = units_for(Permission.TICKET_READ, actor)
    return list(units.only("id", "name", "path")[:MOST_UNITS])


def versions_of(book: str, type_name: str) -> tuple[int, ...]:
    """Return all versions of a rulebook, because older tickets keep theirs; nothing when no type is chosen."""
    if not book or not type_name:
        return ()
    return tuple(RulebookVersion.objects.filter(rulebook__slug=book).values_list("id", flat=True))
