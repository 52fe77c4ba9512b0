"""Certificates and exceptions as pages, workbooks and REST show them: since when, until when, by whom, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from banjie.people.actor import Actor
from banjie.people.certificates import SOON, courses_for, people_for
from banjie.people.models import Certificate, Course, Member
from banjie.ui.filters import format_date, format_datetime

MOST_SHOWN = 100


class CertificateState(StrEnum):
    """What became of a certificate or exception."""

    VALID = "valid"
    SOON = "soon"
    LAPSED = "lapsed"
    TAKEN_BACK = "taken_back"
    WAITING = "waiting"
    REFUSED = "refused"
    UNDECIDED = "undecided"


WORDS = {
    CertificateState.VALID: (_("valid"), "ok"),
    CertificateState.SOON: (_("lapses soon"), "warn"),
    CertificateState.LAPSED: (_("lapsed"), "neutral"),
    CertificateState.TAKEN_BACK: (_("taken back"), "bad"),
    CertificateState.WAITING: (_("waits for a decision"), "info"),
    CertificateState.REFUSED: (_("refused"), "bad"),
    CertificateState.UNDECIDED: (_("never decided"), "neutral"),
}


def end_of(until: datetime | None) -> str:
    """Return an end in the site's time: the last whole day, or the minute; "" when there is none."""
    if until is None:
        return ""
    local = timezone.localtime(until)
    return format_date(local - timedelta(days=1)) if (local.hour, local.minute, local.second) == (0, 0, 0) else format_datetime(local)


@dataclass(frozen=True, slots=True)
class Held:
    """A certificate, or an exception (`is_waiver`) with who asked for it, why, and who decided. `until` None: it never ends."""

    id: int
    member_id: int
    member: str
    username: str
    course_id: int
    course: str
    course_title: str
    state: CertificateState
    is_waiver: bool
    reason: str
    asked_by: str
    asked_at: datetime | None
    issued_at: datetime | None
    issued_by: str
    until: datetime | None
    ended_at: datetime | None
    ended_by: str
    ended_reason: str

    @property
    def ends(self) -> str:
        """Return until when it counts, "" when it never ends."""
        return end_of(self.until)

    @property
    def is_held(self) -> bool:
        """Tell whether it lets somebody act now."""
        return self.state in (CertificateState.VALID, CertificateState.SOON)


def held_of(row: Certificate, at: datetime) -> Held:
    """Return a certificate (with member, course and asked_by at hand) in words."""
    return Held(
        id=row.pk,
        member_id=row.member_id,
        member=row.member.name,
        username=row.member.username,
        course_id=row.course_id,
        course=row.course.code,
        course_title=row.course.title,
        state=_state(row, at),
        is_waiver=bool(row.waiver_reason),
        reason=row.waiver_reason,
        asked_by=row.asked_by.name if row.asked_by else "",
        asked_at=row.asked_at,
        issued_at=row.issued_at,
        issued_by=row.approved_by_name,
        until=row.valid_until,
        ended_at=row.revoked_at,
        ended_by=row.revoked_by_name,
        ended_reason=row.revoked_reason,
    )


def _state(row: Certificate, at: datetime) -> CertificateState:
    is_over = row.valid_until is not None and row.valid_until <= at
    if row.issued_at is None:
        return CertificateState.REFUSED if row.revoked_at else CertificateState.UNDECIDED if is_over else CertificateState.WAITING
    if row.revoked_at:
        return CertificateState.TAKEN_BACK
    if is_over:
        return CertificateState.LAPSED
    return CertificateState.SOON if row.valid_until is not None and row.valid_until <= at + SOON else CertificateState.VALID


def of_member(member: Member, at: datetime, course: Course | None = None) -> list[Held]:
    """Return a member's certificates and exceptions, the latest first."""
    rows = member.certificates.select_related("member", "course", "asked_by").order_by("-pk")
    return [held_of(row, at) for row in (rows.filter(course=course) if course else rows)[:MOST_SHOWN]]


def certificates_for(by: Actor, at: datetime) -> QuerySet[Certificate]:
    """Return the certificates and exceptions that `by` may see, the latest first."""
    courses = courses_for(by)
    examined = [code for code in courses.values_list("examiner", flat=True)[:200] if by.holds(code)]
    rows = Certificate.objects.filter(course__in=courses, member__in=people_for(by, examined, at))
    return rows.select_related("member", "course", "asked_by").order_by("-pk")


@dataclass(frozen=True, slots=True)
class HeldFilter:
    """What a list of certificates is narrowed to; `is_waiver` None: both kinds."""

    text: str = ""
    course: str = ""
    username: str = ""
    state: CertificateState | None = None
    is_waiver: bool | None = None

    def apply(self, rows: QuerySet[Certificate], at: datetime) -> QuerySet[Certificate]:
        """Return the matching ones."""
        if self.text:
            rows = rows.filter(Q(member__name__icontains=self.text) | Q(member__username__icontains=self.text))
        if self.course:
            rows = rows.filter(course__code=self.course)
        if self.username:
            rows = rows.filter(member__username=self.username.lower())
        if self.is_waiver is not None:
            rows = rows.exclude(waiver_reason="") if self.is_waiver else rows.filter(waiver_reason="")
        return rows.filter(_where(self.state, at)) if self.state else rows


def _where(state: CertificateState, at: datetime) -> Q:
    issued, revoked, over = Q(issued_at__isnull=False), Q(revoked_at__isnull=False), Q(valid_until__lte=at)
    soon = Q(valid_until__isnull=False, valid_until__lte=at + SOON)
    return {
        CertificateState.VALID: issued & ~revoked & ~over,  # with those that lapse soon
        CertificateState.SOON: issued & ~revoked & ~over & soon,
        CertificateState.LAPSED: issued & ~revoked & over,
        CertificateState.TAKEN_BACK: issued & revoked,
        CertificateState.WAITING: ~issued & ~revoked & ~over,
        CertificateState.REFUSED: ~issued & revoked,
        CertificateState.UNDECIDED: ~issued & ~revoked & over,
    }[state]
