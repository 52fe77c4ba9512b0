"""`perform_once`: a form that is sent twice changes the ticket once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import orjson
from django.db import IntegrityError, transaction

from banjie.kernel.errors import Refused
from banjie.people.actor import Actor
from banjie.tickets.lifecycle import perform
from banjie.tickets.models import RequestKey
from banjie.tickets.opening import KeyReused
from banjie.tickets.step import Performed


@dataclass(frozen=True, slots=True)
class Sending:
    """One filled form: the ticket's version that the person saw, and the key of this form's rendering (at most 80 characters)."""

    expect: int | None
    key: str


def perform_once(number: str, action: str, payload: Mapping[str, Any], sending: Sending, *, by: Actor, at: datetime) -> Performed:
    """Do `action` like `lifecycle.perform`; the same key again answers with the ticket as it stands and changes nothing.

    Raises:
        KeyReused: the key was used before for something else; and whatever `perform` raises.
    """
    if not sending.key:
        return perform(number, action, payload, by=by, at=at, expect=sending.expect)
    digest = sha256(orjson.dumps([number, action, dict(payload)], option=orjson.OPT_SORT_KEYS, default=str)).digest()
    try:
        with transaction.atomic():
            if done := _already(sending.key, digest, by):
                return done
            done = perform(number, action, payload, by=by, at=at, expect=sending.expect)
            RequestKey.objects.create(member_id=by.member_id, key=sending.key[:80], digest=digest, ticket_id=done.ticket_id, at=at)
            return done
    except (IntegrityError, Refused):
        # The other click may have been faster by a moment: then this one has lost to itself, and nothing is wrong.
        if done := _already(sending.key, digest, by):
            return done
        raise


def _already(key: str, digest: bytes, by: Actor) -> Performed | None:
    mine = RequestKey.objects.filter(member=by.member_id) if by.member_id else RequestKey.objects.filter(member=None)
    row = mine.select_related("ticket").filter(key=key[:80]).first()
    if row is None:
        return None
    if bytes(row.digest) != digest:
        raise KeyReused
    return Performed(row.ticket_id, row.ticket.number, row.ticket.version, row.ticket.state, "")
