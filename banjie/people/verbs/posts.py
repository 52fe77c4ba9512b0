"""Appoint to posts and end them (PLT-09)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from banjie.kernel.errors import NotPermitted, Refused
from banjie.people.actor import Actor
from banjie.people.certified import Uncertified, certified, title_of
from banjie.people.events import facts_of, record
from banjie.people.grants import forget
from banjie.people.guards import current_posts, keeping_an_administrator, lock_organisation, must_have_all
from banjie.people.models import Member, Post, Role, Unit
from banjie.people.permissions import Permission
from banjie.people.verbs.units import UnitClosed


class AlreadyHeld(Refused):
    """The person has this post."""

    code = "already-held"
    default_message = _("This person already holds this role in this unit.")


class AlreadyEnded(Refused):
    """The post is over."""

    code = "already-ended"
    default_message = _("This post has already ended.")


class MemberInactive(Refused):
    """The person left."""

    code = "member-inactive"
    default_message = _("This person is inactive. Reactivate the account first.")


class OwnPost(NotPermitted):
    """Nobody appoints himself."""

    code = "own-post"
    default_message = _("You cannot appoint yourself. Ask another administrator.")


@transaction.atomic
def assign_post(member: Member, *, role: Role, unit: Unit, by: Actor, at: datetime) -> Post:
    """Appoint a member to a role in a unit, from `at` on.

    Raises:
        NotPermitted: `by` may not manage members of the unit.
        Outranked: the role allows what `by` may not do in the unit.
        OwnPost: `by` would appoint himself without managing roles.
        MemberInactive: the member left.
        UnitClosed: the unit is closed.
        AlreadyHeld: he holds this post already.
        Uncertified: the role needs a certificate that he does not have (BNK-17).
    """
    lock_organisation()
    member, role, unit = Member.objects.get(pk=member.pk), Role.objects.get(pk=role.pk), Unit.objects.get(pk=unit.pk)
    by.must(Permission.MEMBER_MANAGE, unit.path)
    must_have_all(role.permissions, unit.path, by)
    if by.member_id == member.pk and not by.may(Permission.ROLE_MANAGE):
        raise OwnPost
    if not member.is_active:
        raise MemberInactive
    if not unit.is_active:
        raise UnitClosed
    if role.certificate and not certified([member.pk], role.certificate, at):
        raise Uncertified(
            gettext(
                "%(name)s has no valid certificate of “%(course)s”: no post of this role without it. Enter the result on the page “Certificates” first."
            )
            % {"name": member.name, "course": title_of(role.certificate)}
        )
    if current_posts(at).filter(member=member, role=role, unit=unit).exists():
        raise AlreadyHeld
    post = Post.objects.create(member=member, role=role, unit=unit, since=at)
    record("post.assigned", member.username, {"after": facts_of(post)}, by=by, at=at)
    forget()
    return post


@transaction.atomic
def end_post(post: Post, *, by: Actor, at: datetime) -> Post:
    """End a post at `at`; it stays in the person's history.

    Raises:
        NotPermitted: `by` may not manage members of the unit.
        Outranked: the role allows what `by` may not do in the unit.
        AlreadyEnded: it was over already.
        LastAdministrator: nobody would be left to administer.
    """
    lock_organisation()
    post = Post.objects.select_related("member", "role", "unit").get(pk=post.pk)
    by.must(Permission.MEMBER_MANAGE, post.unit.path)
    must_have_all(post.role.permissions, post.unit.path, by)
    if post.until is not None:
        raise AlreadyEnded
    post.until = max(at, post.since)
    with keeping_an_administrator(at):
        post.save(update_fields=["until"])
    record("post.ended", post.member.username, {"before": facts_of(post)}, by=by, at=at)
    forget()
    return post
