"""Issue bearer tokens for REST and withdraw them."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from banjie.kernel.errors import NotPermitted, Refused, Unseen
from banjie.people.actor import Actor, Door
from banjie.people.checks import Checklist
from banjie.people.events import facts_of, record
from banjie.people.grants import digest_of, forget
from banjie.people.models import Member, Token
from banjie.people.permissions import Permission

_MOST = 20


class TooManyTokens(Refused):
    """Twenty are enough for one person."""

    code = "too-many-tokens"
    default_message = gettext_lazy("You already have 20 tokens in use. Revoke one that is no longer needed.")


class SignInFirst(NotPermitted):
    """A token cannot make tokens: it would outlive its own revocation, and a read token could write."""

    code = "sign-in-first"
    default_message = gettext_lazy("Tokens are created on your profile page after signing in, not with another token.")


class NewToken(NamedTuple):
    """A token and its secret, which is stored nowhere and shown once."""

    token: Token
    secret: str


@transaction.atomic
def create_token(*, name: str, scope: str, expires_at: datetime | None, by: Actor, at: datetime) -> NewToken:
    """Issue a token that acts as `by`, with `scope` "read" or "write".

    Raises:
        SignInFirst: `by` did not come in through a session.
        TooManyTokens: he has 20 in use.
        InvalidInput: no name, an unknown scope, or an end in the past.
    """
    if by.door is not Door.SESSION or by.member_id is None:
        raise SignInFirst
    found = Checklist()
    name = " ".join(name.split())
    found.demand(0 < len(name) <= 60, "name", _("Write what the token is for, at most 60 characters."))
    found.demand(scope in Token.Scope.values, "scope", _("Choose read, or read and write."))
    found.demand(expires_at is None or expires_at > at, "expires_at", _("Choose a day in the future."))
    found.settle()
    member = Member.objects.select_for_update().get(pk=by.member_id)
    if member.tokens.filter(Q(expires_at=None) | Q(expires_at__gt=at), revoked_at=None).count() >= _MOST:
        raise TooManyTokens
    secret = f"bj_{secrets.token_urlsafe(32)}"
    token = Token.objects.create(member=member, name=name, digest=digest_of(secret), scope=scope, created_at=at, expires_at=expires_at)
    record("token.created", name, {"after": facts_of(token)}, by=by, at=at)
    return NewToken(token, secret)


@transaction.atomic
def revoke_token(token: Token, *, by: Actor, at: datetime) -> Token:
    """Withdraw a token for good: one's own, or anybody's with `token:manage`. Revoking twice changes nothing.

    Raises:
        ReadOnlyToken: `by` came in with a token that may only read.
        Unseen: it belongs to somebody else.
    """
    by.must_write()
    token = Token.objects.select_related("member").select_for_update(of=("self",)).get(pk=token.pk)
    if token.member_id != by.member_id and not by.may(Permission.TOKEN_MANAGE):
        raise Unseen
    if token.revoked_at is None:
        token.revoked_at = at
        token.save(update_fields=["revoked_at"])
        record("token.revoked", token.name, {"before": facts_of(token)}, by=by, at=at)
    forget()
    return token
