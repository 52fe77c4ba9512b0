"""Courses and their examiners: who may examine whom, and how many have the certificate that they need (BNK-09, BNK-17)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from banjie.kernel.errors import NotPermitted
from banjie.people.actor import Actor
from banjie.people.guards import current_posts
from banjie.people.models import Certificate, Course, Member, Post, Role, Unit
from banjie.people.permissions import Permission

SOON = timedelta(days=30)


class OwnExamination(NotPermitted):
    """Nobody examines himself, or approves what he asked for."""

    code = "own-examination"


def courses_for(by: Actor) -> QuerySet[Course]:
    """Return the courses whose certificates `by` may see: all for who manages members, else those that he examines."""
    courses = Course.objects.order_by("title", "pk")
    return courses if by.may(Permission.MEMBER_MANAGE) else courses.filter(examiner__in=[grant.role for grant in by.grants if grant.role])


def may_see_certificates(by: Actor) -> bool:
    """Tell whether there is anything for `by` to see: he manages members, or examines."""
    return by.may(Permission.MEMBER_MANAGE) or courses_for(by).exists()


def people_for(by: Actor, examiners: Collection[str], at: datetime) -> QuerySet[Member]:
    """Return whose certificates `by` may see: those in the units of his posts as examiner or manager of members, and those without a post."""
    if by.is_system:
        return Member.objects.all()
    manages = by.may(Permission.MEMBER_MANAGE)
    within, root = Q(pk__in=[]), Unit.objects.filter(parent=None).values_list("path", flat=True).first()
    for grant in by.grants:
        if grant.role in examiners or (manages and Permission.MEMBER_MANAGE in grant.permissions and not grant.own_only):
            if grant.unit_path == root:
                return Member.objects.all()
            within |= Q(path__startswith=grant.unit_path)
    if within == Q(pk__in=[]):
        return Member.objects.none()
    held = current_posts(at).filter(member=OuterRef("pk"))
    return Member.objects.filter(Exists(held.filter(unit__in=Unit.objects.filter(within))) | ~Exists(held))


def examines(by: Actor, course: Course) -> bool:
    """Tell whether `by` enters results of a course: only its examining role does (BNK-09)."""
    return not by.read_only and (by.is_system or by.holds(course.examiner))


def must_examine(course: Course, by: Actor) -> None:
    """Refuse who does not hold the course's examining role, whatever else he may (BNK-09).

    Raises:
        NotPermitted: he does not.
    """
    by.must_write()
    if not examines(by, course):
        raise NotPermitted(_("Only those who hold the examining role of this course enter its results."))


def must_look_after(member: Member, course: Course, *, by: Actor, at: datetime) -> None:
    """Refuse to ask for or take away what lets a member act, unless `by` examines the course or manages the member.

    Raises:
        NotPermitted: `by` does neither; OwnExamination: it is his own.
    """
    by.must_write()
    if not people_for(by, [course.examiner], at).filter(pk=member.pk).exists():
        raise NotPermitted
    if by.member_id == member.pk:
        raise OwnExamination(_("This concerns yourself. Ask a colleague to do it."))


def valid_certificates(at: datetime) -> QuerySet[Certificate]:
    """Return the certificates and approved exceptions that count at `at`."""
    return Certificate.objects.filter(Q(valid_until=None) | Q(valid_until__gt=at), issued_at__lte=at, revoked_at=None)


def valid_in(course: Course | OuterRef, member: str, at: datetime) -> QuerySet[Certificate]:
    """Return the certificates that let a member of the outer query act now, the one that holds longest first."""
    valid = valid_certificates(at).filter(member=OuterRef(member), course=course)
    return valid.order_by(F("valid_until").desc(nulls_first=True))


def courses_with_figures(by: Actor, at: datetime) -> QuerySet[Course]:
    """Return the courses with how many people hold a post that needs it (`appointed`), and how many of them are `valid` and `soon` no more."""
    courses = courses_for(by)
    seen = people_for(by, [code for code in courses.values_list("examiner", flat=True)[:200] if by.holds(code)], at)
    held = current_posts(at).filter(role__certificate=OuterRef("code"), member__in=seen.filter(is_active=True))
    certified = held.filter(Exists(valid_in(OuterRef(OuterRef("pk")), "member", at)))
    held_long = valid_in(OuterRef(OuterRef("pk")), "member", at).filter(Q(valid_until=None) | Q(valid_until__gt=at + SOON))

    def many(posts: QuerySet[Post]) -> Coalesce:
        counted = posts.order_by().values("role__certificate").annotate(many=Count("member", distinct=True)).values("many")
        return Coalesce(Subquery(counted, output_field=IntegerField()), 0)

    return courses.annotate(appointed=many(held), valid=many(certified), soon=many(certified.filter(~Exists(held_long))))


def needing(courses: Collection[Course]) -> dict[str, list[str]]:
    """Return the titles of the roles that need each course, by its code."""
    found: dict[str, list[str]] = {course.code: [] for course in courses}
    for code, title in Role.objects.filter(certificate__in=list(found)).order_by("title").values_list("certificate", "title"):
        found[code].append(title)
    return found


def lacking_of(member: Member, at: datetime) -> list[Course]:
    """Return the courses that a member's posts need and for which he has no valid certificate now: there he cannot act."""
    needed = current_posts(at).filter(member=member).exclude(role__certificate="").values("role__certificate")
    held = valid_certificates(at).filter(member=member)
    return list(Course.objects.filter(code__in=needed).exclude(pk__in=held.values("course")).order_by("title"))
