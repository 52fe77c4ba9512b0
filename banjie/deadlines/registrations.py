"""All units with what they have registered for a regulation, and what each still lacks (BNK-11)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Q, QuerySet

from banjie.deadlines.models import UnitRegistration
from banjie.people.actor import Actor
from banjie.people.certified import certified
from banjie.people.models import Post, Unit
from banjie.people.permissions import Permission
from banjie.rulebook.explain.words import span, title
from banjie.rulebook.program import Program
from banjie.rulebook.queries import active_programs

MOST_UNITS = 2000
MOST_HOLDERS = 20_000
MOST_NAMED = 10


class Readiness(StrEnum):
    """Whether tickets can be sent to a unit."""

    READY = "ready"
    LACKING = "lacking"


@dataclass(frozen=True, slots=True)
class Standing:
    """A unit under a regulation that asks it to register. Limits, texts and what is `missing` are in the reader's words.

    `source` is the unit whose registration counts: the unit itself or the nearest one above it. `uncertified` hold the
    specialist's post without the certificate that it needs.
    """

    unit: Unit
    specialists: tuple[str, ...]
    uncertified: tuple[str, ...]
    limits: Mapping[str, str]
    texts: Mapping[str, str]
    source: Unit | None
    at: datetime | None
    by: str
    missing: tuple[str, ...]

    @property
    def state(self) -> Readiness:
        return Readiness.LACKING if self.missing else Readiness.READY


def asking_programs() -> list[Program]:
    """Return the active regulations that ask units to register."""
    return [program for program in active_programs() if program.book.registration]


def units_for(by: Actor) -> QuerySet[Unit]:
    """Return the active units whose registration `by` may read: those whose tickets he reads, and those that he manages or works for."""
    if by.is_system:
        return Unit.objects.filter(is_active=True).order_by("path")
    within = Q(pk__in=[])
    for grant in by.grants:
        reads = grant.permissions & {Permission.TICKET_READ, Permission.UNIT_MANAGE}
        if reads and not grant.own_only and grant.behalf_of is None:
            within |= Q(path__startswith=grant.unit_path)
    return Unit.objects.filter(within, is_active=True).order_by("path")


def standings(program: Program, units: Sequence[Unit], at: datetime) -> list[Standing]:
    """Return how each unit stands; four queries, however many units there are."""
    registered = _latest(program.slug)
    holders, able = _specialists(program, at)
    return [_standing(program, unit, registered, holders, able) for unit in units]


def history_of(program: Program, unit: Unit) -> list[UnitRegistration]:
    """Return what a unit has registered itself, the latest first."""
    return list(UnitRegistration.objects.filter(book=program.slug, unit=unit).order_by("-pk")[:50])


def in_words(program: Program, row: UnitRegistration) -> list[tuple[str, str]]:
    """Return what a registration says: titles and values."""
    spec, book = program.book.registration, program.book
    limits = [(title(book.limits[name]) if name in book.limits else name, span(text)) for name, text in row.limits.items()]
    known = spec.texts if spec else {}
    return limits + [(title(known[name]) if name in known else name, text) for name, text in row.texts.items()]


def _latest(book: str) -> dict[int, UnitRegistration]:
    rows = UnitRegistration.objects.filter(book=book).select_related("unit").order_by("unit_id", "-pk").distinct("unit_id")
    return {row.unit_id: row for row in rows[:MOST_HOLDERS]}


def _specialists(program: Program, at: datetime) -> tuple[dict[int, list[tuple[int, str]]], set[int]]:
    """Return who holds the specialist's role in each unit or below it, and which of them have its certificate."""
    spec = program.book.registration
    if spec is None or spec.role is None:
        return {}, set()
    posts = Post.objects.filter(role__code=spec.role, until=None, member__is_active=True).order_by("member__name", "pk")
    rows = list(posts.values_list("member_id", "member__name", "unit__path")[:MOST_HOLDERS])
    course = program.book.roles[spec.role].certificate
    members = {member for member, _name, _path in rows}
    holders: dict[int, list[tuple[int, str]]] = {}
    for member, name, path in rows:
        for unit in _chain(path):
            holders.setdefault(unit, []).append((member, name))
    return holders, certified(members, course, at) if course else members


def _chain(path: str) -> Iterator[int]:
    """Yield the ids of a path, the nearest unit first."""
    return (int(part) for part in reversed(path.strip("/").split("/")))


def _standing(
    program: Program, unit: Unit, registered: Mapping[int, UnitRegistration], holders: Mapping[int, list[tuple[int, str]]], able: set[int]
) -> Standing:
    spec, book = program.book.registration, program.book
    assert spec is not None  # asked only for books that have one
    row = next((registered[pk] for pk in _chain(unit.path) if pk in registered), None)
    here = dict(holders.get(unit.pk, ()))
    if not here and row is not None:  # a team below a registered branch: its tickets go to the branch's specialist
        here = dict(holders.get(row.unit_id, ()))
    specialists = [name for member, name in here.items() if member in able]
    limits = {name: row.limits.get(name, "") if row else "" for name in spec.limits}
    texts = {name: row.texts.get(name, "") if row else "" for name in spec.texts}
    missing = [title(book.roles[spec.role])] if spec.role and not specialists else []
    missing += [title(book.limits[name]) for name, text in limits.items() if not text]
    missing += [title(spec.texts[name]) for name, text in texts.items() if not text]
    return Standing(
        unit=unit,
        specialists=tuple(specialists[:MOST_NAMED]),
        uncertified=tuple(name for member, name in here.items() if member not in able)[:MOST_NAMED],
        limits=limits,
        texts=texts,
        source=row.unit if row else None,
        at=row.at if row else None,
        by=row.by_name if row else "",
        missing=tuple(missing),
    )
