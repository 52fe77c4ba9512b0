"""Creating members, correcting their data, letting them go and taking them back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from allauth.mfa.models import Authenticator

from banjie.kernel.errors import InvalidInput, NotPermitted
from banjie.people.access import actor_of_member, actor_of_token, digest_of
from banjie.people.actor import Actor
from banjie.people.checks import MemberDraft, RoleDraft
from banjie.people.guards import LastAdministrator, Outranked
from banjie.people.models import AdminEvent, Member, Post, Session
from banjie.people.permissions import Permission
from banjie.people.verbs.members import (
    AlreadyActive,
    AlreadyInactive,
    OwnAccount,
    change_member,
    create_member,
    deactivate_member,
    reactivate_member,
)
from banjie.people.verbs.passwords import change_own_password, remove_second_factor, reset_password
from banjie.people.verbs.posts import MemberInactive, assign_post
from banjie.people.verbs.roles import create_role
from banjie.people.verbs.tokens import create_token
from tests.cast import BUILDER, LONG_AGO, SHANGHAI, Cast, Person

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)
NEW = MemberDraft(" New.Man ", "新 人", "+86 139-0000-9999", "new@example.com")


def clerk_of(cast: Cast, person: Person, unit: str, *more: str) -> Actor:
    """Let `person` manage the members of `unit`, and do `more` there."""
    draft = RoleDraft("clerk", "人事", "subtree", frozenset({Permission.MEMBER_MANAGE, *more}))
    role = create_role(draft, by=BUILDER, at=NOW)
    assign_post(person.member, role=role, unit=cast.units[unit], by=BUILDER, at=NOW)
    AdminEventCount.start()
    return actor_of_member(person.member.pk, NOW)


class AdminEventCount:
    """How many events the arrangement of a test wrote."""

    before = 0

    @classmethod
    def start(cls) -> None:
        cls.before = AdminEvent.objects.count()

    @classmethod
    def new(cls) -> int:
        return AdminEvent.objects.count() - cls.before


def test_a_new_member_can_sign_in_once_and_must_change_the_password(cast: Cast) -> None:
    member, password = create_member(NEW, by=cast.admin.actor, at=NOW)

    member.refresh_from_db()
    assert (member.username, member.name, member.phone, member.joined_at) == ("new.man", "新 人", "13900009999", NOW)
    assert member.must_change_password
    assert member.check_password(password)
    assert not member.posts.exists()
    event = AdminEvent.objects.get()
    assert event.kind == "member.created"
    assert password not in str(event.detail)


def test_a_right_one_time_password_is_rehashed_slowly(cast: Cast) -> None:
    member, password = create_member(NEW, by=cast.admin.actor, at=NOW)
    assert member.password.startswith("one_time$")

    assert not member.check_password("wrong")
    assert member.check_password(password)

    member.refresh_from_db()
    assert member.password.startswith("argon2$argon2id$v=19$m=47104,t=2,p=1$")


@pytest.mark.parametrize(
    ("draft", "fields"),
    [
        (MemberDraft("x", "a"), ["username"]),
        (MemberDraft("用户", "a"), ["username"]),
        (MemberDraft("a b", "a"), ["username"]),
        (MemberDraft("x" * 61, "a"), ["username"]),
        (MemberDraft(" LI ", "a"), ["username"]),
        (MemberDraft("neu", ""), ["name"]),
        (MemberDraft("neu", "a" * 61), ["name"]),
        (MemberDraft("neu", "a", "12"), ["phone"]),
        (MemberDraft("neu", "a", "call me"), ["phone"]),
        (MemberDraft("neu", "a", "", "no mail"), ["email"]),
        (MemberDraft("", "", "x", "x"), ["username", "name", "phone", "email"]),
    ],
)
def test_a_wrong_entry_is_named_and_nobody_created(cast: Cast, draft: MemberDraft, fields: list[str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        create_member(draft, by=cast.admin.actor, at=NOW)

    assert [error.field for error in refused.value.errors] == fields
    assert all(len(error.message) > 8 for error in refused.value.errors)
    assert Member.objects.count() == 12
    assert not AdminEvent.objects.exists()


def test_a_correction_is_logged_with_what_was_before(cast: Cast) -> None:
    change_member(cast.li.member, MemberDraft("li", "李娜娜", "13900000000"), by=cast.admin.actor, at=NOW)

    event = AdminEvent.objects.get()
    assert (event.kind, event.subject, event.detail) == ("member.changed", "li", {"before": {"name": "李娜"}, "after": {"name": "李娜娜"}})


def test_a_taken_sign_in_name_stays_its_owners(cast: Cast) -> None:
    with pytest.raises(InvalidInput):
        change_member(cast.li.member, MemberDraft("Zhang", "李娜"), by=cast.admin.actor, at=NOW)

    assert Member.objects.get(pk=cast.li.member.pk).username == "li"


def test_who_leaves_loses_posts_sessions_tokens_and_password(cast: Cast) -> None:
    secret = create_token(name="ERP", scope="write", expires_at=None, by=cast.li.actor, at=NOW).secret
    Session.objects.create(session_key="k" * 32, session_data="", expire_date=NOW, member=cast.li.member)

    deactivate_member(cast.li.member, by=cast.admin.actor, at=NOW)

    member = Member.objects.get(pk=cast.li.member.pk)
    assert (member.is_active, member.left_at, member.has_usable_password()) == (False, NOW, False)
    assert Post.objects.get(member=member).until == NOW
    assert not Session.objects.filter(member=member).exists()
    assert actor_of_token(digest_of(secret), NOW) is None
    event = AdminEvent.objects.get(kind="member.deactivated")
    assert event.detail["before"] == {"posts": ["hq_agent@HQ"], "tokens": 1}


def test_who_left_comes_back_without_posts_and_with_a_new_password(cast: Cast) -> None:
    deactivate_member(cast.li.member, by=cast.admin.actor, at=NOW)

    member, password = reactivate_member(cast.li.member, by=cast.admin.actor, at=NOW)

    assert (member.is_active, member.left_at, member.must_change_password) == (True, None, True)
    assert member.check_password(password)
    assert not member.check_password(cast.li.password)
    assert actor_of_member(member.pk, NOW).grants == ()


def test_coming_and_going_happen_once(cast: Cast) -> None:
    with pytest.raises(AlreadyActive):
        reactivate_member(cast.li.member, by=cast.admin.actor, at=NOW)
    deactivate_member(cast.li.member, by=cast.admin.actor, at=NOW)
    for attempt in (deactivate_member, reset_password, remove_second_factor):
        with pytest.raises((AlreadyInactive, MemberInactive)):
            attempt(cast.li.member, by=cast.admin.actor, at=NOW)


def test_nobody_locks_himself_out(cast: Cast) -> None:
    with pytest.raises(OwnAccount):
        deactivate_member(cast.admin.member, by=cast.admin.actor, at=NOW)

    assert Member.objects.get(pk=cast.admin.member.pk).is_active


def test_the_last_administrator_cannot_be_taken_away(cast: Cast) -> None:
    with pytest.raises(LastAdministrator):
        deactivate_member(cast.admin.member, by=BUILDER, at=NOW)

    assert Member.objects.get(pk=cast.admin.member.pk).is_active
    assert actor_of_member(cast.admin.member.pk, NOW).grants
    assert not AdminEvent.objects.exists()


def test_one_of_two_administrators_may_go(cast: Cast) -> None:
    assign_post(cast.li.member, role=cast.roles["admin"], unit=cast.units["HQ"], by=cast.admin.actor, at=NOW)

    deactivate_member(cast.admin.member, by=actor_of_member(cast.li.member.pk, NOW), at=NOW)

    assert not Member.objects.get(pk=cast.admin.member.pk).is_active


def test_a_reset_password_signs_out_and_is_shown_once(cast: Cast) -> None:
    Session.objects.create(session_key="k" * 32, session_data="", expire_date=NOW, member=cast.li.member)

    member, password = reset_password(cast.li.member, by=cast.admin.actor, at=NOW)

    assert member.check_password(password)
    assert member.must_change_password
    assert not Session.objects.exists()
    assert password not in str(AdminEvent.objects.get().detail)


def test_a_lost_second_factor_is_removed(cast: Cast) -> None:
    Authenticator.objects.create(user=cast.li.member, type="totp", data={})

    assert remove_second_factor(cast.li.member, by=cast.admin.actor, at=NOW) == 1
    assert remove_second_factor(cast.li.member, by=cast.admin.actor, at=NOW) == 0
    assert AdminEvent.objects.get().kind == "member.second_factor_removed"


def test_one_chooses_ones_own_password(cast: Cast) -> None:
    member = change_own_password(old=cast.li.password, new="cha hua 2026!", by=cast.li.actor, at=NOW)

    member.refresh_from_db()
    assert not member.must_change_password
    assert member.check_password("cha hua 2026!")
    assert member.password.startswith("argon2")
    assert "cha hua" not in str(AdminEvent.objects.get().detail)


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("wrong", "cha hua 2026!", "old"),
        (None, "short", "new"),
        (None, "password123", "new"),
        (None, None, "new"),
    ],
    ids=["old wrong", "short", "common", "same"],
)
def test_a_poor_password_is_refused(cast: Cast, old: str | None, new: str | None, field: str) -> None:
    given = cast.li.password

    with pytest.raises(InvalidInput) as refused:
        change_own_password(old=old or given, new=new or given, by=cast.li.actor, at=NOW)

    assert {error.field for error in refused.value.errors} == {field}
    assert Member.objects.get(pk=cast.li.member.pk).check_password(given)


def test_no_token_changes_a_password(cast: Cast) -> None:
    secret = create_token(name="ERP", scope="write", expires_at=None, by=cast.li.actor, at=NOW).secret
    actor = actor_of_token(digest_of(secret), NOW)
    assert actor

    with pytest.raises(NotPermitted):
        change_own_password(old=cast.li.password, new="cha hua 2026!", by=actor, at=NOW)


ON_OTHERS: list[Callable[[Member, Actor], object]] = [
    lambda member, by: change_member(member, MemberDraft(member.username, "x"), by=by, at=NOW),
    lambda member, by: deactivate_member(member, by=by, at=NOW),
    lambda member, by: reset_password(member, by=by, at=NOW),
    lambda member, by: remove_second_factor(member, by=by, at=NOW),
    lambda member, by: reactivate_member(member, by=by, at=NOW),
]


@pytest.mark.req("PLT-09")
@pytest.mark.parametrize("attempt", ON_OTHERS)
def test_a_clerk_manages_his_branch_only(cast: Cast, attempt: Callable[[Member, Actor], object]) -> None:
    clerk = clerk_of(cast, cast.boss_hn, "HN", *cast.roles["engineer"].permissions)

    for stranger in (cast.li, cast.gu_gz, cast.sun_gz):
        with pytest.raises(NotPermitted):
            attempt(stranger.member, clerk)

    assert AdminEventCount.new() == 0
    change_member(cast.zhao.member, MemberDraft("zhao", "赵小强"), by=clerk, at=NOW)
    assert Member.objects.get(pk=cast.zhao.member.pk).name == "赵小强"


@pytest.mark.parametrize("attempt", ON_OTHERS)
def test_a_clerk_cannot_take_over_who_may_do_more(cast: Cast, attempt: Callable[[Member, Actor], object]) -> None:
    clerk = clerk_of(cast, cast.mallory, "HQ")

    for superior in (cast.admin, cast.wang_sup, cast.zhao):
        with pytest.raises(Outranked):
            attempt(superior.member, clerk)

    assert AdminEventCount.new() == 0


@pytest.mark.parametrize("attempt", ON_OTHERS)
def test_nobody_else_manages_members(cast: Cast, attempt: Callable[[Member, Actor], object]) -> None:
    for person in (cast.li, cast.wang_sup, cast.boss_hn, cast.zhao, cast.auditor, cast.mallory):
        for target in (cast.mallory, cast.zhao):
            with pytest.raises(NotPermitted):
                attempt(target.member, person.actor)
        with pytest.raises(NotPermitted):
            create_member(NEW, by=person.actor, at=NOW)

    assert not AdminEvent.objects.exists()
    assert actor_of_member(cast.zhao.member.pk, LONG_AGO).grants
