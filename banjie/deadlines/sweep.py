"""The sweep: claim due clocks in sets, warn, break, escalate. Each effect once, whoever sweeps and whenever it stops.

What is done at the very moment it is due is in time, so a clock is due only after it. Everything a batch does is one
transaction: a worker killed in the middle leaves the clocks as they were, and two workers never hold the same row
(SKIP LOCKED). A ticket that somebody is changing now is left to the next sweep.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from banjie.deadlines.effects import Batch
from banjie.deadlines.models import Finding
from banjie.kernel.errors import Refused
from banjie.people.actor import Actor
from banjie.rulebook import due
from banjie.rulebook.language import Deadline
from banjie.rulebook.program import Program
from banjie.rulebook.queries import program_of
from banjie.tickets.lifecycle import perform
from banjie.tickets.step import EventDraft
from banjie.worktime.arithmetic import add
from banjie.worktime.queries import load_version

WATCH = Actor.system("deadline-watch")
BATCH = 2000

log = logging.getLogger(__name__)

_CLAIM = """
select c.id, c.name, c.is_timer, c.clause, c.rulebook_version_id, c.calendar_version_id, c.owner_id, c.limit_text, c.started_at, c.due_at,
       c.warn_at, c.warned_at is not null, c.breached_at is not null, c.rung,
       t.id, t.number, t.type, t.state, t.unit_id, u.path, t.assignee_id, t.responsible_id, t.opened_by_id, t.chain_length, t.chain_head, t.summary
from deadlines_clock c join tickets_ticket t on t.id = c.ticket_id join people_unit u on u.id = t.unit_id
where c.next_at < %s and c.id <> all(%s)
order by c.next_at, c.id limit %s
for update of c, t skip locked
"""


@dataclass(frozen=True, slots=True)
class Due:
    """A claimed clock with what is needed of its ticket."""

    id: int
    name: str
    is_timer: bool
    clause: str
    rulebook_version: int
    calendar: int
    owner: int | None
    limit: str
    started_at: datetime
    due_at: datetime
    warn_at: datetime | None
    warned: bool
    breached: bool
    rung: int
    ticket_id: int
    number: str
    type: str
    state: str
    unit_id: int
    unit_path: str
    assignee: int | None
    responsible: int | None
    opener: int | None
    chain_length: int
    chain_head: bytes
    summary: str


def sweep(now: datetime) -> int:
    """Handle every clock that is due at `now`; return how many effects there were. Missed runs catch up.

    A clock that cannot be handled is logged and left to the next sweep; it holds up no other.
    """
    total, at_once, ill = 0, BATCH, list[int]()
    while True:
        claimed: list[Due] = []
        try:
            done = _sweep_batch(now, at_once, ill, claimed)
        except Exception:
            if not claimed:
                raise
            if len(claimed) > 1:
                at_once = 1  # one by one, to find which it is
                continue
            log.exception("clock %s of %s cannot be handled", claimed[0].name, claimed[0].number)
            ill.append(claimed[0].id)
            continue
        if not done:
            return total
        total += done


@transaction.atomic
def _sweep_batch(now: datetime, at_once: int, ill: list[int], claimed: list[Due]) -> int:
    """Claim and handle up to `at_once` clocks, but none of `ill`; `claimed` tells which."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [now, ill, at_once])
        claimed += [Due(*row) for row in cursor.fetchall()]
    if not claimed:
        return 0
    batch = Batch(WATCH, now)
    actions: list[tuple[Due, str]] = []
    for clock in claimed:
        program = program_of(clock.rulebook_version)
        if clock.is_timer:
            timer = program.types[clock.type].process.timers[clock.name]
            batch.finish_timer(clock.id)
            actions.append((clock, timer.do))
        else:
            actions += _fire(batch, clock, program, now)
    batch.write()
    for clock, action in actions:
        _act(clock, action, now)
    return len(claimed)


def _fire(batch: Batch, clock: Due, program: Program, now: datetime) -> list[tuple[Due, str]]:
    """Do all that is due on one clock: warning, breach, rungs; return actions to perform."""
    spec = program.types[clock.type].process.deadlines[clock.name]
    reference = program.reference(clock.clause)
    warned, breached, rung = clock.warned, clock.breached, clock.rung
    actions: list[tuple[Due, str]] = []
    if clock.warn_at and not warned and clock.warn_at < now:
        warned = True
        if now <= clock.due_at:  # after a stand-still the breach says it all
            _tell(batch, clock, "warned", spec.on_warn, reference)
    if not breached and clock.due_at < now:
        breached = True
        _tell(batch, clock, "breached", [], reference)
        batch.finding(_breach(program, clock, now))
    due_rungs = [(index, when) for index, when in enumerate(rungs(spec, clock)) if index >= rung]
    for index, when in due_rungs:
        if not breached or when >= now:
            break
        step = spec.on_breach[index]
        _tell(batch, clock, "breached" if index == 0 else "escalated", step.notify, reference, event=index > 0)
        if step.do:
            actions.append((clock, step.do))
        rung = index + 1
    batch.clock(
        clock.id, warned=warned, breached=breached, rung=rung, next_at=_next(spec, clock, warned=warned, breached=breached, rung=rung)
    )
    return actions


def rungs(spec: Deadline, clock: Due) -> list[datetime]:
    """Return when each rung of the escalation is due."""
    calendar = load_version(clock.calendar)
    return [add(clock.due_at, due.duration(rung.after), calendar) if rung.after else clock.due_at for rung in spec.on_breach]


def _next(spec: Deadline, clock: Due, *, warned: bool, breached: bool, rung: int) -> datetime | None:
    if not breached:
        return clock.due_at if warned or not clock.warn_at else clock.warn_at
    later = rungs(spec, clock)
    return later[rung] if rung < len(later) else None


def _tell(batch: Batch, clock: Due, kind: str, people: list[str], reference: str, *, event: bool = True) -> None:
    if event:
        payload: dict[str, Any] = {"clock": clock.name, "clause": clock.clause, "due_at": clock.due_at.isoformat(), "limit": clock.limit}
        batch.event(clock, EventDraft(kind, payload, from_state=clock.state, to_state=clock.state))
    relation = {"assignee": clock.assignee, "responsible": clock.responsible, "opener": clock.opener}
    members = [m for name in people if (m := relation.get(name)) is not None]
    batch.message(clock, kind, reference, members, [name for name in people if name not in relation])


def _breach(program: Program, clock: Due, now: datetime) -> Finding:
    return Finding(
        book=program.slug,
        clause=clock.clause,
        rule=clock.name,
        kind="deadline",
        outcome=Finding.Outcome.BREACHED,
        rulebook_version_id=clock.rulebook_version,
        calendar_version_id=clock.calendar,
        ticket_id=clock.ticket_id,
        type=clock.type,
        unit_id=clock.unit_id,
        owner_id=clock.owner,
        started_at=clock.started_at,
        due_at=clock.due_at,
        at=now,
        evidence={"clock": clock.id, "ticket": clock.number, "limit": clock.limit},
        actor_name=WATCH.name,
    )


def _act(clock: Due, action: str, now: datetime) -> None:
    """Perform an action of the rulebook by itself; what is refused now (the ticket moved on) is simply not done."""
    try:
        with transaction.atomic():
            perform(clock.number, action, {}, by=WATCH, at=now)
    except Refused:
        return
