"""The regulations of which a list shows tickets: by itself those by which the person works, or the one he chooses, or all."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from banjie.people.actor import Actor
from banjie.rulebook.models import RulebookVersion
from banjie.rulebook.own import own_programs
from banjie.rulebook.program import Program
from banjie.tickets.possible import titled

ALL = "all"


def chosen_programs(actor: Actor, programs: Sequence[Program], law: str) -> list[Program]:
    """Return the rulebooks that a list shows. `law` is "", the name of one, or "all"; one that is not in force counts as "".

    Who has a role in some of them sees these first, so that another department's work does not stand between his own.
    """
    if law == ALL:
        return list(programs)
    return [program for program in programs if program.slug == law] or own_programs(actor, programs)


def versions_shown(actor: Actor, programs: Sequence[Program], law: str) -> tuple[int, ...]:
    """Return the rulebook versions to which a list is narrowed, retired ones too, because older tickets keep theirs; none for all."""
    chosen = chosen_programs(actor, programs, law)
    if len(chosen) == len(programs):
        return ()
    slugs = [program.slug for program in chosen]
    return tuple(RulebookVersion.objects.filter(rulebook__slug__in=slugs).values_list("id", flat=True))


def laws_offered(actor: Actor, programs: Sequence[Program], language: str) -> list[tuple[str, str]]:
    """Return what may be chosen, as value and title; nothing while only one rulebook is in force."""
    if len(programs) < 2:
        return []
    books = [(program.slug, titled(program.book, language)) for program in programs]
    if len(own_programs(actor, programs)) == len(programs):
        return [("", _("All regulations")), *books]
    return [("", _("My regulations")), *books, (ALL, _("All regulations"))]
