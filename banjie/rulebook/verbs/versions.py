"""Save a draft, propose it, activate it. Each is an entry in the administration log."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from banjie.kernel.errors import FieldError, InvalidInput, NotPermitted, Refused, Unseen
from banjie.people.actor import Actor
from banjie.people.models import AdminEvent, Role
from banjie.people.permissions import Permission
from banjie.rulebook.check import Report, check
from banjie.rulebook.language import Book
from banjie.rulebook.models import Rulebook, RulebookVersion

Status = RulebookVersion.Status


class NotReady(Refused):
    """The version cannot be activated: problems remain, or it is not in the right state."""

    code = "rulebook-not-ready"


def _checked(text: str) -> tuple[Report, Book]:
    report = check(text)
    if report.book is None or report.errors:
        errors = [FieldError(f"{p.line}:{p.column}", str(p)) for p in report.errors[:50]]
        raise InvalidInput(_("The rulebook has %(n)d errors.") % {"n": len(report.errors)}, errors=errors)
    return report, report.book


def _log(kind: str, version: RulebookVersion, *, by: Actor, at: datetime) -> None:
    AdminEvent.objects.create(
        at=at, actor_name=by.name, member_id=by.member_id, kind=kind, subject=str(version), detail={"digest": version.digest}
    )


@transaction.atomic
def save_draft(text: str, *, by: Actor, at: datetime) -> RulebookVersion:
    """Store a checked text as the next draft version of its rulebook (unset limits are allowed in a draft).

    Raises:
        NotPermitted: without rulebook:edit.
        InvalidInput: the check found errors; each with its line and column.
    """
    by.must(Permission.RULEBOOK_EDIT)
    _report, book = _checked(text)
    rulebook, _created = Rulebook.objects.get_or_create(slug=book.rulebook, defaults={"title": book.title, "created_at": at})
    Rulebook.objects.select_for_update().get(pk=rulebook.pk)
    last = rulebook.versions.aggregate(last=Max("number"))["last"] or 0
    version = RulebookVersion.objects.create(
        rulebook=rulebook,
        number=last + 1,
        source=text,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        created_at=at,
        created_by_id=by.member_id,
    )
    _log("rulebook.drafted", version, by=by, at=at)
    return version


def _locked(version_id: int) -> RulebookVersion:
    version = RulebookVersion.objects.select_for_update().select_related("rulebook").filter(pk=version_id).first()
    if version is None:
        raise Unseen
    return version


@transaction.atomic
def propose(version_id: int, *, by: Actor, at: datetime) -> RulebookVersion:
    """Ask for the approval of a draft.

    Raises:
        NotReady: it is no draft, or limits are still unset (PLT-10).
    """
    by.must(Permission.RULEBOOK_EDIT)
    version = _locked(version_id)
    if version.status != Status.DRAFT:
        raise NotReady(_("Only a draft can be proposed."))
    report, _book = _checked(version.source)
    if report.unset:
        raise NotReady(
            _("%(n)d limits are not set yet; the first is in line %(line)d.") % {"n": len(report.unset), "line": report.unset[0].line}
        )
    version.status = Status.PROPOSED
    version.save(update_fields=["status"])
    _log("rulebook.proposed", version, by=by, at=at)
    return version


@transaction.atomic
def activate(version_id: int, *, by: Actor, at: datetime) -> RulebookVersion:
    """Approve a proposed version and make it the one under which new tickets open (COM-20).

    Tickets that are open keep the version under which they were opened. Roles that the book names and the
    organisation lacks are created. Only the role named by `approver`, or the system at first installation, may do so,
    and nobody approves a text of his own.

    Raises:
        NotPermitted: without rulebook:activate, without the approver's role, or by the author.
        NotReady: it is not proposed.
    """
    by.must(Permission.RULEBOOK_ACTIVATE)
    version = _locked(version_id)
    if version.status != Status.PROPOSED:
        raise NotReady(_("Only a proposed version can be activated. Propose it first."))
    report, book = _checked(version.source)
    if not report.may_activate:
        raise NotReady(_("The rulebook does not pass its check any more."))
    if not by.is_system:
        if version.created_by_id == by.member_id:
            raise NotPermitted(_("Nobody approves a rulebook of his own. Ask a colleague."))
        if book.approver and not by.holds(book.approver):
            raise NotPermitted(_("This rulebook is approved by: %(role)s.") % {"role": book.roles[book.approver].title})
    RulebookVersion.objects.filter(rulebook=version.rulebook, status=Status.ACTIVE).update(status=Status.RETIRED, retired_at=at)
    version.status, version.approved_at, version.approved_by_id, version.activated_at = Status.ACTIVE, at, by.member_id, at
    version.save(update_fields=["status", "approved_at", "approved_by_id", "activated_at"])
    Rulebook.objects.filter(pk=version.rulebook_id).update(active=version, title=book.title)
    _create_roles(book)
    _log("rulebook.activated", version, by=by, at=at)
    return version


def _create_roles(book: Book) -> None:
    """Create the roles that the book names and the organisation does not have yet."""
    usual = [Permission.TICKET_READ, Permission.TICKET_COMMENT, Permission.CUSTOMER_READ, Permission.RULEBOOK_READ, Permission.INSIGHT_READ]
    known = set(Role.objects.filter(code__in=book.roles).values_list("code", flat=True))
    for code, role in book.roles.items():
        if code not in known:
            own = role.sees == "own"
            Role.objects.create(
                code=code, title=role.title, scope=Role.Scope.OWN if own else Role.Scope.SUBTREE, permissions=usual[:3] if own else usual
            )
