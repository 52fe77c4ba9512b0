"""Deputies as their pages show them: whose, from which day to which, and whether that may be ended here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from banjie.people.actor import Actor
from banjie.people.models import Delegation, Member
from banjie.people.permissions import Permission
from banjie.people.queries import members_for

MOST_OFFERED = 2000
MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Shown:
    """A delegation in a list. `is_now` tells whether it has begun."""

    id: int
    member: str
    member_username: str
    deputy: str
    deputy_username: str
    since: datetime
    until: datetime
    span: str
    reason: str
    made_by: str
    is_now: bool


def deputies_of(member_id: int, at: datetime) -> list[Shown]:
    """Return a member's deputies now and later, those of now first."""
    return _shown(Delegation.objects.filter(member_id=member_id), at)


def deputy_for(member_id: int, at: datetime) -> list[Shown]:
    """Return for whom somebody is the deputy now and later."""
    return _shown(Delegation.objects.filter(deputy_id=member_id, member__is_active=True), at)


def ending_for(by: Actor, at: datetime) -> QuerySet[Delegation]:
    """Return the delegations that `by` may end: his own, and those of the members whom he manages."""
    mine = Delegation.objects.filter(member_id=by.member_id or 0)
    return mine | Delegation.objects.filter(member__in=members_for(by, at)) if by.may(Permission.MEMBER_MANAGE) else mine


def offered(member_id: int) -> list[tuple[str, str]]:
    """Return who may be named as deputy of a member: sign-in name and name of everybody else who works here."""
    others = Member.objects.filter(is_active=True).exclude(pk=member_id).order_by("name", "username")
    return list(others.values_list("username", "name")[:MOST_OFFERED])


def found(typed: str) -> Member | None:
    """Return the active member of a sign-in name, or of a name that only one has."""
    text = typed.strip()[:80]
    by_username = Member.objects.filter(is_active=True, username=text.lower()).first()
    if by_username is not None or not text:
        return by_username
    named = list(Member.objects.filter(is_active=True, name=text)[:2])
    return named[0] if len(named) == 1 else None


def span_of(since: datetime, until: datetime) -> str:
    """Return from when to when in the site's time: whole days as days, the last one included."""
    first, last = timezone.localtime(since), timezone.localtime(until)
    if first.timetz() == last.timetz() and (first.hour, first.minute, first.second) == (0, 0, 0):
        days = f"{first:%Y-%m-%d}", f"{last - timedelta(days=1):%Y-%m-%d}"
        return days[0] if days[0] == days[1] else _("%(first)s to %(last)s") % {"first": days[0], "last": days[1]}
    return _("%(first)s to %(last)s") % {"first": f"{first:%Y-%m-%d %H:%M}", "last": f"{last:%Y-%m-%d %H:%M}"}


def _shown(rows: QuerySet[Delegation], at: datetime) -> list[Shown]:
    still = rows.filter(ended_at=None, until__gt=at).select_related("member", "deputy").order_by("since", "pk")[:MOST_SHOWN]
    return [
        Shown(
            id=row.pk,
            member=row.member.name,
            member_username=row.member.username,
            deputy=row.deputy.name,
            deputy_username=row.deputy.username,
            since=row.since,
            until=row.until,
            span=span_of(row.since, row.until),
            reason=row.reason,
            made_by=row.made_by_name,
            is_now=row.since <= at,
        )
        for row in still
    ]
