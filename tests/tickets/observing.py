"""Look at everything that a change of a ticket can write: to prove that a refusal left no trace, and that all of it agrees."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from typing import Any

import orjson
import pytest
from django.conf import settings
from django.db import connection

from banjie.deadlines.models import Clock, Finding
from banjie.kernel.chain import GENESIS, link
from banjie.kernel.errors import Refused
from banjie.people.actor import Actor
from banjie.tickets.access import may_see, visible_tickets
from banjie.tickets.counts import counts
from banjie.tickets.models import Identifier, Ticket
from banjie.tickets.queue import Filters, page
from banjie.tickets.snapshot import load

_ROOMS = (
    "tickets_",
    "deadlines_",
    "intake_",
    "approval_",
    "dispatch_",
    "handling_",
    "verification_",
    "channels_",
    "customers_",
    "people_certificate",
    "people_delegation",
    "people_examination",
)
CLOSING = 5


def everything() -> dict[str, str]:
    """Return a digest of all rows of each table that a change of a ticket can touch."""
    with connection.cursor() as cursor:
        tables = [t for t in connection.introspection.table_names(cursor) if t.startswith(_ROOMS)]
        cursor.execute(
            " union all ".join(f"select '{t}', md5(coalesce(string_agg(x::text, '|' order by x::text), '')) from {t} x" for t in tables)  # noqa: S608  our tables
        )
        return dict(cursor.fetchall())


@contextmanager
def refused(kind: type[Refused] = Refused, *, field: str = "", clause: str = "", code: str = "") -> Iterator[None]:
    """Demand a refusal, its field, clause and code, and that nothing at all was written."""
    before = everything()
    with pytest.raises(kind) as caught:
        yield
    assert everything() == before, "a refused step left something behind"
    if field:
        assert field in [e.field for e in caught.value.errors], caught.value.errors
    if clause:
        assert clause in caught.value.clause, caught.value.clause
    if code:
        assert caught.value.code == code, caught.value.code


def broken_chains() -> list[str]:
    """Recompute every link from the rows alone; return what does not fit."""
    wrong = []
    with connection.cursor() as cursor:
        cursor.execute(
            "select t.id, t.number, t.chain_length, t.chain_head, e.seq, e.at, e.kind, e.action, e.outcome, e.actor_name, e.member_id, e.door, "
            "e.from_state, e.to_state, e.payload::text, e.digest from tickets_ticket t left join tickets_event e on e.ticket_id = t.id order by t.id, e.seq"
        )
        rows = cursor.fetchall()
    chains: dict[int, tuple[str, int, bytes, list[Any]]] = {}
    for pk, number, length, head, *event in rows:
        chains.setdefault(pk, (number, length, bytes(head), []))[3].append(event)
    for number, length, head, events in chains.values():
        before = GENESIS
        for place, (seq, at, kind, action, outcome, name, member, door, source, target, payload, digest) in enumerate(
            (e for e in events if e[0] is not None), 1
        ):
            when = at.astimezone(UTC).isoformat(timespec="microseconds")
            signed = [number, seq, when, kind, action, outcome, name, member, door, source, target, orjson.loads(payload)]
            if seq != place or link(settings.CHAIN_KEY, before, signed) != bytes(digest):
                wrong.append(f"{number}: event {seq} at place {place}")
            before = bytes(digest)
        if head != before or length != len([e for e in events if e[0] is not None]):
            wrong.append(f"{number}: ends elsewhere")
    return wrong


def disagreements() -> list[str]:
    """Return every place where tickets, clocks and findings contradict each other; [] when all invariants hold."""
    wrong = broken_chains()
    clocks: dict[int, list[Clock]] = {}
    for clock in Clock.objects.order_by("id"):
        clocks.setdefault(clock.ticket_id, []).append(clock)
    findings = Counter(f.evidence["clock"] for f in Finding.objects.filter(kind="deadline", corrects=None))
    outcomes = {f.evidence["clock"]: f.outcome for f in Finding.objects.filter(kind="deadline", corrects=None)}
    for ticket in Ticket.objects.order_by("id"):
        wrong += [f"{ticket.number}: {text}" for text in _of_ticket(ticket, clocks.get(ticket.pk, []))]
    for clock in (c for found in clocks.values() for c in found):
        wrong += [f"clock {clock.pk} {clock}: {text}" for text in _of_clock(clock, findings[clock.pk], outcomes.get(clock.pk))]
    return wrong


def _of_ticket(ticket: Ticket, clocks: list[Clock]) -> Iterator[str]:
    alive = [c for c in clocks if c.state in ("running", "paused")]
    running = [c.due_at for c in alive if c.state == "running" and not c.is_timer and c.due_at]
    if len({c.name for c in alive}) != len(alive):
        yield "two clocks of one name run"
    if ticket.is_open != (ticket.stage < CLOSING) or ticket.is_open != (ticket.ended_at is None):
        yield f"open={ticket.is_open} in stage {ticket.stage}, ended {ticket.ended_at}"
    if not ticket.is_open and alive:
        yield f"ended with {alive}"
    if ticket.due_at != min(running, default=None):
        yield f"due {ticket.due_at}, clocks say {running}"
    if (ticket.due_clock == "") != (ticket.due_at is None):
        yield f"due clock {ticket.due_clock}"
    keys = {str(ticket.fields[k]).upper() for k in ("terminal_no", "merchant_no", "barcode") if ticket.fields.get(k)}
    if missing := (keys | {ticket.number}) - set(Identifier.objects.filter(ticket=ticket).values_list("value", flat=True)):
        yield f"not found by {missing}"


def _of_clock(clock: Clock, findings: int, outcome: str | None) -> Iterator[str]:
    if clock.is_timer:
        if findings:
            yield "a timer has a finding"
        return
    expected = {"met": "met", "missed": "breached", "void": "void"}.get(clock.state, "breached" if clock.breached_at else None)
    if findings != (expected is not None) or outcome != expected:
        yield f"{findings} findings, {outcome} instead of {expected}"
    if (clock.state not in ("running", "paused")) != (clock.stopped_at is not None and clock.next_at is None):
        yield "stopped and not stopped"


def ways_disagree(actor: Actor) -> list[str]:
    """Return where the ways to see tickets contradict each other: the ORM, one ticket, pages, and counts."""
    orm = set(visible_tickets(actor).values_list("number", flat=True))
    numbers = list(Ticket.objects.values_list("number", flat=True))
    single = {n for n in numbers if may_see(actor, load(n, lock=False))}
    paged = {r.number for view in ("open", "ended") for r in page(actor, Filters(view=view), limit=200).rows}
    newest = {r.number for r in page(actor, Filters(view="all", order="newest"), limit=200).rows}
    ways = {"single": single, "queue": paged, "newest": newest}
    counted = counts(actor, {"all": Filters(view="all", order="newest"), "open": Filters()})
    expected = {"all": len(orm), "open": visible_tickets(actor).filter(is_open=True).count()}
    wrong = [f"{actor.name}: {name} differs" for name, found in ways.items() if found != orm]
    return wrong if counted == expected else [*wrong, f"{actor.name}: counted {counted}, sees {expected}"]
