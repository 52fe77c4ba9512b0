"""Issuing bearer tokens and withdrawing them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from banjie.kernel.errors import InvalidInput, Unseen
from banjie.people.access import actor_of_token, digest_of
from banjie.people.actor import Actor, ReadOnlyToken
from banjie.people.models import AdminEvent, Token
from banjie.people.verbs.tokens import SignInFirst, TooManyTokens, create_token, revoke_token
from tests.cast import SHANGHAI, Cast

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)


def actor_with(cast: Cast, scope: str) -> Actor:
    actor = actor_of_token(digest_of(create_token(name=scope, scope=scope, expires_at=None, by=cast.li.actor, at=NOW).secret), NOW)
    assert actor
    return actor


def test_the_secret_is_shown_once_and_kept_nowhere(cast: Cast) -> None:
    token, secret = create_token(name=" ERP  接口 ", scope="write", expires_at=NOW + timedelta(days=90), by=cast.li.actor, at=NOW)

    token.refresh_from_db()
    assert secret.startswith("bj_")
    assert len(secret) > 40
    assert (token.name, token.digest, token.member) == ("ERP 接口", digest_of(secret), cast.li.member)
    event = AdminEvent.objects.get()
    assert event.kind == "token.created"
    assert secret not in str(event.detail)


@pytest.mark.parametrize(
    ("name", "scope", "expires_at", "field"),
    [
        (" ", "read", None, "name"),
        ("x" * 61, "read", None, "name"),
        ("x", "all", None, "scope"),
        ("x", "read", NOW, "expires_at"),
    ],
)
def test_a_wrong_entry_is_named(cast: Cast, name: str, scope: str, expires_at: datetime | None, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        create_token(name=name, scope=scope, expires_at=expires_at, by=cast.li.actor, at=NOW)

    assert [error.field for error in refused.value.errors] == [field]
    assert not Token.objects.exists()


def test_a_token_makes_no_token_and_the_system_has_none(cast: Cast) -> None:
    for by in (actor_with(cast, "write"), actor_with(cast, "read"), Actor.system("job")):
        with pytest.raises(SignInFirst):
            create_token(name="more", scope="write", expires_at=None, by=by, at=NOW)


def test_twenty_tokens_in_use_are_enough(cast: Cast) -> None:
    made = [create_token(name=str(n), scope="read", expires_at=None, by=cast.li.actor, at=NOW).token for n in range(20)]
    with pytest.raises(TooManyTokens):
        create_token(name="21", scope="read", expires_at=None, by=cast.li.actor, at=NOW)

    revoke_token(made[0], by=cast.li.actor, at=NOW)

    assert create_token(name="21", scope="read", expires_at=None, by=cast.li.actor, at=NOW).secret
    assert create_token(name="1", scope="read", expires_at=None, by=cast.zhang.actor, at=NOW).secret


def test_a_revoked_token_stays_revoked(cast: Cast) -> None:
    token, secret = create_token(name="ERP", scope="write", expires_at=None, by=cast.li.actor, at=NOW)
    assert actor_of_token(digest_of(secret), NOW)

    revoke_token(token, by=cast.li.actor, at=NOW)
    revoke_token(token, by=cast.li.actor, at=NOW + timedelta(hours=1))

    token.refresh_from_db()
    assert token.revoked_at == NOW
    assert actor_of_token(digest_of(secret), NOW) is None
    assert AdminEvent.objects.filter(kind="token.revoked").count() == 1


def test_only_owner_and_administrator_revoke(cast: Cast) -> None:
    token = create_token(name="ERP", scope="write", expires_at=None, by=cast.li.actor, at=NOW).token

    for person in (cast.zhang, cast.wang_sup, cast.auditor, cast.mallory):
        with pytest.raises(Unseen):
            revoke_token(token, by=person.actor, at=NOW)

    token.refresh_from_db()
    assert token.revoked_at is None
    assert revoke_token(token, by=cast.admin.actor, at=NOW).revoked_at == NOW


def test_a_read_token_revokes_nothing(cast: Cast) -> None:
    reader = actor_with(cast, "read")

    with pytest.raises(ReadOnlyToken):
        revoke_token(Token.objects.get(), by=reader, at=NOW)
