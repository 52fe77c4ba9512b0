"""Verify every chain: any edited, removed or cut-off event shows, with its ticket and place (invariant 1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from django.conf import settings
from django.db import connection, transaction

from banjie.kernel.chain import GENESIS, link
from banjie.tickets.models import Seal, Ticket
from banjie.tickets.seals import digest_of
from banjie.tickets.step import EventDraft
from banjie.tickets.timeline import record

MOST = 200
_EVENTS = """
select t.number, t.chain_length, t.chain_head, e.seq, e.at, e.kind, e.action, e.outcome, e.actor_name, e.member_id, e.door, e.from_state, e.to_state,
       e.payload::text, e.digest
from tickets_ticket t left join tickets_event e on e.ticket_id = t.id
where %(number)s::text is null or t.number = %(number)s
order by t.id, e.seq
"""
_SEALED = """
select s.day, t.number, h.length, t.chain_length, e.digest is not distinct from h.head
from tickets_sealedhead h join tickets_seal s on s.id = h.seal_id join tickets_ticket t on t.id = h.ticket_id
left join tickets_event e on e.ticket_id = h.ticket_id and e.seq = h.length
where e.digest is distinct from h.head or t.chain_length < h.length
order by s.day, t.number limit 200
"""


@dataclass
class Verdict:
    """What verification found."""

    tickets: int = 0
    events: int = 0
    seals: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.problems

    def wrong(self, text: str) -> None:
        """Note a problem; at most MOST are kept."""
        if len(self.problems) < MOST:
            self.problems.append(text)


@dataclass(slots=True)
class _Chain:
    number: str
    length: int
    head: bytes
    seen: int = 0
    link: bytes = GENESIS

    def finish(self, verdict: Verdict) -> None:
        """Compare what was read with what the ticket says."""
        if self.seen != self.length:
            verdict.wrong(f"{self.number}: the ticket says {self.length} events, the timeline holds {self.seen}")
        elif self.link != self.head:
            verdict.wrong(f"{self.number}: the chain does not end where the ticket says")


@transaction.atomic
def verify(number: str | None = None, exported: Iterable[bytes] = ()) -> Verdict:
    """Verify all chains and seals, or one ticket's chain.

    Args:
        exported: lines of an earlier export of the seals, kept elsewhere.
    """
    verdict = Verdict()
    chain: _Chain | None = None
    for ticket, length, head, *event in _rows(number):
        if chain is None or chain.number != ticket:
            if chain is not None:
                chain.finish(verdict)
            chain = _Chain(ticket, length, bytes(head))
            verdict.tickets += 1
        if event[0] is not None:
            _check(chain, event, verdict)
    if chain is not None:
        chain.finish(verdict)
    if number is None:
        _check_seals(verdict)
        _check_export(verdict, exported)
    return verdict


def _rows(number: str | None) -> Iterator[Any]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(_EVENTS, {"number": number})
        while rows := cursor.fetchmany(5000):
            yield from rows


def _check(chain: _Chain, event: list[Any], verdict: Verdict) -> None:
    seq, at, kind, action, outcome, actor, member, door, from_state, to_state, payload, digest = event
    verdict.events += 1
    chain.seen += 1
    if seq != chain.seen:
        verdict.wrong(f"{chain.number}: event {chain.seen} is missing")
        chain.seen = seq
    draft = EventDraft(kind, orjson.loads(payload), action, outcome, from_state, to_state)
    expected = link(settings.CHAIN_KEY, chain.link, record(chain.number, seq, at, draft, (actor, member, door)))
    if expected != bytes(digest):
        verdict.wrong(f"{chain.number}: event {seq} of {at:%F %T} was changed, or the key is another")
    chain.link = bytes(digest)


def _check_seals(verdict: Verdict) -> None:
    previous = GENESIS
    for made in Seal.objects.order_by("day"):
        verdict.seals += 1
        if bytes(made.previous) != previous or digest_of(made.pk, made.day, previous) != bytes(made.digest):
            verdict.wrong(f"seal of {made.day}: it was changed, or a seal before it is missing")
        previous = bytes(made.digest)
    with connection.cursor() as cursor:
        cursor.execute(_SEALED)
        for day, number, length, now, _same in cursor.fetchall():
            verdict.wrong(
                f"{number}: on {day} its chain had {length} events, now {now}; they are not the same"
                if now >= length
                else f"{number}: cut off after {day}"
            )


def _check_export(verdict: Verdict, exported: Iterable[bytes]) -> None:
    for line in exported:
        kept = orjson.loads(line)
        made = Seal.objects.filter(day=datetime.fromisoformat(kept["day"]).date()).first()
        if made is None or bytes(made.digest).hex() != kept["digest"]:
            verdict.wrong(f"seal of {kept['day']}: not the one that was exported")
        known = dict(Ticket.objects.filter(number__in=[h[0] for h in kept["heads"]]).values_list("number", "chain_length"))
        for number, length, _head in kept["heads"]:
            if known.get(number, 0) < length:
                verdict.wrong(f"{number}: exported with {length} events on {kept['day']}, now {known.get(number, 'no ticket')}")
