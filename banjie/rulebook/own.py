"""Which regulations somebody works by, when several are in force."""

from __future__ import annotations

from collections.abc import Sequence

from banjie.people.actor import Actor
from banjie.rulebook.program import Program


def own_programs(actor: Actor, programs: Sequence[Program]) -> list[Program]:
    """Return the rulebooks in which the person has a role; all of them when he has none, because he looks after the whole."""
    held = {grant.role for grant in actor.grants}
    return [program for program in programs if held & set(program.book.roles)] or list(programs)


def own_first(actor: Actor, programs: Sequence[Program]) -> list[Program]:
    """Return all rulebooks, those in which the person has a role before the others."""
    own = {program.slug for program in own_programs(actor, programs)}
    return sorted(programs, key=lambda program: program.slug not in own)
