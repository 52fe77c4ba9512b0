"""Who somebody is and what he may do, in one query: the hot path of every request.

A result is remembered in this process for at most five seconds (`memory.LAG`). So an ended post, a revoked token, a
deactivated member, a changed role or a sign-out may still work for that long in another process; the verbs of this room
empty the memory of their own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.utils.crypto import constant_time_compare

from banjie.kernel.errors import Unseen
from banjie.people.actor import Actor, Door, Grant
from banjie.people.known import PEOPLE, SignedIn, session_memory
from banjie.people.models import Member, Role, Token
from banjie.people.permissions import Permission
from banjie.people.sessions import SessionStore

_PERSON = """m.id, m.name, m.username, m.language, m.must_change_password, r.code, u.id, u.path, r.scope, r.permissions, b.id, b.name,
    r.certificate = '' OR EXISTS (
        SELECT FROM people_certificate x JOIN people_course k ON k.id = x.course_id
        WHERE x.member_id = p.member_id AND k.code = r.certificate AND x.issued_at <= %(at)s AND x.revoked_at IS NULL
        AND (x.valid_until IS NULL OR x.valid_until > %(at)s))"""
# The posts of his own, and of those whose deputy he is now.
_POSTS = """
LEFT JOIN LATERAL (
    SELECT m.id AS member_id UNION ALL
    SELECT d.member_id FROM people_delegation d JOIN people_member absent ON absent.id = d.member_id AND absent.is_active
    WHERE d.deputy_id = m.id AND d.since <= %(at)s AND d.until > %(at)s AND d.ended_at IS NULL
) h ON true
LEFT JOIN people_post p ON p.member_id = h.member_id AND p.since <= %(at)s AND (p.until IS NULL OR p.until > %(at)s)
LEFT JOIN people_member b ON b.id = p.member_id AND b.id <> m.id
LEFT JOIN people_role r ON r.id = p.role_id
LEFT JOIN people_unit u ON u.id = p.unit_id
"""
# The three are put together from the constants above; values come as parameters only.
_BY_MEMBER = f"SELECT {_PERSON} FROM people_member m {_POSTS} WHERE m.id = %(key)s AND m.is_active"  # noqa: S608
_BY_TOKEN = f"""
SELECT {_PERSON}, t.scope, t.expires_at FROM people_token t JOIN people_member m ON m.id = t.member_id {_POSTS}
WHERE t.digest = %(key)s AND m.is_active AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > %(at)s)
"""  # noqa: S608
_BY_SESSION = f"""
SELECT {_PERSON}, m.password, s.session_data, s.expire_date FROM people_session s JOIN people_member m ON m.id = s.member_id {_POSTS}
WHERE s.session_key = %(key)s AND s.expire_date > %(at)s AND m.is_active
"""  # noqa: S608

_A_DEPUTY_MAY = frozenset({Permission.TICKET_READ})


def digest_of(token: str) -> str:
    """Return the SHA-256 under which a bearer token is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def actor_of_member(member_id: int, at: datetime) -> Actor:
    """Return the actor of a member with all posts held at `at`; never from memory.

    Raises:
        Unseen: there is no such active member.
    """
    rows = _fetch(_BY_MEMBER, member_id, at)
    if not rows:
        raise Unseen
    return _person(rows, Door.SESSION).actor


def actor_of_token(digest: str, at: datetime) -> Actor | None:
    """Return the actor of a bearer token by its digest, or None when it is unknown, revoked, expired or its member inactive."""
    if person := PEOPLE.recall("token:" + digest, at):
        return person.actor
    rows = _fetch(_BY_TOKEN, digest, at)
    if not rows:
        return None
    scope, expires_at = rows[0][-2:]
    person = _person(rows, Door.TOKEN, read_only=scope != Token.Scope.WRITE)
    return PEOPLE.remember("token:" + digest, person, at, expires_at).actor


def actor_of_session(session_key: str, at: datetime) -> Actor | None:
    """Return the actor of a signed-in browser, or None when the session has ended."""
    person = person_of_session(session_key, at)
    return person.actor if person else None


def person_of_session(session_key: str, at: datetime) -> SignedIn | None:
    """Return who is signed in with this session; None when it expired, the member left or his password changed."""
    if person := PEOPLE.recall(session_memory(session_key), at):
        return person
    rows = _fetch(_BY_SESSION, session_key, at)
    if not rows or not _is_genuine(rows[0]):
        return None
    return PEOPLE.remember(session_memory(session_key), _person(rows, Door.SESSION), at, rows[0][-1])


def forget() -> None:
    """Empty this process's memory: called by every verb that changes what somebody may do."""
    PEOPLE.forget_all()


def _fetch(query: str, key: int | str, at: datetime) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, {"key": key, "at": at})
        return list(cursor.fetchall())


def _person(rows: Sequence[tuple[Any, ...]], door: Door, *, read_only: bool = False) -> SignedIn:
    member_id, name, username, language, must_change_password = rows[0][:5]
    grants = tuple(_grant(row[5:13]) for row in rows if row[5] is not None)
    actor = Actor(name=name, door=door, member_id=member_id, grants=grants, read_only=read_only)
    return SignedIn(actor, username, language, must_change_password)


def _grant(row: Sequence[Any]) -> Grant:
    role, unit_id, path, scope, permissions, behalf_of, behalf_name, is_certified = row
    own_only = scope == Role.Scope.OWN
    if behalf_of is not None:
        able = role if is_certified else ""
        return Grant("", unit_id, path, own_only, frozenset(permissions) & _A_DEPUTY_MAY, behalf_of, behalf_name or "", able)
    if not is_certified:
        return Grant("", unit_id, path, own_only, frozenset(permissions), lapsed_role=role)
    return Grant(role, unit_id, path, own_only, frozenset(permissions))


def _is_genuine(row: tuple[Any, ...]) -> bool:
    """Tell whether the session is signed for this member and his present password, as django.contrib.auth does."""
    password, packed = row[-3:-1]
    session = SessionStore().decode(packed)
    member = Member(id=row[0], password=password)
    known = [member.get_session_auth_hash(), *member.get_session_auth_fallback_hash()]
    given = session.get(HASH_SESSION_KEY, "")
    return (
        session.get(SESSION_KEY) == str(member.id)
        and bool(session.get(BACKEND_SESSION_KEY))
        and any(constant_time_compare(given, right) for right in known)
    )
