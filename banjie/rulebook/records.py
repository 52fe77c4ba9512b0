"""What the verbs on versions share: the checked text, the locked row, the entry in the administration log."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from banjie.kernel.errors import FieldError, InvalidInput, Refused, Unseen
from banjie.people.actor import Actor
from banjie.people.models import AdminEvent
from banjie.rulebook.check import Report, check
from banjie.rulebook.language import Book
from banjie.rulebook.models import RulebookVersion


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
