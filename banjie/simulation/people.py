"""The organisation's people as actors, found by role and unit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from random import Random

from django.db.models import Max

from banjie.people.actor import Actor
from banjie.people.grants import actor_of_member
from banjie.people.models import Post
from banjie.rulebook.program import ActionRule
from banjie.tickets.access import Seen, may_act, may_see


class People:
    """Everybody who holds a post, as an actor; asked once.

    Virtual time may lie before the organisation was founded here: its people work all the same.
    """

    def __init__(self, at: datetime) -> None:
        founded = Post.objects.aggregate(last=Max("since"))["last"]
        at = max(at, founded or at)
        members = (
            Post.objects.filter(until=None, member__is_active=True).values_list("member_id", flat=True).distinct().order_by("member_id")
        )
        self.actors: dict[int, Actor] = {pk: actor_of_member(pk, at) for pk in members}
        self.by_role: dict[str, list[Actor]] = {}
        for actor in self.actors.values():
            for role in sorted({g.role for g in actor.grants}):
                self.by_role.setdefault(role, []).append(actor)

    def able(self, rule: ActionRule, ticket: Seen) -> list[Actor]:
        """Return who may do an action on a ticket."""
        found = [a for role in rule.roles for a in self.by_role.get(role, []) if may_act(a, rule, ticket) and may_see(a, ticket)]
        for relation, member in (("assignee", ticket.assignee_id), ("responsible", ticket.responsible_id), ("opener", ticket.opened_by_id)):
            if relation in rule.relations and member in self.actors:
                found.append(self.actors[member])
        return found

    def pick(self, random: Random, rule: ActionRule, ticket: Seen, *, suits: Callable[[Actor], bool] = lambda _a: True) -> Actor | None:
        """Return one of those who may do an action, None when there is nobody."""
        able = [actor for actor in self.able(rule, ticket) if suits(actor)]
        return random.choice(able) if able else None

    def ids_under(self, path: str) -> dict[str, list[int]]:
        """Return member ids by role, of posts in the unit at `path`, above or below it; under "unit" the units below it with people."""
        result: dict[str, list[int]] = {
            "unit": sorted({g.unit_id for a in self.actors.values() for g in a.grants if g.unit_path.startswith(path)})
        }
        for pk, actor in self.actors.items():
            for grant in actor.grants:
                if grant.unit_path.startswith(path) or path.startswith(grant.unit_path):
                    result.setdefault(grant.role, []).append(pk)
        return result
