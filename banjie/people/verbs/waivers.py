"""Let somebody act without the certificate for a time: one asks, another one decides, and it stays written (BNK-17)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from banjie.kernel.errors import FieldError, InvalidInput, NotPermitted, Refused
from banjie.people.actor import Actor
from banjie.people.certificates import OwnExamination, must_look_after, people_for
from banjie.people.events import record
from banjie.people.grants import forget
from banjie.people.guards import lock_organisation
from banjie.people.models import Certificate, Course, Member
from banjie.people.permissions import Permission

LONGEST_WAIVER = timedelta(days=92)


@transaction.atomic
def ask_for_waiver(member: Member, course: Course, *, until: datetime, reason: str, by: Actor, at: datetime) -> Certificate:
    """Ask that somebody may act without the certificate for a time; another one must approve it.

    Raises:
        NotPermitted: `by` neither examines the course nor manages the member; OwnExamination: it concerns himself.
        InvalidInput: no reason, or the time lies in the past or is longer than a quarter.
        Refused: one waits for its decision already.
    """
    must_look_after(member, course, by=by, at=at)
    wrong = []
    if not reason.strip():
        wrong.append(FieldError("reason", _("Write why it is needed.")))
    if not at < until <= at + LONGEST_WAIVER:
        wrong.append(FieldError("until", _("It must end ahead, within %(n)d days.") % {"n": LONGEST_WAIVER.days}))
    if wrong:
        raise InvalidInput(errors=wrong)
    lock_organisation()
    waiting = Certificate.objects.filter(member=member, course=course, issued_at=None, revoked_at=None, valid_until__gt=at)
    if waiting.exists():
        raise Refused(_("An exception for this person waits for its decision already."))
    row = Certificate.objects.create(
        member=member, course=course, valid_until=until, waiver_reason=reason.strip()[:500], asked_by_id=by.member_id, asked_at=at
    )
    record("certificate.waiver_asked", member.username, {"course": course.title, "reason": row.waiver_reason}, by=by, at=at)
    return row


@transaction.atomic
def approve_waiver(waiver: Certificate, *, by: Actor, at: datetime) -> Certificate:
    """Approve what another one asked for; it counts from now on and stands in the administration log.

    Raises:
        NotPermitted: `by` does not manage the member; OwnExamination: by who asked or whom it concerns.
        Refused: it is decided or over already.
    """
    row = _waiting(waiver, by, at)
    row.issued_at, row.approved_by_name = at, by.name[:80]
    row.save(update_fields=["issued_at", "approved_by_name"])
    record("certificate.waived", row.member.username, {"course": row.course.title, "reason": row.waiver_reason}, by=by, at=at)
    forget()
    return row


@transaction.atomic
def refuse_waiver(waiver: Certificate, *, reason: str, by: Actor, at: datetime) -> Certificate:
    """Refuse what another one asked for, with a reason.

    Raises:
        NotPermitted, OwnExamination, Refused: as for `approve_waiver`; InvalidInput: no reason.
    """
    row = _waiting(waiver, by, at)
    if not reason.strip():
        raise InvalidInput(errors=[FieldError("reason", _("Write why it is refused."))])
    row.revoked_at, row.revoked_by_name, row.revoked_reason = at, by.name[:80], reason.strip()[:500]
    row.save(update_fields=["revoked_at", "revoked_by_name", "revoked_reason"])
    record("certificate.waiver_refused", row.member.username, {"course": row.course.title, "reason": row.revoked_reason}, by=by, at=at)
    return row


def _waiting(waiver: Certificate, by: Actor, at: datetime) -> Certificate:
    """Return the waiver, locked, that `by` may decide."""
    by.must(Permission.MEMBER_MANAGE)
    row = Certificate.objects.select_for_update(of=("self",)).select_related("member", "course").get(pk=waiver.pk)
    if not people_for(by, [], at).filter(pk=row.member_id).exists():
        raise NotPermitted
    if by.member_id is not None and by.member_id in (row.member_id, row.asked_by_id):
        raise OwnExamination(_("Nobody approves what he asked for, or what concerns himself. Ask a colleague."))
    if row.issued_at is not None or row.revoked_at is not None or not row.waiver_reason or (row.valid_until and row.valid_until <= at):
        raise Refused(_("There is nothing to decide any more."))
    return row
