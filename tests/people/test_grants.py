"""Who somebody is and what he may do."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import make_password
from pytest_django import DjangoAssertNumQueries

from banjie.kernel.errors import NotPermitted, Unseen
from banjie.people.access import actor_of_member, actor_of_session, actor_of_token, digest_of, forget, person_of_session
from banjie.people.actor import Door, ReadOnlyToken
from banjie.people.known import PEOPLE
from banjie.people.models import Member, Post, Session, Token
from banjie.people.permissions import READING, Permission
from banjie.people.sessions import SessionStore
from banjie.people.verbs.posts import assign_post, end_post
from banjie.people.verbs.tokens import create_token
from tests.cast import LONG_AGO, SHANGHAI, Cast

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)
LATER = NOW + timedelta(seconds=6)


def signed_in_session(member: Member, expires: datetime, *, without: str = "") -> str:
    store = SessionStore()
    store[SESSION_KEY] = str(member.pk)
    store[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    store[HASH_SESSION_KEY] = member.get_session_auth_hash()
    store.pop(without, None)
    store.save()
    Session.objects.filter(session_key=store.session_key).update(expire_date=expires, member=member)
    assert store.session_key
    return store.session_key


@pytest.mark.req("PLT-09")
def test_an_actor_may_what_his_posts_allow_in_their_units_only(cast: Cast) -> None:
    chen = cast.chen_hn.actor

    assert chen.may(Permission.TICKET_READ, cast.units["HN-CS"].path)
    assert not chen.may(Permission.TICKET_READ, cast.units["GZ"].path)
    assert not chen.may(Permission.TICKET_READ, cast.units["HQ"].path)
    assert not chen.may(Permission.MEMBER_MANAGE)


def test_who_sees_only_his_own_covers_no_unit(cast: Cast) -> None:
    zhao = cast.zhao.actor

    assert zhao.may(Permission.TICKET_READ)
    assert not zhao.may(Permission.TICKET_READ, cast.units["HN-CS"].path)
    assert zhao.holds("engineer")


def test_no_grant_means_nothing(cast: Cast) -> None:
    mallory = cast.mallory.actor

    assert mallory.grants == ()
    assert not any(mallory.may(permission) for permission in Permission)
    with pytest.raises(NotPermitted):
        mallory.must(Permission.TICKET_READ)


def test_several_posts_add_up(cast: Cast) -> None:
    assign_post(cast.chen_hn.member, role=cast.roles["auditor"], unit=cast.units["GZ"], by=cast.admin.actor, at=NOW)

    chen = actor_of_member(cast.chen_hn.member.pk, NOW)

    assert {(grant.role, grant.unit_id) for grant in chen.grants} == {
        ("second_level", cast.units["HN"].pk),
        ("auditor", cast.units["GZ"].pk),
    }


def test_a_post_counts_from_its_beginning_to_its_end(cast: Cast) -> None:
    post = Post.objects.get(member=cast.li.member)
    end_post(post, by=cast.admin.actor, at=NOW)

    assert actor_of_member(cast.li.member.pk, NOW - timedelta(seconds=1)).grants
    assert not actor_of_member(cast.li.member.pk, NOW).grants
    assert not actor_of_member(cast.li.member.pk, LONG_AGO - timedelta(days=1)).grants


def test_a_missing_and_an_inactive_member_have_no_actor(cast: Cast) -> None:
    Member.objects.filter(pk=cast.li.member.pk).update(is_active=False, left_at=NOW)

    for member_id in (cast.li.member.pk, 10**9):
        with pytest.raises(Unseen):
            actor_of_member(member_id, NOW)


def test_an_actor_takes_one_query(cast: Cast, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    key = signed_in_session(cast.li.member, NOW + timedelta(hours=1))

    with django_assert_num_queries(1):
        first = actor_of_session(key, NOW)
        second = actor_of_session(key, NOW + timedelta(seconds=4))

    assert first == second == cast.li.actor


def test_a_session_dies_with_its_time_its_member_and_his_password(cast: Cast) -> None:
    key = signed_in_session(cast.li.member, NOW + timedelta(hours=1))
    assert person_of_session(key, NOW)

    assert person_of_session(key, NOW + timedelta(hours=1)) is None
    assert person_of_session("unknown", NOW) is None
    Member.objects.filter(pk=cast.li.member.pk).update(password=make_password("another one 1"))
    assert person_of_session(key, NOW)  # remembered
    assert person_of_session(key, LATER) is None


def test_a_session_of_another_member_is_not_believed(cast: Cast) -> None:
    key = signed_in_session(cast.li.member, NOW + timedelta(hours=1))
    Session.objects.filter(session_key=key).update(member=cast.admin.member)

    assert person_of_session(key, NOW) is None


@pytest.mark.parametrize("missing", [SESSION_KEY, BACKEND_SESSION_KEY, HASH_SESSION_KEY])
def test_a_half_signed_in_session_is_nobody(cast: Cast, missing: str) -> None:
    key = signed_in_session(cast.li.member, NOW + timedelta(hours=1), without=missing)

    assert person_of_session(key, NOW) is None


def test_a_tampered_session_is_nobody(cast: Cast) -> None:
    key = signed_in_session(cast.li.member, NOW + timedelta(hours=1))
    packed = Session.objects.get(session_key=key).session_data
    Session.objects.filter(session_key=key).update(session_data="x" + packed)

    assert person_of_session(key, NOW) is None


def test_a_token_acts_as_its_member(cast: Cast) -> None:
    token, secret = create_token(name="ERP", scope="write", expires_at=None, by=cast.li.actor, at=NOW)

    actor = actor_of_token(digest_of(secret), NOW)

    assert actor
    assert (actor.member_id, actor.door, actor.read_only, actor.grants) == (cast.li.member.pk, Door.TOKEN, False, cast.li.actor.grants)
    assert secret not in str(vars(token))
    assert actor_of_token(digest_of(secret + "x"), NOW) is None


def test_a_read_token_may_only_read(cast: Cast) -> None:
    secret = create_token(name="BI", scope="read", expires_at=None, by=cast.admin.actor, at=NOW).secret

    actor = actor_of_token(digest_of(secret), NOW)

    assert actor
    assert {permission for permission in Permission if actor.may(permission)} == READING
    with pytest.raises(ReadOnlyToken):
        actor.must_write()


@pytest.mark.parametrize(
    "change",
    [
        {"revoked_at": NOW},
        {"expires_at": NOW + timedelta(seconds=5)},
        {"member__is_active": False},
    ],
    ids=["revoked", "expired", "member left"],
)
def test_a_token_that_ended_is_refused_after_the_lag(cast: Cast, change: dict[str, object]) -> None:
    token, secret = create_token(name="ERP", scope="write", expires_at=None, by=cast.li.actor, at=NOW)
    digest = digest_of(secret)
    assert actor_of_token(digest, NOW)

    if "member__is_active" in change:
        Member.objects.filter(pk=token.member_id).update(is_active=False, left_at=NOW)
    else:
        Token.objects.filter(pk=token.pk).update(**change)

    assert actor_of_token(digest, NOW + timedelta(seconds=4))
    assert actor_of_token(digest, LATER) is None


def test_a_token_never_outlives_its_own_end_not_even_in_memory(cast: Cast) -> None:
    ends = NOW + timedelta(seconds=2)
    secret = create_token(name="ERP", scope="write", expires_at=ends, by=cast.li.actor, at=NOW).secret

    assert actor_of_token(digest_of(secret), NOW)
    assert actor_of_token(digest_of(secret), ends) is None


def test_a_changed_post_counts_at_once_in_the_same_process(cast: Cast) -> None:
    key = signed_in_session(cast.li.member, NOW + timedelta(hours=1))
    before = actor_of_session(key, NOW)

    end_post(Post.objects.get(member=cast.li.member), by=cast.admin.actor, at=NOW)

    after = actor_of_session(key, NOW)
    assert before
    assert before.grants
    assert after
    assert not after.grants


def test_memory_is_bounded(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PEOPLE, "most", 2)
    for number in range(5):
        secret = create_token(name=str(number), scope="read", expires_at=None, by=cast.li.actor, at=NOW).secret
        actor_of_token(digest_of(secret), NOW)

    assert 1 <= len(PEOPLE) <= 2
    forget()
    assert len(PEOPLE) == 0
