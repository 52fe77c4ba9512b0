"""Compiled rulebooks by version, and the active ones."""

from __future__ import annotations

from functools import lru_cache

from django.db import connection
from django.utils.translation import gettext as _

from banjie.kernel.errors import Refused
from banjie.rulebook.check import parse
from banjie.rulebook.models import RulebookVersion
from banjie.rulebook.program import Program, compile_book

_ACTIVE = """
select v.id from rulebook_rulebookversion v join rulebook_rulebook b on b.id = v.rulebook_id where v.status = %s order by b.slug
"""


class NoSuchType(Refused):
    """No active rulebook has this type of ticket."""

    status = 422
    code = "no-such-type"


@lru_cache(maxsize=256)
def program_of(version_id: int) -> Program:
    """Return the compiled form of a version. Versions are immutable once tickets use them, so caching is always right.

    It was checked when it was activated; a check that has become stricter since must not stop the tickets that use it.
    """
    version = RulebookVersion.objects.only("id", "number", "source").get(pk=version_id)
    return compile_book(parse(version.source), version_id=version.pk, number=version.number)


def active_programs() -> list[Program]:
    """Return the compiled active versions, by slug. One query, by hand: every new ticket and most pages ask it."""
    with connection.cursor() as cursor:
        cursor.execute(_ACTIVE, [RulebookVersion.Status.ACTIVE.value])
        ids = [row[0] for row in cursor.fetchall()]
    return [program_of(pk) for pk in ids]


def active_program(slug: str) -> Program:
    """Return the active version of a rulebook.

    Raises:
        NoSuchType: there is none.
    """
    for program in active_programs():
        if program.slug == slug:
            return program
    raise NoSuchType(_("No active rulebook “%(slug)s”.") % {"slug": slug})
