"""Rules that every change of the organisation keeps: nobody lifts himself up, and somebody can always administer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from banjie.kernel.errors import NotPermitted, Refused
from banjie.people.actor import Actor
from banjie.people.models import Member, Post, Role, Unit
from banjie.people.permissions import Permission

_ADMINISTERS = [Permission.MEMBER_MANAGE, Permission.ROLE_MANAGE, Permission.UNIT_MANAGE]


class Outranked(NotPermitted):
    """It concerns permissions that the actor does not have himself."""

    code = "outranked"
    default_message = _("This concerns permissions that you do not have yourself. Ask an administrator who has them.")


class LastAdministrator(Refused):
    """Nobody would be left who can administer."""

    code = "last-administrator"
    default_message = _("Nobody would be left to administer members, roles and units. Appoint another administrator first.")


def lock_organisation() -> Unit | None:
    """Hold the root unit's row until the transaction ends, so that changes of the organisation happen one after another."""
    return Unit.objects.select_for_update().filter(parent=None).first()


def current_posts(at: datetime) -> QuerySet[Post]:
    """Return the posts held at `at`."""
    return Post.objects.filter(Q(until=None) | Q(until__gt=at), since__lte=at)


def must_have_all(permissions: Iterable[str], unit_path: str, by: Actor) -> None:
    """Refuse to hand out or take away, in a unit, what the actor may not do there himself.

    Raises:
        Outranked: `by` lacks one of the permissions over the unit.
    """
    if not by.is_system and not all(_has(by, permission, unit_path) for permission in permissions):
        raise Outranked


def must_manage(member: Member, *, by: Actor, at: datetime) -> None:
    """Refuse to manage somebody outside one's units, or somebody who may do more than oneself.

    Without the second rule, whoever can reset passwords could sign in as an administrator.

    Raises:
        NotPermitted: a post of the member lies outside the actor's units.
        Outranked: a post of the member allows what the actor may not do.
    """
    by.must(Permission.MEMBER_MANAGE)
    for post in current_posts(at).filter(member=member).select_related("role", "unit"):
        by.must(Permission.MEMBER_MANAGE, post.unit.path)
        must_have_all(post.role.permissions, post.unit.path, by)


@contextmanager
def keeping_an_administrator(at: datetime) -> Iterator[None]:
    """Refuse a change after which nobody could administer the whole organisation any more. Needs `lock_organisation`.

    Raises:
        LastAdministrator: before the change somebody could.
    """
    administrators = current_posts(at).filter(
        member__is_active=True, unit__parent=None, role__scope=Role.Scope.SUBTREE, role__permissions__contains=_ADMINISTERS
    )
    somebody_could = administrators.exists()
    yield
    if somebody_could and not administrators.exists():
        raise LastAdministrator


def _has(by: Actor, permission: str, unit_path: str) -> bool:
    """Compare as text: a stored role may still name a permission that a later version dropped."""
    return any(permission in grant.permissions and grant.covers(unit_path) for grant in by.grants)
