"""Enter results of examinations, issue certificates, waive one with another person's approval, revoke one."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from banjie.kernel.errors import FieldError, InvalidInput, NotPermitted, Refused
from banjie.people.actor import Actor
from banjie.people.events import record
from banjie.people.grants import forget
from banjie.people.guards import lock_organisation
from banjie.people.models import Certificate, Course, Examination, Member
from banjie.people.permissions import Permission

FULL_MARK = 100
LONGEST_WAIVER = timedelta(days=92)


class OwnExamination(NotPermitted):
    """Nobody examines himself, or approves what he asked for."""

    code = "own-examination"


@transaction.atomic
def enter_result(member: Member, course: Course, *, score: int, held_on: date, by: Actor, at: datetime) -> Examination:
    """Enter the result of an examination; from the pass mark on it brings a certificate (BNK-09, BNK-17).

    Raises:
        NotPermitted: `by` does not hold the course's examining role; OwnExamination: it is his own.
        InvalidInput: no such score, or the day lies ahead; a result of that day is entered already.
    """
    _must_examine(member, course, by)
    if not 0 <= score <= FULL_MARK:
        raise InvalidInput(errors=[FieldError("score", _("A score lies between 0 and %(n)d.") % {"n": FULL_MARK})])
    if held_on > at.date() + timedelta(days=1):
        raise InvalidInput(errors=[FieldError("held_on", _("The examination lies ahead."))])
    lock_organisation()
    if Examination.objects.filter(member=member, course=course, held_on=held_on).exists():
        raise InvalidInput(errors=[FieldError("held_on", _("A result of this day is entered already."))])
    passed = score >= course.pass_mark
    row = Examination.objects.create(member=member, course=course, score=score, passed=passed, held_on=held_on, at=at, by_name=by.name)
    if passed:
        until = at + timedelta(days=course.valid_days) if course.valid_days else None
        Certificate.objects.create(member=member, course=course, examination=row, issued_at=at, valid_until=until, approved_by_name=by.name)
    detail = {"course": course.title, "score": score, "passed": passed}
    record("certificate.examined", member.username, detail, by=by, at=at)
    forget()
    return row


@transaction.atomic
def ask_for_waiver(member: Member, course: Course, *, until: datetime, reason: str, by: Actor, at: datetime) -> Certificate:
    """Ask that somebody may act without the certificate for a time; another one must approve it.

    Raises:
        NotPermitted, InvalidInput: no reason, or the time lies in the past or is longer than a quarter.
    """
    _must_examine(member, course, by)
    if not reason.strip():
        raise InvalidInput(errors=[FieldError("reason", _("Write why it is needed."))])
    if not at < until <= at + LONGEST_WAIVER:
        raise InvalidInput(errors=[FieldError("until", _("It must end ahead, within %(n)d days.") % {"n": LONGEST_WAIVER.days})])
    row = Certificate.objects.create(
        member=member, course=course, valid_until=until, waiver_reason=reason.strip()[:500], asked_by_id=by.member_id
    )
    record("certificate.waiver_asked", member.username, {"course": course.title, "reason": row.waiver_reason}, by=by, at=at)
    return row


@transaction.atomic
def approve_waiver(waiver: Certificate, *, by: Actor, at: datetime) -> Certificate:
    """Approve what another one asked for; it counts from now on and stands in the administration log.

    Raises:
        NotPermitted: without member:manage; OwnExamination: by who asked or whom it concerns.
        Refused: it is approved, revoked or over already.
    """
    by.must(Permission.MEMBER_MANAGE)
    row = Certificate.objects.select_for_update().select_related("member", "course").get(pk=waiver.pk)
    if by.member_id is not None and by.member_id in (row.member_id, row.asked_by_id):
        raise OwnExamination(_("Nobody approves what he asked for, or what concerns himself. Ask a colleague."))
    if row.issued_at is not None or row.revoked_at is not None or not row.waiver_reason or (row.valid_until and row.valid_until <= at):
        raise Refused(_("There is nothing to approve any more."))
    row.issued_at, row.approved_by_name = at, by.name
    row.save(update_fields=["issued_at", "approved_by_name"])
    record("certificate.waived", row.member.username, {"course": row.course.title, "reason": row.waiver_reason}, by=by, at=at)
    forget()
    return row


@transaction.atomic
def revoke_certificate(certificate: Certificate, *, reason: str, by: Actor, at: datetime) -> None:
    """Take a certificate or waiver back, with a reason, from now on.

    Raises:
        NotPermitted: `by` does not hold the course's examining role; InvalidInput: no reason; Refused: it was revoked before.
    """
    row = Certificate.objects.select_for_update().select_related("member", "course").get(pk=certificate.pk)
    _must_examine(row.member, row.course, by)
    if not reason.strip():
        raise InvalidInput(errors=[FieldError("reason", _("Write why it is taken back."))])
    if row.revoked_at is not None:
        raise Refused(_("It was taken back before."))
    row.revoked_at, row.revoked_reason = at, reason.strip()[:500]
    row.save(update_fields=["revoked_at", "revoked_reason"])
    record("certificate.revoked", row.member.username, {"course": row.course.title, "reason": row.revoked_reason}, by=by, at=at)
    forget()


def _must_examine(member: Member, course: Course, by: Actor) -> None:
    by.must_write()
    if not by.may(Permission.MEMBER_MANAGE) and not by.holds(course.examiner):
        raise NotPermitted
    if by.member_id == member.pk:
        raise OwnExamination(_("Nobody examines himself. Ask a colleague."))
