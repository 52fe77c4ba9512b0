"""Plan running clocks anew when their calendar has changed: what is left of the limit goes on in the new calendar.

Finished results never change, nor does a clock that is already broken; each new plan is an event of its ticket.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from banjie.deadlines.effects import Batch
from banjie.deadlines.limits import day_limit
from banjie.people.actor import Actor
from banjie.tickets.step import EventDraft
from banjie.worktime.arithmetic import add, between
from banjie.worktime.durations import DurationKind
from banjie.worktime.queries import current_version_ids, load_version
from banjie.worktime.workcalendar import WorkCalendar

PLANNER = Actor.system("deadline-planner")
BATCH = 500

_CLAIM = """
select c.id, c.name, c.clause, c.calendar_version_id, c.measure, c.due_at, c.warn_at, c.warned_at is not null, c.limit_text, c.started_at,
       t.id, t.number, t.state, t.chain_length, t.chain_head, t.summary, u.path,
       (select n.id from worktime_calendarversion n join worktime_calendarversion o on o.calendar_id = n.calendar_id
        where o.id = c.calendar_version_id order by n.number desc limit 1)
from deadlines_clock c join tickets_ticket t on t.id = c.ticket_id join people_unit u on u.id = t.unit_id
where c.state = 'running' and c.breached_at is null and c.due_at > %s and c.calendar_version_id <> all(%s)
order by c.id limit %s for update of c, t skip locked
"""
_UPDATE = "update deadlines_clock set calendar_version_id = %s, due_at = %s, warn_at = %s, next_at = %s where id = %s"
_NEAREST = """
update tickets_ticket t set due_at = n.due_at, due_warn_at = n.warn_at, due_clock = n.name
from (select distinct on (ticket_id) ticket_id, due_at, warn_at, name from deadlines_clock
      where ticket_id = any(%s) and state = 'running' and not is_timer order by ticket_id, due_at) n
where t.id = n.ticket_id
"""


@dataclass(frozen=True, slots=True)
class Planned:
    """A running clock under an old calendar, with its ticket."""

    id: int
    name: str
    clause: str
    calendar: int
    measure: str
    due_at: datetime
    warn_at: datetime | None
    warned: bool
    limit: str
    started_at: datetime
    ticket_id: int
    number: str
    state: str
    chain_length: int
    chain_head: bytes
    summary: str
    unit_path: str
    newest: int


def replan(now: datetime) -> int:
    """Plan every running clock of an old calendar version anew; return how many there were."""
    current = sorted(current_version_ids())
    total = 0
    while done := _replan_batch(now, current):
        total += done
    return total


@transaction.atomic
def _replan_batch(now: datetime, current: list[int]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [now, current, BATCH])
        clocks = [Planned(*row) for row in cursor.fetchall()]
    if not clocks:
        return 0
    batch = Batch(PLANNER, now)
    moved = [_plan(batch, clock, now) for clock in clocks]
    batch.write()
    with connection.cursor() as cursor:
        cursor.executemany(_UPDATE, moved)
        cursor.execute(_NEAREST, [sorted({clock.ticket_id for clock in clocks})])
    return len(clocks)


def _plan(batch: Batch, clock: Planned, now: datetime) -> tuple[int, datetime, datetime | None, datetime, int]:
    """Return the parameters of the update; note the new due time on the ticket when it differs."""
    old, new = load_version(clock.calendar), load_version(clock.newest)
    days = day_limit(clock.limit, clock.started_at, new)
    due_at = days if days is not None else _moved(clock.due_at, clock.measure, now, old, new)
    warn_at = (
        _moved(clock.warn_at, clock.measure, now, old, new) if clock.warn_at and not clock.warned and clock.warn_at > now else clock.warn_at
    )
    if due_at != clock.due_at:
        payload = {
            "clock": clock.name,
            "clause": clock.clause,
            "due_at": due_at.isoformat(),
            "before": clock.due_at.isoformat(),
            "limit": clock.limit,
        }
        batch.event(clock, EventDraft("replanned", payload, from_state=clock.state, to_state=clock.state))
    next_at = warn_at if warn_at is not None and not clock.warned else due_at
    return clock.newest, due_at, warn_at, next_at, clock.id


def _moved(at: datetime, measure: str, now: datetime, old: WorkCalendar, new: WorkCalendar) -> datetime:
    kind = DurationKind(measure)
    return at if kind is DurationKind.CLOCK else add(now, between(now, at, old, kind), new)
