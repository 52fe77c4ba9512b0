"""Whom a new version would touch: open tickets that keep the old one, types that end or begin, roles that nobody holds yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from banjie.people.certified import certified
from banjie.people.models import Post, Role
from banjie.rulebook.explain.words import title
from banjie.rulebook.language import Book
from banjie.rulebook.models import Rulebook
from banjie.rulebook.program import Program, calendars_of
from banjie.rulebook.queries import program_of
from banjie.worktime.models import Calendar

MOST = 200
# Ended tickets are not touched; open ones are few, and the version stands in the queue's own index only behind them.
_OPEN = """
select t.rulebook_version_id, t.type, count(*) from tickets_ticket t
join rulebook_rulebookversion v on v.id = t.rulebook_version_id
where v.rulebook_id = %s and t.is_open group by 1, 2 order by 1 desc, 3 desc limit %s
"""


@dataclass(frozen=True, slots=True)
class Keeping:
    """Open tickets of one type that go on under the version under which they were opened."""

    version: int
    type: str
    count: int
    is_offered: bool


@dataclass(frozen=True, slots=True)
class Impact:
    """What activation would do. `tasks` must be done before people can work by it; `notes` are worth knowing."""

    active: int | None
    keeping: tuple[Keeping, ...]
    tasks: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def open_tickets(self) -> int:
        return sum(one.count for one in self.keeping)


def impact_of(book: Book, at: datetime) -> Impact:
    """Return what the activation of a checked book would mean for the organisation at `at`."""
    rulebook = Rulebook.objects.select_related("active").filter(slug=book.rulebook).first()
    active = program_of(rulebook.active_id) if rulebook is not None and rulebook.active_id else None
    return Impact(
        active=active.number if active else None,
        keeping=tuple(_keeping(rulebook.pk, book)) if rulebook is not None else (),
        tasks=(*_calendars(book), *_roles(book), *_certificates(book, at)),
        notes=tuple(_types(book, active)),
    )


def _keeping(rulebook_id: int, book: Book) -> Iterator[Keeping]:
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, [rulebook_id, MOST])
        rows = cursor.fetchall()
    for version_id, kind, count in rows:
        program = program_of(version_id)
        yield Keeping(program.number, title(program.book.types[kind]), count, is_offered=kind in book.types)


def _types(book: Book, active: Program | None) -> Iterator[str]:
    before = active.book.types if active else {}
    for name, kind in book.types.items():
        if name not in before:
            yield _("New type of ticket: %(title)s.") % {"title": title(kind)}
    for name, kind in before.items():
        if name not in book.types:
            yield _("No ticket of the type “%(title)s” can be opened any more.") % {"title": title(kind)}


def _calendars(book: Book) -> Iterator[str]:
    known = set(Calendar.objects.filter(code__in=calendars_of(book)).values_list("code", flat=True))
    for code in sorted(calendars_of(book) - known):
        yield _("There is no calendar “%(code)s”: create it under Calendars.") % {"code": code}


def _roles(book: Book) -> Iterator[str]:
    held = set(Post.objects.filter(role__code__in=book.roles, until=None).values_list("role__code", flat=True).distinct())
    known = set(Role.objects.filter(code__in=book.roles).values_list("code", flat=True))
    for code, role in book.roles.items():
        if code not in known:
            yield _("The role “%(role)s” is created at activation; nobody holds it yet.") % {"role": title(role)}
        elif code not in held:
            yield _("Nobody holds the role “%(role)s”: appoint somebody under Units and members.") % {"role": title(role)}


def _certificates(book: Book, at: datetime) -> Iterator[str]:
    for code, role in book.roles.items():
        if not role.certificate:
            continue
        holders = set(Post.objects.filter(role__code=code, until=None).values_list("member_id", flat=True)[:10_000])
        without = len(holders - certified(holders, role.certificate, at))
        if without:
            text = ngettext(
                "%(n)d holder of the role “%(role)s” has no certificate “%(course)s” and could not act in it.",
                "%(n)d holders of the role “%(role)s” have no certificate “%(course)s” and could not act in it.",
                without,
            )
            yield text % {"n": without, "role": title(role), "course": title(book.courses[role.certificate])}
