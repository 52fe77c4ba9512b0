"""What units register for a regulation: who works there, the steps, the limits that they set for themselves (BNK-11, BNK-12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import orjson
from django.db import connection
from django.utils.translation import gettext as _

from banjie.deadlines.models import UnitRegistration
from banjie.kernel.errors import FieldError, InvalidInput, NotPermitted
from banjie.people.actor import Actor
from banjie.people.certified import certified
from banjie.people.models import Post, Unit
from banjie.rulebook import due
from banjie.rulebook.explain.words import listed, title
from banjie.rulebook.program import Program

LONGEST_TEXT = 2000
_LATEST = """
select r.limits, r.texts from deadlines_unitregistration r join people_unit u on u.id = r.unit_id
where r.book = %s and starts_with(%s, u.path) order by length(u.path) desc, r.id desc limit 1
"""


@dataclass(frozen=True, slots=True)
class Registered:
    """What a unit, or the nearest one above it, has registered."""

    limits: Mapping[str, str]
    texts: Mapping[str, str]


def registered(book: str, unit_path: str) -> Registered:
    """Return what counts for a unit; empty where nothing is registered."""
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, [book, unit_path])
        row = cursor.fetchone()
    return Registered(*(orjson.loads(value) if isinstance(value, str | bytes) else value for value in row)) if row else Registered({}, {})


def unit_limit(book: str, limit: str, unit_path: str) -> str:
    """Return the limit that a unit has set for itself, "" where it has set none."""
    return registered(book, unit_path).limits.get(limit, "")


def lacking(program: Program, unit_path: str, at: datetime) -> list[str]:
    """Return, in the reader's words, what a unit still lacks before tickets can be sent to it; nothing where the book asks for nothing."""
    spec = program.book.registration
    if spec is None:
        return []
    found = registered(program.slug, unit_path)
    missing = [program.book.limits[name].title for name in spec.limits if not found.limits.get(name)]
    missing += [text.title for name, text in spec.texts.items() if not found.texts.get(name)]
    if spec.role and not _specialists(program, spec.role, unit_path, at):
        missing.insert(0, program.book.roles[spec.role].title)
    return missing


def _specialists(program: Program, role: str, unit_path: str, at: datetime) -> set[int]:
    """Return who holds the role in a unit or below it, with the certificate that it needs."""
    posts = Post.objects.filter(role__code=role, until=None, member__is_active=True, unit__path__startswith=unit_path)
    members = set(posts.values_list("member_id", flat=True)[:500])
    course = program.book.roles[role].certificate
    return certified(members, course, at) if course else members


def may_register(program: Program, unit: Unit, by: Actor) -> bool:
    """Tell whether the book names a role that `by` holds over the unit."""
    spec = program.book.registration
    if spec is None or by.read_only:
        return False
    return by.is_system or any(grant.role in spec.by and unit.path.startswith(grant.unit_path) for grant in by.grants)


def register_unit(
    program: Program, unit: Unit, limits: Mapping[str, str], texts: Mapping[str, str], *, by: Actor, at: datetime
) -> UnitRegistration:
    """Register a unit's limits and texts for a regulation; running clocks keep the limit under which they began.

    Raises:
        NotPermitted: the book does not ask for it, or names none of the actor's roles over the unit.
        InvalidInput: a limit is no duration, or something is missing; each with its name.
    """
    spec = program.book.registration
    if spec is None or not may_register(program, unit, by):
        who = listed(title(program.book.roles[role]) for role in spec.by) if spec else ""
        clause = program.reference(spec.clause[0]) if spec and spec.clause else ""
        raise NotPermitted(_("Only %(roles)s of this unit may register it.") % {"roles": who} if who else "", clause=clause)
    errors = []
    clean: dict[str, str] = {}
    for name in spec.limits:
        text = limits.get(name, "").strip()
        try:
            due.duration(text)
        except ValueError as wrong:
            errors.append(FieldError(name, f"{program.book.limits[name].title}: {wrong}"))
        clean[name] = text
    written = {name: texts.get(name, "").strip()[:LONGEST_TEXT] for name in spec.texts}
    errors += [
        FieldError(name, _("“%(title)s” is missing.") % {"title": spec.texts[name].title}) for name, text in written.items() if not text
    ]
    if errors:
        raise InvalidInput(clause=program.reference(spec.clause[0] if spec.clause else ""), errors=errors)
    return UnitRegistration.objects.create(
        book=program.slug, unit=unit, limits=clean, texts=written, at=at, by_id=by.member_id, by_name=by.name
    )
