"""To whom a signature may be handed over."""

from __future__ import annotations

from banjie.approval.standing import Standing, holders_of
from banjie.people.actor import Actor
from banjie.people.models import Member
from banjie.rulebook.program import ActionRule, Program
from banjie.tickets.possible import titled
from banjie.tickets.step import Snapshot

MOST_OFFERED = 500


def successors(program: Program, rule: ActionRule, ticket: Snapshot, by: Actor, language: str) -> list[tuple[int, str]]:
    """Return who may be chosen, with his posts: whoever holds one of this regulation over the unit, did not apply, and is not asked anyway."""
    standing = Standing.of(program, rule, ticket)
    asked = standing.progress().roles
    held = holders_of(program.book.roles, ticket.unit_path)
    none = frozenset[int]()
    able = none.union(*held.values()) - none.union(*(held[role] for role in asked)) - standing.excluded - {by.member_id}
    people = Member.objects.filter(pk__in=able).order_by("name", "pk").values_list("pk", "name")[:MOST_OFFERED]
    titles = {role: titled(program.book.roles[role], language) for role in held}
    return [(pk, f"{name} · {'、'.join(titles[role] for role, members in held.items() if pk in members)}") for pk, name in people]
