"""Compiled rulebooks by version, and the active ones."""

from __future__ import annotations

from functools import lru_cache

from django.utils.translation import gettext as _

from banjie.kernel.errors import Refused
from banjie.rulebook.check import parse
from banjie.rulebook.models import RulebookVersion
from banjie.rulebook.program import Program, compile_book


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
    """Return the compiled active versions, by slug. One query."""
    ids = RulebookVersion.objects.filter(status=RulebookVersion.Status.ACTIVE).order_by("rulebook__slug").values_list("id", flat=True)
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
