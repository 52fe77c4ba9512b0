"""The engine: a heap of what happens next, and virtual time that jumps from one thing to the next."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from random import Random
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import Max

from banjie.deadlines.duties import run_duties
from banjie.deadlines.models import DutyItem, DutyRun
from banjie.deadlines.sweep import sweep
from banjie.kernel.errors import Refused, StaleVersion
from banjie.people.actor import Actor
from banjie.rulebook.program import ActionRule, Program
from banjie.rulebook.queries import program_of
from banjie.simulation.arrivals import Arrival
from banjie.simulation.behaviour import AGAIN, choose
from banjie.simulation.filling import Sheet, payload
from banjie.simulation.people import People
from banjie.simulation.phrases import phrases_of
from banjie.simulation.work import Work, may_wait, says_nothing_new
from banjie.tickets.demands import standing
from banjie.tickets.lifecycle import holds, perform
from banjie.tickets.models import Link
from banjie.tickets.opening import may_open, open_ticket
from banjie.tickets.snapshot import load
from banjie.tickets.step import Snapshot

# Sweeping in steps of a virtual minute keeps a warning's hour right to the minute and the batches worth their while.
SWEEP_STEP = timedelta(minutes=1)
WATCH_STEP = timedelta(minutes=6)
LOOK_AGAIN = timedelta(hours=5)  # at a ticket that waits for another one
DILIGENCE = 0.985
RETRIES = 6
CALLS = 3


@dataclass
class Engine:
    """One run over virtual time, of one regulation or of several beside each other."""

    works: Sequence[Work]
    people: People
    random: Random
    until: datetime
    watch_step: timedelta = WATCH_STEP
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    actions_of: Counter[str] = field(default_factory=Counter)  # by regulation
    turned_away: list[tuple[int, Refused]] = field(default_factory=list)  # rows of a file that nobody could open, and why
    _heap: list[tuple[datetime, int, Callable[[datetime], None]]] = field(default_factory=list)
    _order: int = 0
    _work: dict[str, Work] = field(default_factory=dict)
    # What was done to a ticket since it came into its state: nobody acknowledges or starts the same thing twice.
    _tried: dict[str, tuple[str, set[str]]] = field(default_factory=dict)
    _last_run: int = 0
    _told: dict[tuple[str, str], list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._work = {work.program.slug: work for work in self.works}
        self._last_run = DutyRun.objects.aggregate(last=Max("pk"))["last"] or 0

    def work_of(self, program: Program) -> Work:
        """Return how people work under a regulation; as usual, when nothing else was said."""
        return self._work.setdefault(program.slug, Work(program))

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
            progress(when, self.done["accept"])
        sweep(self.until)
        run_duties(self.until)

    def _take(self, source: Iterator[Arrival]) -> None:
        arrival = next(source, None)
        if arrival is not None:
            self.at(arrival.at, partial(self._arrive, source, arrival))

    def _arrive(self, source: Iterator[Arrival], arrival: Arrival, now: datetime) -> None:
        self.open(arrival, now)
        self._take(source)

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
            run_id__gt=self._last_run, run__book__in=self._work, run__state="open", chosen=True, done_at=None, moot_at=None
        )
        for item in items.select_related("ticket", "run").order_by("pk"):
            self._last_run = max(self._last_run, item.run_id)
            duty = self._work[item.run.book].program.book.duties[item.run.duty]
            if duty.opens:
                self.plan(item.ticket.number, now)
            elif self.random.random() < DILIGENCE:
                self.at(
                    now + timedelta(minutes=self.random.randrange(500, 1000)),
                    partial(self.fulfil, item.ticket.number, tuple(duty.do), calls=CALLS),
                )

    def open(self, arrival: Arrival, now: datetime) -> None:
        """Open a ticket by somebody who may, and plan its next step."""
        work = self._work[arrival.book] if arrival.book else self.work_of(self.works[0].program)
        kind = work.program.types.get(arrival.type)
        able = [a for a in self.people.actors.values() if kind and may_open(work.program, kind, a) and not a.read_only]
        if not able or kind is None:
            self.refused["nobody-may-open"] += 1
            return
        reason = Refused()
        for actor in self.random.sample(able, min(RETRIES, len(able))):
            try:
                number = open_ticket(work.program, arrival.type, self._request(work.program, arrival, actor, now), by=actor, at=now).number
            except Refused as refused:
                self.refused[refused.code] += 1
                reason = refused
                continue
            self.done["accept"] += 1
            self.actions_of[work.program.slug] += 1
            self.plan(number, now)
            return
        if arrival.row:
            self.turned_away.append((arrival.row, reason))

    def _request(self, program: Program, arrival: Arrival, actor: Actor, now: datetime) -> dict[str, object]:
        """Return what is entered for a request: as a file says it, else what the caller says and what is asked besides."""
        kind = program.types[arrival.type]
        rule = kind.open_action
        if arrival.row or (rule.spec.needs and set(rule.spec.needs) <= set(arrival.fields)):
            return arrival.fields
        said = {name: value for name, value in arrival.fields.items() if name in rule.fields}
        sheet = Sheet(
            program,
            kind,
            rule,
            {},
            {"type": kind.name, "state": kind.spec.start, "round": 1},
            now,
            self.people.reach(actor, rule, "/"),
            self._story(program.slug, kind.name),
        )
        return {**(payload(self.random, sheet) or {}), **said}

    def _story(self, slug: str, kind: str) -> Mapping[str, object] | None:
        """Return a story that was told least often so far."""
        stories = phrases_of(slug).stories_of(kind)
        if not stories:
            return None
        often = self._told.setdefault((slug, kind), [0] * len(stories))
        number = self.random.choice([number for number, times in enumerate(often) if times == min(often)])
        often[number] += 1
        return stories[number]

    def plan(self, number: str, now: datetime) -> None:
        """Choose what happens next to a ticket, and when."""
        ticket = load(number, lock=False)
        program = program_of(ticket.rulebook_version_id)
        work, kind = self.work_of(program), program.types[ticket.type]
        state, tried = self._tried.get(number, (ticket.state, set()))
        tried = tried if state == ticket.state else set()
        self._tried[number] = (ticket.state, tried)
        rules = [r for r in kind.by_state[ticket.state] if r.name not in tried and r.name not in work.owed]
        rules = [r for r in rules if ticket.is_open or r.spec.verb == "archive"]
        rules = [r for r in rules if self.people.able(program, r, ticket) and (r.spec.when is None or holds(program, r.spec.when, ticket))]
        rules = [r for r in rules if not says_nothing_new(r, ticket)]
        ready = [r for r in rules if not may_wait(program, r, ticket) and (not r.spec.must or self._form(ticket, r, now) is not None)]
        rule = choose(self.random, ready, [r for r in rules if r not in ready], work.detours)
        if rule is not None:
            if rule.spec.verb not in AGAIN:
                tried.add(rule.name)
            self.at(work.when(self.random, rule, now), partial(self.act, ticket, rule.name, retries=RETRIES))
        elif len(ready) < len(rules):
            self.at(now + LOOK_AGAIN, partial(self.plan, number))

    def act(self, ticket: Snapshot, action: str, now: datetime, retries: int) -> None:
        """Do an action on a ticket as it was when this was planned, then plan the next; look again if others were at it."""
        number = ticket.number
        program = program_of(ticket.rulebook_version_id)
        rule = program.types[ticket.type].actions[action]
        actor = self.people.pick(self.random, program, rule, ticket)
        try:
            if ticket.state not in rule.states or (actor is not None and self._perform(ticket, rule, actor, now)):
                self.plan(number, now)
            elif retries:
                self.at(now + timedelta(minutes=self.random.randrange(5, 90)), partial(self.act, ticket, action, retries=retries - 1))
            else:
                self._tried[number][1].add(action)
                self.plan(number, now)
        except StaleVersion:
            self.act(load(number, lock=False), action, now, retries)

    def fulfil(self, number: str, actions: Sequence[str], now: datetime, calls: int) -> None:
        """Do what a duty owes, by somebody who did not work the ticket; who is not reached is called again."""
        ticket = load(number, lock=False)
        program = program_of(ticket.rulebook_version_id)
        possible = program.types[ticket.type].actions
        rule = next((possible[name] for name in actions if name in possible and ticket.state in possible[name].states), None)
        if rule is None:
            return
        actor = self.people.pick(self.random, program, rule, ticket, suits=lambda a: a.member_id != ticket.assignee_id)
        was = ticket.state
        if actor is None or not self._perform(ticket, rule, actor, now):
            return
        if load(number, lock=False).state != was:
            self.plan(number, now)
        elif calls > 1 and rule.verb.outcomes:
            self.at(now + timedelta(minutes=self.random.randrange(35, 110)), partial(self.fulfil, number, actions, calls=calls - 1))

    def _form(self, ticket: Snapshot, rule: ActionRule, now: datetime, actor: Actor | None = None) -> dict[str, object] | None:
        program = program_of(ticket.rulebook_version_id)
        actor = actor or self.people.pick(self.random, program, rule, ticket)
        if actor is None:
            return None
        reach = self.people.reach(actor, rule, ticket.unit_path, ticket.opened_by_id, ticket.assignee_id)
        return payload(self.random, Sheet(program, program.types[ticket.type], rule, ticket.fields, standing(ticket), now, reach))

    def _perform(self, ticket: Snapshot, rule: ActionRule, actor: Actor, now: datetime) -> bool:
        form = self._form(ticket, rule, now, actor)
        if form is None:
            return False
        try:
            perform(ticket.number, rule.name, form, by=actor, at=now, expect=ticket.version)
        except StaleVersion:
            raise
        except Refused as refused:
            self.refused[refused.code] += 1
            return False
        self.done[rule.name] += 1
        self.actions_of[program_of(ticket.rulebook_version_id).slug] += 1
        if rule.spec.opens:
            below = Link.objects.filter(target_id=ticket.id, kind=Link.Kind.CHILD).order_by("-pk")
            self.plan(below.values_list("source__number", flat=True)[0], now)
        return True


def _next_due() -> datetime | None:
    with connection.cursor() as cursor:
        cursor.execute("select min(next_at) from deadlines_clock where next_at is not null")
        row = cursor.fetchone()
    return row[0] if row else None
