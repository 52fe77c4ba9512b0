"""Who may listen to which topic of the live-update process."""

from __future__ import annotations

from asgiref.sync import sync_to_async
from django.db import close_old_connections

from banjie.kernel.errors import Unseen
from banjie.people.actor import Actor
from banjie.people.permissions import Permission
from banjie.tickets.access import may_see
from banjie.tickets.snapshot import load


async def may_listen(actor: Actor, topic: str) -> bool:
    """Tell whether `actor` may be told that something about `topic` has changed.

    Asked when a stream opens and again every half minute. `all` is for everybody, `member:<id>` for that member,
    `unit:<id>` for whoever has a post there that reads tickets, `ticket:<number>` for whoever sees the ticket.
    """
    kind, _colon, name = topic.partition(":")
    if kind == "member":
        return name == str(actor.member_id)
    if kind == "unit":
        return any(name == str(g.unit_id) and not g.own_only and Permission.TICKET_READ in g.permissions for g in actor.grants)
    if kind == "ticket":
        return await sync_to_async(_sees, thread_sensitive=False)(actor, name)
    return topic == "all"


def _sees(actor: Actor, number: str) -> bool:
    close_old_connections()
    try:
        return may_see(actor, load(number, lock=False))
    except Unseen:
        return False
