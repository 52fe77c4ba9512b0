"""How everybody stands in a course: certified until when, no more, or never (BNK-17)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from banjie.people.certificates import SOON, valid_in
from banjie.people.guards import current_posts
from banjie.people.models import Certificate, Course, Examination, Member, Unit
from banjie.people.queries import posts_at


class Standing(StrEnum):
    """How somebody stands in a course. Who lapses soon is valid, too."""

    VALID = "valid"
    SOON = "soon"
    LAPSED = "lapsed"
    NEVER = "never"


WORDS = {
    Standing.VALID: (_("valid"), "ok"),
    Standing.SOON: (_("lapses soon"), "warn"),
    Standing.LAPSED: (_("lapsed"), "bad"),
    Standing.NEVER: (_("not passed"), "neutral"),
}


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """What the people of a course are narrowed to. `everybody` takes in who neither needs the certificate nor was ever examined."""

    text: str = ""
    unit: Unit | None = None
    standing: Standing | None = None
    everybody: bool = False

    def apply(self, course: Course, people: QuerySet[Member], at: datetime) -> QuerySet[Member]:
        """Return the matching active members by sign-in name, with their standing (see `standing_of`) and their current posts."""
        people = with_standing(course, people.filter(is_active=True), at)
        held = current_posts(at).filter(member=OuterRef("pk"))
        if not self.everybody and not self.text:
            people = people.filter(Exists(held.filter(role__certificate=course.code)) | Q(was_certified=True) | Q(last_on__isnull=False))
        if self.text:
            people = people.filter(Q(username__icontains=self.text) | Q(name__icontains=self.text))
        if self.unit:
            people = people.filter(Exists(held.filter(unit__path__startswith=self.unit.path)))
        if self.standing:
            people = people.filter(_where(self.standing, at))
        return people.order_by("username").prefetch_related(posts_at(at))


def _where(standing: Standing, at: datetime) -> Q:
    """Return the condition on what `with_standing` has added."""
    wanted: dict[Standing, dict[str, object]] = {
        Standing.VALID: {"is_valid": True},
        Standing.SOON: {"is_valid": True, "certified_until__lte": at + SOON},
        Standing.LAPSED: {"is_valid": False, "was_certified": True},
        Standing.NEVER: {"is_valid": False, "was_certified": False},
    }
    return Q(**wanted[standing])


def with_standing(course: Course, people: QuerySet[Member], at: datetime) -> QuerySet[Member]:
    """Add what the best certificate and the latest examination of each say."""
    valid = valid_in(course, "pk", at)
    last = Examination.objects.filter(member=OuterRef("pk"), course=course).order_by("-held_on", "-pk")
    return people.annotate(
        is_valid=Exists(valid),
        certified_until=Subquery(valid.values("valid_until")[:1]),
        waived=Coalesce(Subquery(valid.values("waiver_reason")[:1]), Value("", output_field=TextField())),
        was_certified=Exists(Certificate.objects.filter(member=OuterRef("pk"), course=course, issued_at__isnull=False)),
        last_on=Subquery(last.values("held_on")[:1]),
        last_score=Subquery(last.values("score")[:1]),
    )


@dataclass(frozen=True, slots=True)
class Examinee:
    """A member in a course. `until` is when the certificate ends, None for never or no certificate; `is_waived`: it is an exception."""

    id: int
    username: str
    name: str
    posts: str
    standing: Standing
    until: datetime | None
    is_waived: bool
    last_on: date | None
    last_score: int | None


def examinee_of(member: Member, at: datetime) -> Examinee:
    """Read what `PeopleFilter.apply` has added to a member."""
    row = vars(member)
    until = row["certified_until"]
    lapsing = Standing.SOON if until is not None and until <= at + SOON else Standing.VALID
    standing = lapsing if row["is_valid"] else Standing.LAPSED if row["was_certified"] else Standing.NEVER
    posts = "、".join(f"{post.unit.name} {post.role.title}" for post in row.get("current", ()))
    waived = bool(row["waived"])
    return Examinee(member.pk, member.username, member.name, posts, standing, until, waived, row["last_on"], row["last_score"])
