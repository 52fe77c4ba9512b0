"""The daily seal over all chain heads that moved, and its export: what is kept elsewhere cannot be cut off here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from django.conf import settings
from django.db import connection, transaction

from banjie.kernel.chain import GENESIS, link
from banjie.tickets.models import Seal, SealedHead

_HEADS = """
insert into tickets_sealedhead (seal_id, ticket_id, length, head)
select %s, t.id, t.chain_length, t.chain_head from tickets_ticket t
left join lateral (select h.length from tickets_sealedhead h where h.ticket_id = t.id order by h.seal_id desc limit 1) last on true
where t.updated_at >= %s and t.chain_length > coalesce(last.length, 0)
"""
_LOCK = 0x7365616C  # "seal": one process seals at a time


def seal_yesterday(now: datetime) -> int:
    """Make the seal of the day that is over, unless it exists; return how many were made."""
    day = now.astimezone(ZoneInfo(settings.TIME_ZONE)).date() - timedelta(days=1)
    if Seal.objects.filter(day__gte=day).exists():
        return 0
    return int(seal(day, at=now) is not None)


@transaction.atomic
def seal(day: date, *, at: datetime) -> Seal | None:
    """Seal every chain that has grown since the seal before; None when another process was faster."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
        last = Seal.objects.order_by("-day").first()
        if last is not None and last.day >= day:
            return None
        cursor.execute("select nextval(pg_get_serial_sequence('tickets_seal', 'id'))")
        pk = cursor.fetchone()[0]
        # A minute of overlap: what was being written while the last seal was made is in this one.
        since = last.made_at - timedelta(minutes=1) if last else datetime.min.replace(tzinfo=at.tzinfo)
        cursor.execute(_HEADS, [pk, since])
        count = cursor.rowcount
    previous = bytes(last.digest) if last else GENESIS
    digest = digest_of(pk, day, previous)
    return Seal.objects.create(pk=pk, day=day, made_at=at, count=count, previous=previous, digest=digest)


def heads_of(seal_id: int) -> Iterator[tuple[str, int, bytes]]:
    """Yield number, length and head of every chain that a seal holds, by number."""
    rows = SealedHead.objects.filter(seal=seal_id).order_by("ticket__number").values_list("ticket__number", "length", "head")
    for number, length, head in rows.iterator(chunk_size=5000):
        yield number, length, bytes(head)


def digest_of(seal_id: int, day: date, previous: bytes) -> bytes:
    """Return the keyed digest over a seal's heads, chained to the seal before."""
    digest = previous
    for number, length, head in heads_of(seal_id):
        digest = link(settings.CHAIN_KEY, digest, [number, length, head.hex()])
    return link(settings.CHAIN_KEY, digest, [day.isoformat()])


def exported() -> Iterator[bytes]:
    """Yield all seals as JSON lines, oldest first, to be kept off the machine."""
    for made in Seal.objects.order_by("day"):
        heads: list[list[Any]] = [[number, length, head.hex()] for number, length, head in heads_of(made.pk)]
        yield (
            orjson.dumps(
                {"day": made.day.isoformat(), "digest": bytes(made.digest).hex(), "previous": bytes(made.previous).hex(), "heads": heads}
            )
            + b"\n"
        )
