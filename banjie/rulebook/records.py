"""What the verbs on versions share: the checked text, the locked row, the entry in the administration log."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from banjie.kernel.errors import FieldError, InvalidInput, Refused, Unseen
from banjie.people.actor import Actor
from banjie.people.models import AdminEvent
from banjie.rulebook.check import Report, check
from banjie.rulebook.language import Book
from banjie.rulebook.models import RulebookVersion
from banjie.rulebook.program import calendars_of
from banjie.rulebook.source import MAX_BYTES
from banjie.worktime.models import Calendar

_SLUG = re.compile(r"^rulebook:[ \t]*([a-z][a-z0-9-]{1,59})[ \t]*(?:#.*)?$", re.MULTILINE)
_TITLE = re.compile(r"^title:[ \t]*(\S[^\n]{0,200})$", re.MULTILINE)


class NotReady(Refused):
    """The version cannot be activated: problems remain, or it is not in the right state."""

    code = "rulebook-not-ready"


def checked(text: str) -> tuple[Report, Book]:
    """Return a text's report and book.

    Raises:
        InvalidInput: the check found errors; each with its line and column.
    """
    report = check(text)
    if report.book is None or report.errors:
        errors = [FieldError(f"{p.line}:{p.column}", str(p)) for p in report.errors[:50]]
        raise InvalidInput(_("The rulebook has %(n)d errors.") % {"n": len(report.errors)}, errors=errors)
    return report, report.book


@dataclass(frozen=True, slots=True)
class BookName:
    """How a text calls its rulebook."""

    slug: str
    title: str


def name_checked(text: str) -> BookName:
    """Return the name of a text that is right.

    Raises:
        InvalidInput: the check found errors; each with its line and column.
    """
    _report, book = checked(text)
    return BookName(book.rulebook, book.title)


def name_of(text: str) -> BookName:
    """Return the name of a text that need not be right yet.

    Raises:
        InvalidInput: it is larger than a rulebook may be, or does not say which rulebook it is.
    """
    if len(text.encode(errors="replace")) > MAX_BYTES:
        message = _("The rulebook is larger than %(limit)d KiB.") % {"limit": MAX_BYTES // 1024}
        raise InvalidInput(errors=[FieldError("source", message)])
    slug, title = _SLUG.search(text), _TITLE.search(text)
    if slug is None or "\x00" in text:
        raise InvalidInput(errors=[FieldError("source", _("A rulebook begins with “rulebook: its-name” and other keys."))])
    return BookName(slug[1], (title[1].strip("\"' ")[:120] if title else "") or slug[1])


def refuse_unready(report: Report, book: Book) -> None:
    """Refuse a text that may be a draft and cannot be at work: unset limits, words not built yet, calendars not there."""
    if report.unset:
        raise NotReady(
            _("%(n)d limits are not set yet; the first is in line %(line)d.") % {"n": len(report.unset), "line": report.unset[0].line},
            errors=[FieldError(f"{p.line}:{p.column}", str(p)) for p in report.unset[:50]],
        )
    if report.unavailable:
        raise NotReady(
            _("%(n)d places say what Banjie cannot do yet; the first is in line %(line)d.")
            % {"n": len(report.unavailable), "line": report.unavailable[0].line},
            errors=[FieldError(f"{p.line}:{p.column}", str(p)) for p in report.unavailable[:50]],
        )
    known = set(Calendar.objects.values_list("code", flat=True)[:200])
    if missing := sorted(calendars_of(book) - known):
        raise NotReady(
            _("There is no calendar “%(code)s”. Create it under Calendars first, or name one of: %(known)s.")
            % {"code": missing[0], "known": ", ".join(sorted(known)) or "—"}
        )


def log(kind: str, version: RulebookVersion, *, by: Actor, at: datetime, note: str = "") -> None:
    """Write an entry of the administration log."""
    AdminEvent.objects.create(
        at=at,
        actor_name=by.name,
        member_id=by.member_id,
        kind=kind,
        subject=str(version),
        detail={"digest": version.digest} | ({"reason": note} if note else {}),
    )


def locked(version_id: int) -> RulebookVersion:
    """Return a version, locked.

    Raises:
        Unseen: there is none.
    """
    version = RulebookVersion.objects.select_for_update().select_related("rulebook").filter(pk=version_id).first()
    if version is None:
        raise Unseen
    return version
