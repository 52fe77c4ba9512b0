"""The engine: a heap of what happens next, and virtual time that jumps from one thing to the next."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from banjie.deadlines.duties import run_duties
from banjie.deadlines.models import DutyItem
from banjie.deadlines.sweep import sweep
from banjie.kernel.errors import Refused, StaleVersion
from banjie.people.actor import Actor
from banjie.rulebook.program import ActionRule, Program
from banjie.rulebook.queries import program_of
from banjie.simulation.arrivals import Arrival
from banjie.simulation.behaviour import brought_about, choose, delay, payload
from banjie.simulation.people import People
from banjie.tickets.lifecycle import holds, perform
from banjie.tickets.opening import may_open, open_ticket
from banjie.tickets.snapshot import load
from banjie.tickets.step import Snapshot

# Sweeping in steps of a virtual minute keeps a warning's hour right to the minute and the batches worth their while.
SWEEP_STEP = timedelta(minutes=1)
WATCH_STEP = timedelta(minutes=6)
DILIGENCE = 0.985
RETRIES = 6
CALLS = 3


@dataclass
class Engine:
    """One run over virtual time."""

    program: Program
    people: People
    random: Random
    until: datetime
    watch_step: timedelta = WATCH_STEP
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    turned_away: list[tuple[int, Refused]] = field(default_factory=list)  # rows of a file that nobody could open, and why
    _heap: list[tuple[datetime, int, Callable[[datetime], None]]] = field(default_factory=list)
    _order: int = 0
    _owed: frozenset[str] = frozenset()
    # What was done to a ticket since it came into its state: nobody acknowledges or starts the same thing twice.
    _tried: dict[str, tuple[str, set[str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._owed = brought_about(self.program)

    def at(self, when: datetime, what: Callable[[datetime], None]) -> None:
        """Plan something; what lies after the end of the run is left out."""
        if when <= self.until:
            self._order += 1
            heapq.heappush(self._heap, (when, self._order, what))

    def run(self, arrivals: Iterable[Arrival], begin: datetime, progress: Callable[[datetime, int], None] = lambda _at, _n: None) -> None:
        """Let everything happen from `begin` until the end."""
        source = iter(arrivals)
        self._take(source)
        zone = ZoneInfo(settings.TIME_ZONE)
        midnight = begin.astimezone(zone).replace(hour=0, minute=0, second=1, microsecond=0)
        self.at(midnight, self._day)
        self.at(begin, self._watch)
        while self._heap:
            when, _order, what = heapq.heappop(self._heap)
            what(when)
            if isinstance(what, _Opening):
                self._take(source)
            progress(when, self.done["accept"])
        sweep(self.until)
        run_duties(self.until)

    def _take(self, source: Iterable[Arrival]) -> None:
        arrival = next(iter(source), None)
        if arrival is not None:
            self.at(arrival.at, _Opening(self, arrival))

    def _watch(self, now: datetime) -> None:
        """Sweep what is due, then look again when the next clock is, at least a virtual minute later."""
        due = _next_due()
        if due is not None and due <= now:
            sweep(now)
            due = _next_due()
        at_most = now + self.watch_step
        self.at(min(max(due, now + SWEEP_STEP), at_most) if due else at_most, self._watch)

    def _day(self, now: datetime) -> None:
        """Open the day's duties and spread them over the working hours."""
        run_duties(now)
        self.at(now + timedelta(days=1), self._day)
        items = DutyItem.objects.filter(
            run__book=self.program.slug,
            run__state="open",
            chosen=True,
            done_at=None,
            moot_at=None,
            run__period=now.astimezone(ZoneInfo(settings.TIME_ZONE)).date(),
        )
        for item in items.select_related("ticket", "run"):
            if self.program.book.duties[item.run.duty].opens:
                self.plan(item.ticket.number, now)
            elif self.random.random() < DILIGENCE:
                action = self.program.book.duties[item.run.duty].do[0]
                self.at(now + timedelta(minutes=self.random.randrange(500, 1000)), _Duty(self, item.ticket.number, action, CALLS))

    def open(self, arrival: Arrival, now: datetime) -> None:
        """Open a ticket by somebody who may, and plan its next step."""
        kind = self.program.types.get(arrival.type)
        able = [a for a in self.people.actors.values() if kind and may_open(self.program, kind, a)]
        if not able:
            self.refused["nobody-may-open"] += 1
            return
        reason = Refused()
        for actor in self.random.sample(able, min(RETRIES, len(able))):
            try:
                number = open_ticket(self.program, arrival.type, arrival.fields, by=actor, at=now).number
            except Refused as refused:
                self.refused[refused.code] += 1
                reason = refused
                continue
            self.done["accept"] += 1
            self.plan(number, now)
            return
        if arrival.row:
            self.turned_away.append((arrival.row, reason))

    def plan(self, number: str, now: datetime) -> None:
        """Choose what happens next to a ticket, and when."""
        ticket = load(number, lock=False)
        program = program_of(ticket.rulebook_version_id)
        state, tried = self._tried.get(number, (ticket.state, set()))
        tried = tried if state == ticket.state else set()
        self._tried[number] = (ticket.state, tried)
        rules = [r for r in program.types[ticket.type].by_state[ticket.state] if r.name not in tried | self._owed]
        rules = [r for r in rules if self.people.able(r, ticket) and (r.spec.when is None or holds(program, r.spec.when, ticket))]
        rule = choose(self.random, rules) if ticket.is_open else None
        if rule is not None:
            tried.add(rule.name)
            self.at(now + delay(self.random, rule.spec.verb), _Doing(self, ticket, rule.name, RETRIES))

    def act(self, ticket: Snapshot, action: str, now: datetime, retries: int) -> None:
        """Do an action on a ticket as it was when this was planned, then plan the next; look again if others were at it."""
        number = ticket.number
        rule = program_of(ticket.rulebook_version_id).types[ticket.type].actions[action]
        actor = self.people.pick(self.random, rule, ticket)
        try:
            if ticket.state not in rule.states or (actor is not None and self._perform(ticket, rule, actor, now)):
                self.plan(number, now)
            elif retries:
                self.at(now + timedelta(minutes=self.random.randrange(5, 90)), _Doing(self, ticket, action, retries - 1))
        except StaleVersion:
            self.act(load(number, lock=False), action, now, retries)

    def fulfil(self, number: str, action: str, now: datetime, calls: int) -> None:
        """Do what a duty owes, by somebody who did not work the ticket; who is not reached is called again."""
        ticket = load(number, lock=False)
        rule = program_of(ticket.rulebook_version_id).types[ticket.type].actions[action]
        actor = self.people.pick(self.random, rule, ticket, suits=lambda a: a.member_id != ticket.assignee_id)
        if actor is None or ticket.state not in rule.states:
            return
        was = ticket.state
        if not self._perform(ticket, rule, actor, now):
            return
        if load(number, lock=False).state != was:
            self.plan(number, now)
        elif calls > 1 and rule.verb.outcomes:
            self.at(now + timedelta(minutes=self.random.randrange(35, 110)), _Duty(self, number, action, calls - 1))

    def _perform(self, ticket: Snapshot, rule: ActionRule, actor: Actor, now: datetime) -> bool:
        program = program_of(ticket.rulebook_version_id)
        form = payload(self.random, program, rule, ticket.fields, now, self.people.ids_under(ticket.unit_path))
        try:
            perform(ticket.number, rule.name, form, by=actor, at=now, expect=ticket.version)
        except StaleVersion:
            raise
        except Refused as refused:
            self.refused[refused.code] += 1
            return False
        self.done[rule.name] += 1
        return True


def _next_due() -> datetime | None:
    with connection.cursor() as cursor:
        cursor.execute("select min(next_at) from deadlines_clock where next_at is not null")
        row = cursor.fetchone()
    return row[0] if row else None


@dataclass(frozen=True, slots=True)
class _Opening:
    engine: Engine
    arrival: Arrival

    def __call__(self, now: datetime) -> None:
        self.engine.open(self.arrival, now)


@dataclass(frozen=True, slots=True)
class _Doing:
    engine: Engine
    ticket: Snapshot
    action: str
    retries: int

    def __call__(self, now: datetime) -> None:
        self.engine.act(self.ticket, self.action, now, self.retries)


@dataclass(frozen=True, slots=True)
class _Duty:
    engine: Engine
    number: str
    action: str
    calls: int

    def __call__(self, now: datetime) -> None:
        self.engine.fulfil(self.number, self.action, now, self.calls)
