"""What the administration pages show, limited to what the actor may manage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from banjie.people.actor import Actor
from banjie.people.guards import current_posts
from banjie.people.models import AdminEvent, Member, Post, Role, Token, Unit
from banjie.people.permissions import Permission


def is_untouched() -> bool:
    """Tell whether nobody has an account yet, so that the first-run page exists."""
    return not Member.objects.exists()


def units_for(permission: Permission, by: Actor) -> QuerySet[Unit]:
    """Return the units in which `by` has a permission, top down; none without a grant (invariant 6)."""
    if by.is_system:
        return Unit.objects.order_by("path")
    within = Q(pk__in=[])
    for grant in by.grants:
        if permission in grant.permissions and not grant.own_only:
            within |= Q(path__startswith=grant.unit_path)
    return Unit.objects.filter(within).order_by("path")


def manages_all(permission: Permission, by: Actor) -> bool:
    """Tell whether `by` has a permission over the whole organisation."""
    root = Unit.objects.filter(parent=None).first()
    return by.may(permission, root.path if root else "/")


def members_for(by: Actor, at: datetime) -> QuerySet[Member]:
    """Return the members whom `by` may manage: those with a post in his units, and those without any.

    Whoever manages the whole organisation sees all of them, also those who left.
    """
    if not by.may(Permission.MEMBER_MANAGE):
        return Member.objects.none()
    if manages_all(Permission.MEMBER_MANAGE, by):
        return Member.objects.all()
    held = current_posts(at).filter(member=OuterRef("pk"))
    return Member.objects.filter(Exists(held.filter(unit__in=units_for(Permission.MEMBER_MANAGE, by))) | ~Exists(held))


def others_may(permission: Permission, by: Actor) -> bool:
    """Tell whether anybody else who works here holds a post that allows `permission`."""
    held = Post.objects.filter(until=None, role__permissions__contains=[permission], member__is_active=True)
    return held.exclude(member=by.member_id).exists()


@dataclass(frozen=True, slots=True)
class MemberFilter:
    """What the list of members is narrowed to."""

    text: str = ""
    unit: Unit | None = None
    role: Role | None = None
    is_active: bool | None = True

    def apply(self, members: QuerySet[Member], at: datetime) -> QuerySet[Member]:
        """Return the matching members by sign-in name, with their current posts."""
        if self.text:
            parts = Q(username__icontains=self.text) | Q(name__icontains=self.text) | Q(phone__contains=self.text)
            members = members.filter(parts)
        if self.is_active is not None:
            members = members.filter(is_active=self.is_active)
        held = current_posts(at).filter(member=OuterRef("pk"))
        if self.unit:
            members = members.filter(Exists(held.filter(unit__path__startswith=self.unit.path)))
        if self.role:
            members = members.filter(Exists(held.filter(role=self.role)))
        return members.order_by("username").prefetch_related(posts_at(at))


def posts_at(at: datetime) -> Prefetch[str]:
    """Prefetch the posts held at `at` as `current`."""
    return Prefetch("posts", current_posts(at).select_related("role", "unit").order_by("unit__path", "role__code"), to_attr="current")


def posts_of(member: Member) -> QuerySet[Post]:
    """Return all posts of a member, the current ones first, then the latest."""
    return member.posts.select_related("role", "unit").order_by("-until", "-since", "-pk")


def roles_with_holders(at: datetime) -> QuerySet[Role]:
    """Return all roles with `holders`, how many posts are held at `at`."""
    held = Q(posts__since__lte=at) & (Q(posts__until=None) | Q(posts__until__gt=at))
    return Role.objects.annotate(holders=Count("posts", filter=held)).order_by("title")


def tokens_in_use(at: datetime) -> QuerySet[Token]:
    """Return tokens that are neither revoked nor expired, newest first."""
    return Token.objects.filter(Q(expires_at=None) | Q(expires_at__gt=at), revoked_at=None).select_related("member").order_by("-pk")


@dataclass(frozen=True, slots=True)
class LogFilter:
    """What the administration log is narrowed to; days are inclusive, in the site's time zone."""

    kind: str = ""
    text: str = ""
    since_on: date | None = None
    until_on: date | None = None


def admin_log(narrowed: LogFilter, by: Actor) -> QuerySet[AdminEvent]:
    """Return the administration log, newest first; it concerns the whole organisation, and so does the permission.

    Raises:
        NotPermitted: `by` has no `audit:read` at the top.
    """
    root = Unit.objects.filter(parent=None).first()
    by.must(Permission.AUDIT_READ, root.path if root else "/")
    entries = AdminEvent.objects.order_by("-pk")
    if narrowed.kind:
        entries = entries.filter(kind__startswith=narrowed.kind)
    if narrowed.text:
        entries = entries.filter(Q(subject__icontains=narrowed.text) | Q(actor_name__icontains=narrowed.text))
    if narrowed.since_on:
        entries = entries.filter(at__gte=_start(narrowed.since_on))
    if narrowed.until_on:
        entries = entries.filter(at__lte=datetime.combine(narrowed.until_on, time.max, timezone.get_current_timezone()))
    return entries


def _start(day: date) -> datetime:
    return datetime.combine(day, time.min, timezone.get_current_timezone())
