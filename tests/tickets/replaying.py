"""Read each ticket's timeline from its beginning, and say where ticket, clocks, signatures, duties and children tell another story."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from banjie.approval.models import Signature
from banjie.deadlines.models import Clock, DutyItem, DutyRun, Finding
from banjie.rulebook.program import DeadlineRule, TypeProgram
from banjie.rulebook.queries import program_of
from banjie.tickets.models import Event, Link, Ticket


@dataclass
class Life:
    """What the timeline alone says of a ticket: each change with the names that start and stop clocks."""

    ticket: Ticket
    kind: TypeProgram
    changes: list[tuple[Event, set[str]]] = field(default_factory=list)

    @classmethod
    def of(cls, ticket: Ticket) -> Life:
        life = cls(ticket, program_of(ticket.rulebook_version_id).types[ticket.type])
        for event in Event.objects.filter(ticket=ticket, kind__in=["opened", "action"]).order_by("seq"):
            names = {event.action}
            if event.kind == "opened" or event.from_state != event.to_state or life.kind.actions[event.action].target(event.outcome):
                names.add(event.to_state)
            life.changes.append((event, names))
        return life

    def runs(self, rule: DeadlineRule) -> tuple[list[datetime], bool]:
        """Return when a deadline without condition must have started, and whether it must run or be paused now."""
        starts: list[datetime] = []
        runs = False
        for event, names in self.changes:
            ended = self.kind.is_ended(event.to_state)
            if runs and (names & rule.stops or ended or (rule.spec.due and names & rule.starts)):
                runs = False
            if not runs and names & rule.starts and not names & rule.stops and not ended:
                runs = True
                starts.append(event.at)
        return starts, runs


def contradictions() -> list[str]:
    """Return every place where what is stored differs from what the timelines say; [] when all agree."""
    wrong = []
    for ticket in Ticket.objects.order_by("id"):
        life = Life.of(ticket)
        for check in (_row, _clocks, _timers, _signatures, _children):
            wrong += [f"{ticket.number} ({ticket.type}, {ticket.state}): {text}" for text in check(life)]
    return [*wrong, *_duties()]


def _row(life: Life) -> Iterator[str]:
    ticket, (last, _names) = life.ticket, life.changes[-1]
    entered = [event for event, names in life.changes if event.to_state in names]
    ended = [
        event
        for event, _names in life.changes
        if life.kind.is_ended(event.to_state) > life.kind.is_ended(event.from_state or event.to_state)
    ]
    said = (last.to_state, life.changes[0][0].at, entered[-1].at, len(life.changes))
    stored = (ticket.state, ticket.opened_at, ticket.entered_at, ticket.version)
    if said != stored:
        yield f"the timeline says {said}, the ticket {stored}"
    if not ticket.is_open and [ticket.ended_at] != [event.at for event in ended[-1:]]:
        yield f"ended at {ticket.ended_at}, the timeline says {[event.at for event in ended]}"
    for (before, _b), (after, _a) in zip(life.changes, life.changes[1:], strict=False):
        if after.from_state != before.to_state or after.at < before.at:
            yield f"event {after.seq} does not follow event {before.seq}"


def _clocks(life: Life) -> Iterator[str]:
    stored: dict[str, list[Clock]] = {}
    for clock in Clock.objects.filter(ticket=life.ticket, is_timer=False).order_by("id"):
        stored.setdefault(clock.name, []).append(clock)
    for rule in life.kind.deadlines:
        clocks = stored.pop(rule.name, [])
        starts, runs = life.runs(rule)
        alive = [clock for clock in clocks if clock.state in ("running", "paused")]
        if rule.spec.when or rule.spec.due:  # whether it starts depends on what the ticket said then
            if extra := {clock.started_at for clock in clocks} - {event.at for event, names in life.changes if names & rule.starts}:
                yield f"“{rule.name}” started at {extra}, where nothing starts it"
            if alive and not runs:
                yield f"“{rule.name}” still runs"
        elif [clock.started_at for clock in clocks] != starts or bool(alive) != runs:
            yield f"“{rule.name}” started {starts} and {'runs' if runs else 'is over'}; stored: {clocks} {[c.started_at for c in clocks]}"
    if stored:
        yield f"clocks of no deadline: {list(stored)}"


def _timers(life: Life) -> Iterator[str]:
    alive = set(Clock.objects.filter(ticket=life.ticket, is_timer=True, state="running").values_list("name", flat=True))
    expected = {name for name, timer in life.kind.timers if life.ticket.is_open and life.ticket.state in timer.in_}
    if alive != expected:
        yield f"timers {alive} run instead of {expected}"


def _signatures(life: Life) -> Iterator[str]:
    """Yield signatures without their event, of the applicant, or too few of them where a sign-off has passed."""
    rows = list(Signature.objects.filter(ticket=life.ticket).order_by("id"))
    signed = [event for event, _names in life.changes if life.kind.actions[event.action].spec.verb == "approve"]
    if [(row.at, row.by_id, row.decision) for row in rows] != [(e.at, e.member_id, e.payload["decision"]) for e in signed]:
        yield f"{len(rows)} signatures, {len(signed)} in the timeline"
        return
    entered: Event | None = None
    for event, _names in life.changes:
        rule = life.kind.actions[event.action]
        if event in signed and event.from_state != event.to_state:
            round_ = [row for row in rows if entered and row.entered_at == entered.at and row.signoff == rule.spec.signoff]
            own = {life.ticket.opened_by_id, entered.member_id if entered else None} - {None}
            if any({row.by_id, row.behalf_of_id} & own for row in round_):
                yield f"“{rule.name}” was signed by the applicant"
            if event.outcome == "approved":
                for step in life.kind.process.signoffs[rule.spec.signoff or ""].steps:
                    fits = [row for row in round_ if set(row.roles) & set(step.by)]
                    hands = {row.by_id for row in fits}
                    given = {"any": bool(fits), "all": set(step.by) <= {role for row in fits for role in row.roles}, "everyone": bool(fits)}
                    if step.when is None and not (given[step.need] if isinstance(step.need, str) else len(hands) >= step.need):
                        yield f"“{rule.name}” passed with {hands} where “{step.by}” needs {step.need}"
        if event.from_state != event.to_state or event.kind == "opened":
            entered = event


def _children(life: Life) -> Iterator[str]:
    below = set(Link.objects.filter(target=life.ticket, kind=Link.Kind.CHILD).values_list("source__number", flat=True))
    said = {str(event.payload["opened"]) for event, _names in life.changes if event.payload.get("opened")}
    if below != said:
        yield f"below it {below}, the timeline says {said}"


def _duties() -> Iterator[str]:
    """Yield closed duties whose result is not what their items say, and open ones that are over."""
    for run in DutyRun.objects.order_by("id"):
        items = DutyItem.objects.filter(run=run)
        found = list(Finding.objects.filter(kind="duty", evidence__run=run.pk, corrects=None).values_list("outcome", flat=True))
        if run.state == "open":
            if found:
                yield f"{run} is open and has the finding {found}"
            continue
        done = items.filter(done_at__isnull=False, done_at__lte=run.closed_at).count()
        missing = items.filter(chosen=True, done_at=None, moot_at=None).count()
        if found != [{"kept": "met", "broken": "breached", "nothing_due": "void"}[run.state]] or run.done != done:
            yield f"{run} is {run.state} with {run.done} done; findings {found}, {done} items done"
        if (run.state == "kept" and done < run.required and missing) or (run.state == "broken" and not missing):
            yield f"{run} is {run.state}: {done} of {run.required} done, {missing} missing"
