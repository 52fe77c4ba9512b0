"""The running and paused clocks of a ticket, as read with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from banjie.tickets.step import Step
from banjie.worktime.durations import DurationKind

# Read together with the locked ticket.
READ = (
    "select coalesce(json_agg(json_build_object('id', c.id, 'name', c.name, 'timer', c.is_timer, 'state', c.state, 'calendar', c.calendar_version_id, "
    "'started_at', c.started_at, 'due_at', c.due_at, 'warn_at', c.warn_at, 'warned_at', c.warned_at, 'breached_at', c.breached_at, 'owner', c.owner_id, "
    "'measure', c.measure, 'remaining', c.remaining, 'warn_remaining', c.warn_remaining, 'limit', c.limit_text, 'clause', c.clause)), '[]'::json) "
    "from deadlines_clock c where c.ticket_id = t.id and c.state in ('running', 'paused')"
)


@dataclass(slots=True)
class Running:
    """A clock that runs or is paused, as read with the ticket."""

    id: int
    name: str
    is_timer: bool
    state: str
    calendar: int
    started_at: datetime
    due_at: datetime | None
    warn_at: datetime | None
    warned: bool
    breached: bool
    owner: int | None
    measure: DurationKind
    remaining: int | None
    warn_remaining: int | None
    limit: str
    clause: str


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def running_of(step: Step) -> dict[str, Running]:
    """Return the ticket's running and paused clocks by their names."""
    found = {}
    for c in step.ticket.extra.get("clocks", []):
        found[c["name"]] = Running(
            id=c["id"],
            name=c["name"],
            is_timer=c["timer"],
            state=c["state"],
            calendar=c["calendar"],
            started_at=datetime.fromisoformat(c["started_at"]),
            due_at=_time(c["due_at"]),
            warn_at=_time(c["warn_at"]),
            warned=c["warned_at"] is not None,
            breached=c["breached_at"] is not None,
            owner=c["owner"],
            measure=DurationKind(c["measure"]),
            remaining=c["remaining"],
            warn_remaining=c["warn_remaining"],
            limit=c["limit"],
            clause=c["clause"],
        )
    return found
