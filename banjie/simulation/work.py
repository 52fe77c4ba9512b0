"""How people work under one regulation: what they do of their own accord, how promptly, in which hours."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from banjie.kernel.errors import NotAllowedNow
from banjie.rulebook.program import ActionRule, Program
from banjie.rulebook.queries import NoSuchType, active_program
from banjie.simulation.behaviour import brought_about, delay
from banjie.tickets.children import must_have_children
from banjie.tickets.step import Snapshot
from banjie.worktime.arithmetic import next_opening
from banjie.worktime.workcalendar import WorkCalendar

SIGNERS = 2  # how much more often those dawdle who have only to sign
MORNING = 75  # minutes within which people take up what came in overnight


@dataclass(frozen=True)
class Work:
    """One regulation at work.

    Args:
        dawdle: the share of steps for which somebody takes much longer than usual.
        detours: how eagerly people leave the main way of the regulation.
        hours: when people work; at any hour without it.
    """

    program: Program
    dawdle: float = 0.0
    detours: float = 1.0
    hours: WorkCalendar | None = None
    owed: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "owed", brought_about(self.program))

    def when(self, random: Random, rule: ActionRule, now: datetime) -> datetime:
        """Return when somebody comes to an action."""
        dawdle = self.dawdle * (SIGNERS if rule.spec.verb == "approve" else 1)
        return self.in_hours(random, now + delay(random, rule.spec.verb, dawdle))

    def in_hours(self, random: Random, at: datetime) -> datetime:
        """Return a time itself when people work at it, else some minutes after their next opening."""
        opening = next_opening(at, self.hours) if self.hours else at
        return at if opening == at else opening + timedelta(minutes=random.randrange(MORNING), seconds=random.randrange(60))


def may_wait(program: Program, rule: ActionRule, ticket: Snapshot) -> bool:
    """Tell whether an action waits: for a ticket below that is not far enough, or for a regulation that is not in force."""
    slug = (rule.spec.opens or "").rpartition("/")[0]
    try:
        must_have_children(program, rule, ticket)
        if slug:
            active_program(slug)
    except (NotAllowedNow, NoSuchType):
        return True
    return False


def says_nothing_new(rule: ActionRule, ticket: Snapshot) -> bool:
    """Tell whether all that an action would record stands in the record already, and the ticket would stay where it is."""
    return rule.spec.verb in {"record", "register"} and not rule.spec.to and all(ticket.fields.get(name) for name in rule.fields)
