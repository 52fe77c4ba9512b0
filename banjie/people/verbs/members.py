"""Create members, correct their data, let them go and take them back."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from banjie.kernel.errors import Refused
from banjie.people.actor import Actor
from banjie.people.checks import Checklist, MemberDraft
from banjie.people.events import changed, facts_of, record
from banjie.people.grants import forget
from banjie.people.guards import current_posts, keeping_an_administrator, lock_organisation, must_manage
from banjie.people.models import Member
from banjie.people.passwords import new_one_time_password, one_time_hash
from banjie.people.permissions import Permission


class OwnAccount(Refused):
    """Locking oneself out is a mistake."""

    code = "own-account"
    default_message = gettext_lazy("You cannot deactivate your own account. Ask another administrator.")


class AlreadyInactive(Refused):
    """Nothing left to do."""

    code = "already-inactive"
    default_message = gettext_lazy("This account is already inactive.")


class AlreadyActive(Refused):
    """Nothing left to do."""

    code = "already-active"
    default_message = gettext_lazy("This account is active.")


class NewPassword(NamedTuple):
    """A member and his one-time password, which is stored only as a hash and shown once."""

    member: Member
    password: str


@transaction.atomic
def create_member(draft: MemberDraft, *, by: Actor, at: datetime) -> NewPassword:
    """Create an account. Without a post its owner can sign in and see nothing (invariant 6).

    Raises:
        NotPermitted: `by` may not manage members.
        InvalidInput: an entry is missing or wrong, or the sign-in name is taken.
    """
    by.must(Permission.MEMBER_MANAGE)
    lock_organisation()
    draft = _checked(draft, besides=None)
    password = new_one_time_password()
    member = Member.objects.create(
        username=draft.username,
        name=draft.name,
        phone=draft.phone,
        email=draft.email,
        password=one_time_hash(password),
        must_change_password=True,
        joined_at=at,
    )
    record("member.created", member.username, {"after": facts_of(member)}, by=by, at=at)
    return NewPassword(member, password)


@transaction.atomic
def change_member(member: Member, draft: MemberDraft, *, by: Actor, at: datetime) -> Member:
    """Correct a member's name, sign-in name, phone or e-mail.

    Raises:
        NotPermitted: `by` may not manage this member.
        InvalidInput: an entry is missing or wrong, or the sign-in name is taken.
    """
    member = _held(member, by=by, at=at)
    draft = _checked(draft, besides=member)
    before = facts_of(member)
    member.username, member.name, member.phone, member.email = draft.username, draft.name, draft.phone, draft.email
    member.save(update_fields=["username", "name", "phone", "email"])
    difference = changed(before, facts_of(member))
    if difference["after"]:
        record("member.changed", member.username, difference, by=by, at=at)
    forget()
    return member


@transaction.atomic
def deactivate_member(member: Member, *, by: Actor, at: datetime) -> Member:
    """Let a member go: his posts end, his sessions and tokens die, his password is void. His work stays (invariant 3).

    Raises:
        NotPermitted: `by` may not manage this member.
        OwnAccount: it is `by` himself.
        AlreadyInactive: he left before.
        LastAdministrator: nobody would be left to administer.
    """
    member = _held(member, by=by, at=at)
    if member.pk == by.member_id:
        raise OwnAccount
    if not member.is_active:
        raise AlreadyInactive
    held = [f"{post.role.code}@{post.unit.code}" for post in current_posts(at).filter(member=member).select_related("role", "unit")]
    with keeping_an_administrator(at):
        member.posts.filter(until=None, since__lte=at).update(until=at)
        member.is_active, member.left_at, member.password = False, at, make_password(None)
        member.save(update_fields=["is_active", "left_at", "password"])
    member.sessions.all().delete()
    revoked = member.tokens.filter(revoked_at=None).update(revoked_at=at)
    record("member.deactivated", member.username, {"before": {"posts": held, "tokens": revoked}}, by=by, at=at)
    forget()
    return member


@transaction.atomic
def reactivate_member(member: Member, *, by: Actor, at: datetime) -> NewPassword:
    """Take a member back, with a new one-time password and without posts.

    Raises:
        NotPermitted: `by` may not manage members.
        AlreadyActive: he did not leave.
    """
    member = _held(member, by=by, at=at)
    if member.is_active:
        raise AlreadyActive
    password = new_one_time_password()
    member.is_active, member.left_at, member.password, member.must_change_password = True, None, one_time_hash(password), True
    member.save(update_fields=["is_active", "left_at", "password", "must_change_password"])
    record("member.reactivated", member.username, by=by, at=at)
    return NewPassword(member, password)


def _held(member: Member, *, by: Actor, at: datetime) -> Member:
    """Read the member again under the organisation's lock, and refuse whom `by` may not manage."""
    lock_organisation()
    member = Member.objects.select_for_update().get(pk=member.pk)
    must_manage(member, by=by, at=at)
    return member


def _checked(draft: MemberDraft, *, besides: Member | None) -> MemberDraft:
    draft = draft.cleaned()
    found = Checklist()
    draft.check(found)
    others = Member.objects.exclude(pk=besides.pk) if besides else Member.objects.all()
    found.demand(not others.filter(username=draft.username).exists(), "username", _("Another account has this sign-in name."))
    found.settle()
    return draft
