"""Reset what a member forgot or lost, and let him choose his own password."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext as _

from banjie.kernel.errors import NotPermitted
from banjie.people.actor import Actor, Door
from banjie.people.checks import Checklist
from banjie.people.events import record
from banjie.people.grants import forget
from banjie.people.guards import lock_organisation, must_manage
from banjie.people.models import Member
from banjie.people.passwords import new_one_time_password, one_time_hash, weaknesses
from banjie.people.verbs.members import NewPassword
from banjie.people.verbs.posts import MemberInactive


@transaction.atomic
def reset_password(member: Member, *, by: Actor, at: datetime) -> NewPassword:
    """Issue a new one-time password; whoever is signed in as this member is signed out.

    Raises:
        NotPermitted: `by` may not manage this member.
        Outranked: the member may do what `by` may not.
        MemberInactive: the member left.
    """
    member = _managed(member, by=by, at=at)
    password = new_one_time_password()
    member.password, member.must_change_password = one_time_hash(password), True
    member.save(update_fields=["password", "must_change_password"])
    member.sessions.all().delete()
    record("member.password_reset", member.username, by=by, at=at)
    forget()
    return NewPassword(member, password)


@transaction.atomic
def remove_second_factor(member: Member, *, by: Actor, at: datetime) -> int:
    """Remove the authenticator, passkeys and recovery codes of a member who lost them; return how many there were.

    Raises:
        NotPermitted: `by` may not manage this member.
        Outranked: the member may do what `by` may not.
        MemberInactive: the member left.
    """
    member = _managed(member, by=by, at=at)
    removed, _details = Authenticator.objects.filter(user=member).delete()
    if removed:
        record("member.second_factor_removed", member.username, {"before": {"authenticators": removed}}, by=by, at=at)
    return int(removed)


@transaction.atomic
def change_own_password(*, old: str, new: str, by: Actor, at: datetime) -> Member:
    """Choose a new password; every other session of this person ends (the door renews its own).

    Raises:
        NotPermitted: `by` did not come in through a session.
        InvalidInput: the old password is wrong, or the new one is too easy or the same.
    """
    if by.door is not Door.SESSION or by.member_id is None:
        raise NotPermitted
    member = Member.objects.select_for_update().get(pk=by.member_id)
    found = Checklist()
    found.demand(member.check_password(old), "old", _("The present password is wrong."))
    found.demand(old != new, "new", _("Choose a password that differs from the present one."))
    found.errors += weaknesses(new, member, "new")
    found.settle()
    member.set_password(new)
    member.must_change_password = False
    member.save(update_fields=["password", "must_change_password"])
    record("member.password_changed", member.username, by=by, at=at)
    forget()
    return member


def _managed(member: Member, *, by: Actor, at: datetime) -> Member:
    lock_organisation()
    member = Member.objects.select_for_update().get(pk=member.pk)
    must_manage(member, by=by, at=at)
    if not member.is_active:
        raise MemberInactive
    return member
