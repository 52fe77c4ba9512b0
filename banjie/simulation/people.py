"""The organisation's people as actors, found by role and unit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random

from django.db.models import Max

from banjie.people.actor import Actor
from banjie.people.grants import actor_of_member
from banjie.people.models import Post
from banjie.rulebook.program import ActionRule, Program
from banjie.tickets.access import may_act, may_see
from banjie.tickets.registry import decider_of, objection_to
from banjie.tickets.step import Snapshot

EVERYWHERE = ("/",)


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
        # Who holds each role, in which unit.
        self.posts: dict[str, list[tuple[int, int, str]]] = {}
        for pk, actor in self.actors.items():
            for role in sorted({g.role for g in actor.grants}):
                self.by_role.setdefault(role, []).append(actor)
            for grant in actor.grants:
                self.posts.setdefault(grant.role, []).append((pk, grant.unit_id, grant.unit_path))

    def able(self, program: Program, rule: ActionRule, ticket: Snapshot) -> list[Actor]:
        """Return who may do an action on a ticket."""
        decide = decider_of(rule.spec.verb)
        found = [
            actor
            for role in sorted(rule.roles)
            for actor in self.by_role.get(role, [])
            if (decide(actor, program, rule, ticket) is None if decide else may_act(actor, rule, ticket)) and may_see(actor, ticket)
        ]
        for relation, member in (("assignee", ticket.assignee_id), ("responsible", ticket.responsible_id), ("opener", ticket.opened_by_id)):
            if relation in rule.relations and member in self.actors:
                found.append(self.actors[member])
        return [actor for actor in found if objection_to(actor, program, rule, ticket) is None]

    def pick(
        self, random: Random, program: Program, rule: ActionRule, ticket: Snapshot, *, suits: Callable[[Actor], bool] = lambda _a: True
    ) -> Actor | None:
        """Return one of those who may do an action, None when there is nobody; a colleague of those who are in it, where there is one."""
        able = [actor for actor in self.able(program, rule, ticket) if suits(actor)]
        apart = [actor for actor in able if actor.member_id not in (ticket.opened_by_id, ticket.assignee_id)]
        return random.choice((not rule.relations and apart) or able) if able else None

    def reach(self, actor: Actor, rule: ActionRule, unit_path: str, opener: int | None = None, has_it: int | None = None) -> Reach:
        """Return whom the actor may name in the form of an action on a ticket of a unit."""
        posts = tuple(g.unit_path for g in actor.grants if g.role in rule.roles) or tuple(g.unit_path for g in actor.grants)
        anywhere = rule.spec.match is not None and rule.spec.match.anywhere
        return Reach(self, EVERYWHERE if anywhere else posts, unit_path, frozenset({opener, has_it}), has_it)


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom and which units somebody may name in a form: those under his posts, those of the ticket's own unit before others.

    `apart` are people who are named last: who opened the ticket. Who has it already is not named at all.
    """

    people: People
    posts: tuple[str, ...]
    unit_path: str
    apart: frozenset[int | None]
    has_it: int | None = None

    def members(self, role: str) -> list[int]:
        """Return the holders of a role; with "" everybody who holds any post."""
        held = self._held(role)
        near = [m for m, _unit, path in held if path.startswith(self.unit_path) or self.unit_path.startswith(path)]
        for found in (near, [m for m, _unit, _path in held]):
            if others := {m for m in found if m not in self.apart}:
                return sorted(others)
        return sorted({m for m, _unit, _path in held if m != self.has_it})

    def units(self, role: str) -> list[int]:
        """Return the units in which somebody holds a role; those beside the ticket's own first of all."""
        held = self._held(role)
        return sorted({unit for _m, unit, path in held if path != self.unit_path} or {unit for _m, unit, _path in held})

    def _held(self, role: str) -> list[tuple[int, int, str]]:
        found = self.people.posts.get(role, []) if role else [post for posts in self.people.posts.values() for post in posts]
        return [post for post in found if any(post[2].startswith(path) for path in self.posts)]
