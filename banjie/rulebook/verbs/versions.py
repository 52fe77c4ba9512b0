"""Save a draft, propose it, activate it. Each is an entry in the administration log."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from banjie.kernel.errors import FieldError, InvalidInput
from banjie.people.actor import Actor
from banjie.people.models import Course, Role
from banjie.people.permissions import Permission
from banjie.rulebook.approving import must_approve
from banjie.rulebook.language import Book
from banjie.rulebook.models import Rulebook, RulebookVersion
from banjie.rulebook.records import NotReady, checked, locked, log, name_checked, name_of, refuse_unready

Status = RulebookVersion.Status
MOST_AHEAD = timedelta(days=366)


@transaction.atomic
def save_draft(text: str, *, by: Actor, at: datetime, unfinished: bool = False) -> RulebookVersion:
    """Store a text as the next draft version of its rulebook (unset limits are allowed in a draft).

    Args:
        unfinished: keep it whatever the check finds; only its name must be readable.

    Raises:
        NotPermitted: without rulebook:edit.
        InvalidInput: the check found errors; each with its line and column.
    """
    by.must(Permission.RULEBOOK_EDIT)
    name = name_of(text) if unfinished else name_checked(text)
    rulebook, _created = Rulebook.objects.get_or_create(slug=name.slug, defaults={"title": name.title, "created_at": at})
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
    log("rulebook.drafted", version, by=by, at=at)
    return version


@transaction.atomic
def propose(version_id: int, *, by: Actor, at: datetime) -> RulebookVersion:
    """Ask for the approval of a draft.

    Raises:
        NotReady: it is no draft, limits are still unset (PLT-10), or a calendar that it names does not exist.
    """
    by.must(Permission.RULEBOOK_EDIT)
    version = locked(version_id)
    if version.status != Status.DRAFT:
        raise NotReady(_("Only a draft can be proposed."))
    refuse_unready(*checked(version.source))
    version.status = Status.PROPOSED
    version.save(update_fields=["status"])
    log("rulebook.proposed", version, by=by, at=at)
    return version


@transaction.atomic
def activate(version_id: int, *, by: Actor, at: datetime, starts_at: datetime | None = None) -> RulebookVersion:
    """Approve a proposed version; it becomes the one under which new tickets open, now or at `starts_at` (COM-20).

    Tickets that are open keep the version under which they were opened. Roles that the book names and the
    organisation lacks are created. The role that the version in force names by `approver` approves the next one; nobody approves
    a text of his own.

    Raises:
        NotPermitted: not in the role that approves it, or by the author (`approving.refusal_to_approve`).
        NotReady: it is not proposed, or another version is approved for a later day already.
        InvalidInput: `starts_at` is past, or more than a year ahead.
    """
    by.must(Permission.RULEBOOK_READ)
    version = locked(version_id)
    report, book = checked(version.source)
    must_approve(version, book, by)
    if version.status != Status.PROPOSED:
        raise NotReady(_("Only a proposed version can be activated. Propose it first."))
    refuse_unready(report, book)
    Rulebook.objects.select_for_update().get(pk=version.rulebook_id)
    version.approved_at, version.approved_by_id = at, by.member_id
    if starts_at is None:
        put_to_work(version, book, by=by, at=at)
    else:
        _keep_until(version, starts_at, by=by, at=at)
    return version


def _keep_until(version: RulebookVersion, starts_at: datetime, *, by: Actor, at: datetime) -> None:
    if not at < starts_at <= at + MOST_AHEAD:
        message = _("Name a time that is still to come, at most a year ahead; or leave it empty to activate at once.")
        raise InvalidInput(errors=[FieldError("starts_at", message)])
    other = RulebookVersion.objects.filter(rulebook_id=version.rulebook_id, status=Status.APPROVED).first()
    if other is not None:
        raise NotReady(_("Version %(n)d is approved for a later day already. Return that one first.") % {"n": other.number})
    version.status, version.starts_at = Status.APPROVED, starts_at
    version.save(update_fields=["status", "starts_at", "approved_at", "approved_by_id"])
    log("rulebook.approved", version, by=by, at=at, note=f"{starts_at:%F %H:%M%z}")


def put_to_work(version: RulebookVersion, book: Book, *, by: Actor, at: datetime) -> None:
    """Make an approved version the active one; the one before it retires."""
    RulebookVersion.objects.filter(rulebook_id=version.rulebook_id, status=Status.ACTIVE).update(status=Status.RETIRED, retired_at=at)
    version.status, version.activated_at = Status.ACTIVE, at
    version.save(update_fields=["status", "approved_at", "approved_by_id", "activated_at"])
    Rulebook.objects.filter(pk=version.rulebook_id).update(active=version, title=book.title)
    _create_roles(book)
    _take_over_courses(book)
    log("rulebook.activated", version, by=by, at=at)


def _take_over_courses(book: Book) -> None:
    """Make the book's courses known, and say which roles need them. What was passed before stays passed."""
    for code, course in book.courses.items():
        facts = {"title": course.title, "pass_mark": course.pass_mark, "valid_days": course.valid_days, "examiner": course.by}
        Course.objects.update_or_create(code=code, defaults=facts)
    for code, role in book.roles.items():
        if role.certificate:
            Role.objects.filter(code=code).update(certificate=role.certificate)
        else:  # another book may ask for a certificate of its own
            Role.objects.filter(code=code, certificate__in=list(book.courses)).update(certificate="")


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
