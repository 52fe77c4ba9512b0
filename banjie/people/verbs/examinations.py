"""Enter results of examinations, one or a list of them; who passed has the certificate at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from banjie.kernel.errors import FieldError, InvalidInput
from banjie.people.actor import Actor
from banjie.people.certificates import OwnExamination, must_examine, people_for
from banjie.people.grants import forget
from banjie.people.guards import lock_organisation
from banjie.people.models import AdminEvent, Certificate, Course, Examination, Member

FULL_MARK = 100


@dataclass(frozen=True, slots=True)
class Result:
    """A mark of somebody. `place` says where it stands in the list, for errors: "3." makes them "3.member", "3.score", "3.held_on"."""

    member: Member
    score: int
    held_on: date
    place: str = ""


def enter_result(member: Member, course: Course, *, score: int, held_on: date, by: Actor, at: datetime) -> Examination:
    """Enter the result of an examination; from the pass mark on it brings a certificate (BNK-09, BNK-17).

    Raises:
        NotPermitted: `by` does not hold the course's examining role; OwnExamination: it is his own.
        InvalidInput: no such score, or the day lies ahead; a result of that day is entered already.
    """
    must_examine(course, by)
    if by.member_id == member.pk:
        raise OwnExamination(_("Nobody examines himself. Ask a colleague."))
    return enter_results(course, [Result(member, score, held_on)], by=by, at=at)[0]


@transaction.atomic
def enter_results(course: Course, results: Sequence[Result], *, by: Actor, at: datetime) -> list[Examination]:
    """Enter the results of several people: all of them or, when one is wrong, none (BNK-09).

    Raises:
        NotPermitted: `by` does not hold the course's examining role.
        InvalidInput: nothing is entered; or somebody is no examinee of his, a score or a day is wrong, each with its place.
    """
    must_examine(course, by)
    if not results:
        raise InvalidInput(errors=[FieldError("score", _("Enter at least one mark."))])
    lock_organisation()
    errors = _wrong_results(course, results, by, at)
    if errors:
        raise InvalidInput(errors=errors)
    made = Examination.objects.bulk_create(
        [
            Examination(
                member=one.member,
                course=course,
                score=one.score,
                passed=one.score >= course.pass_mark,
                held_on=one.held_on,
                at=at,
                by_name=by.name[:80],
            )
            for one in results
        ]
    )
    until = at + timedelta(days=course.valid_days) if course.valid_days else None
    Certificate.objects.bulk_create(
        [
            Certificate(member=row.member, course=course, examination=row, issued_at=at, valid_until=until, approved_by_name=by.name[:80])
            for row in made
            if row.passed
        ]
    )
    AdminEvent.objects.bulk_create([_entry(row, course, by, at) for row in made])
    forget()
    return made


def _wrong_results(course: Course, results: Sequence[Result], by: Actor, at: datetime) -> list[FieldError]:
    members = [one.member.pk for one in results]
    theirs = set(people_for(by, [course.examiner], at).filter(pk__in=members, is_active=True).values_list("pk", flat=True))
    taken = set(Examination.objects.filter(course=course, member__in=members).values_list("member_id", "held_on"))
    errors: list[FieldError] = []
    for one in results:
        errors += [FieldError(f"{one.place}{name}", message) for name, message in _wrong(one, theirs, taken, by, at)]
        taken.add((one.member.pk, one.held_on))
    return errors


def _wrong(one: Result, theirs: set[int], taken: set[tuple[int, date]], by: Actor, at: datetime) -> Iterator[tuple[str, str]]:
    if one.member.pk == by.member_id:
        yield "member", _("Nobody examines himself. Ask a colleague.")
    elif one.member.pk not in theirs:
        yield "member", _("This is nobody whom you examine.")
    if not 0 <= one.score <= FULL_MARK:
        yield "score", _("A score lies between 0 and %(n)d.") % {"n": FULL_MARK}
    if one.held_on > timezone.localdate(at):
        yield "held_on", _("The examination lies ahead.")
    if (one.member.pk, one.held_on) in taken:
        yield "held_on", _("A result of this day is entered already.")


def _entry(row: Examination, course: Course, by: Actor, at: datetime) -> AdminEvent:
    detail = {"course": course.title, "score": row.score, "passed": row.passed}
    kind, subject = "certificate.examined", row.member.username
    return AdminEvent(at=at, actor_name=by.name[:80], member_id=by.member_id, kind=kind, subject=subject, detail=detail)
