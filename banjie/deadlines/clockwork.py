"""The reaction that starts, pauses, resumes and stops clocks with every change (PLT-04)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from banjie.deadlines.limits import Plan, Subject, plan
from banjie.deadlines.models import Clock, Finding
from banjie.rulebook import due
from banjie.rulebook.language import Timer
from banjie.rulebook.program import DeadlineRule
from banjie.tickets.lifecycle import holds
from banjie.tickets.step import EventDraft, Notice, RawWrite, Step
from banjie.worktime.arithmetic import add, between
from banjie.worktime.durations import Duration, DurationKind
from banjie.worktime.queries import load_version
from banjie.worktime.workcalendar import WorkCalendar

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


def _running(step: Step) -> dict[str, Running]:
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


def react(step: Step) -> None:
    """Apply a change to all clocks of its ticket, and repeat the nearest due time on the ticket."""
    clocks = _running(step)
    names = {step.rule.name}
    if step.opening or step.moved or step.rule.target(step.outcome) is not None:
        names.add(step.to_state)
    ended = step.kind.is_ended(step.to_state)
    alive: list[tuple[datetime, datetime | None, str]] = []
    for rule in step.kind.deadlines:
        alive += _deadline(step, rule, clocks.get(rule.name), names, ended)
    for name, timer in step.kind.timers:
        _timer(step, name, timer, clocks.get(name))
    due_at, warn_at, name = min(alive, key=lambda clock: clock[0]) if alive else (None, None, "")
    step.changes |= {"due_at": due_at, "due_warn_at": warn_at, "due_clock": name}


def _deadline(
    step: Step, rule: DeadlineRule, clock: Running | None, names: set[str], ended: bool
) -> Iterator[tuple[datetime, datetime | None, str]]:
    """Apply the change to one deadline; yield its due and warning time if it runs on."""
    restart = rule.spec.due is not None and clock is not None and bool(names & rule.starts)
    if clock and (names & rule.stops or ended or restart):
        _stop(step, rule, clock, void=not names & rule.stops)
        clock = None
    if clock is None:
        if (
            names & rule.starts
            and not names & rule.stops
            and not ended
            and (rule.spec.when is None or holds(step.program, rule.spec.when, step.ticket))
        ):
            yield from _start(step, rule)
        return
    if rule.spec.owner == "assignee" and "assignee_id" in step.changes and step.changes["assignee_id"] != clock.owner:
        step.writes.append(
            RawWrite("update deadlines_clock set owner_id = %s where id = %s returning 1", (step.changes["assignee_id"], clock.id))
        )
    if step.to_state in rule.pauses and clock.state == Clock.State.RUNNING and clock.due_at and step.at < clock.due_at:
        _pause(step, clock)
        return
    if step.to_state not in rule.pauses and clock.state == Clock.State.PAUSED:
        yield _resume(step, clock)
    elif clock.due_at:
        yield clock.due_at, clock.warn_at, clock.name


def _owner(step: Step, rule: DeadlineRule) -> int | None:
    if rule.spec.owner == "opener":
        return step.ticket.opened_by_id
    return None if rule.spec.owner == "unit" else step.changes.get("assignee_id", step.ticket.assignee_id)


def _calendar(step: Step, code: str | None = None) -> WorkCalendar:
    """Return the current version of a calendar; of the rulebook's when none is named."""
    found: WorkCalendar = load_version(step.ticket.extra["calendars"][code or step.program.book.calendar])
    return found


def _start(step: Step, rule: DeadlineRule) -> Iterator[tuple[datetime, datetime | None, str]]:
    calendar = _calendar(step, rule.spec.calendar)
    fields = {**step.ticket.fields, **step.payload}
    subject = Subject(step.ticket.type, fields, step.unit_path or step.ticket.unit_path)
    planned = plan(step.program, rule.spec, calendar, step.at, subject)
    if planned is None:
        return
    step.rows.append(_clock(step, (rule.name, rule.clause), planned, calendar, owner=_owner(step, rule)))
    yield planned.due_at, planned.warn_at, rule.name


def _clock(
    step: Step, called: tuple[str, str], planned: Plan, calendar: WorkCalendar, *, owner: int | None, is_timer: bool = False
) -> Clock:
    """Return a clock that runs from now; `called` is its name and clause."""
    assert calendar.version is not None
    return Clock(
        ticket_id=step.ticket.id,
        name=called[0],
        is_timer=is_timer,
        clause=called[1],
        state=Clock.State.RUNNING,
        rulebook_version_id=step.program.version_id,
        calendar_version_id=calendar.version,
        owner_id=owner,
        limit_text=planned.limit_text[:60],
        measure=planned.limit.kind,
        amount=planned.limit.amount,
        started_at=step.at,
        due_at=planned.due_at,
        warn_at=planned.warn_at,
        next_at=planned.warn_at or planned.due_at,
    )


def _stop(step: Step, rule: DeadlineRule, clock: Running, *, void: bool) -> None:
    late = clock.due_at is not None and step.at > clock.due_at
    if late or clock.breached:  # whatever stops it, and whether or not a sweep came by meanwhile
        state, result = Clock.State.MISSED, Finding.Outcome.BREACHED
    elif void:
        state, result = Clock.State.VOID, Finding.Outcome.VOID
    else:
        state, result = Clock.State.MET, Finding.Outcome.MET
    step.writes.append(
        RawWrite(
            "update deadlines_clock set state = %s, stopped_at = %s, next_at = null where id = %s returning 1", (state, step.at, clock.id)
        )
    )
    if clock.breached:
        return  # its finding was written when it broke
    step.rows.append(_finding(step, rule, clock, result))
    if result == Finding.Outcome.BREACHED:
        payload = {"clock": clock.name, "clause": clock.clause, "due_at": str(clock.due_at), "limit": clock.limit}
        step.events.append(EventDraft("breached", payload, from_state=step.to_state, to_state=step.to_state))
        rungs = [rung for rung in rule.spec.on_breach if rung.after is None]
        people = rungs[0].notify if rungs else []
        step.notices += notices(
            people, step.ticket.assignee_id, step.ticket.responsible_id, "breached", step.program.reference(clock.clause)
        )


def _finding(step: Step, rule: DeadlineRule, clock: Running, result: str) -> Finding:
    return Finding(
        book=step.program.slug,
        clause=rule.clause,
        rule=rule.name,
        kind="deadline",
        outcome=result,
        rulebook_version_id=step.program.version_id,
        calendar_version_id=clock.calendar,
        ticket_id=step.ticket.id,
        type=step.ticket.type,
        unit_id=step.ticket.unit_id,
        owner_id=clock.owner,
        started_at=clock.started_at,
        due_at=clock.due_at,
        ended_at=step.at,
        at=step.at,
        evidence={"clock": clock.id, "ticket": step.ticket.number, "event": step.ticket.chain_length + 1, "limit": clock.limit},
        actor_name=step.by.name,
    )


def notices(people: list[str], assignee: int | None, responsible: int | None, kind: str, clause: str) -> list[Notice]:
    """Return notices to people named in a rulebook: relations or roles."""
    relation = {"assignee": assignee, "responsible": responsible}
    result = []
    for name in people:
        if name in relation:
            result.append(Notice(relation[name], "", kind, clause))
        else:
            result.append(Notice(None, name, kind, clause))
    return result


def _pause(step: Step, clock: Running) -> None:
    calendar = load_version(clock.calendar)
    assert clock.due_at is not None
    remaining = between(step.at, clock.due_at, calendar, clock.measure).amount
    warn = (
        between(step.at, clock.warn_at, calendar, clock.measure).amount
        if clock.warn_at and not clock.warned and clock.warn_at > step.at
        else None
    )
    step.writes.append(
        RawWrite(
            "update deadlines_clock set state = 'paused', paused_at = %s, remaining = %s, warn_remaining = %s, due_at = null, warn_at = null, next_at = null "
            "where id = %s returning 1",
            (step.at, remaining, warn, clock.id),
        )
    )
    step.events.append(
        EventDraft("paused", {"clock": clock.name, "clause": clock.clause}, from_state=step.to_state, to_state=step.to_state)
    )


def _resume(step: Step, clock: Running) -> tuple[datetime, datetime | None, str]:
    calendar = load_version(clock.calendar)
    due_at = add(step.at, Duration(clock.measure, clock.remaining or 0), calendar)
    warn_at = add(step.at, Duration(clock.measure, clock.warn_remaining), calendar) if clock.warn_remaining is not None else None
    step.writes.append(
        RawWrite(
            "update deadlines_clock set state = 'running', paused_at = null, remaining = null, warn_remaining = null, due_at = %s, warn_at = %s, next_at = %s "
            "where id = %s returning 1",
            (due_at, warn_at, warn_at or due_at, clock.id),
        )
    )
    payload = {"clock": clock.name, "clause": clock.clause, "due_at": due_at.isoformat()}
    step.events.append(EventDraft("resumed", payload, from_state=step.to_state, to_state=step.to_state))
    return due_at, warn_at, clock.name


def _timer(step: Step, name: str, timer: Timer, clock: Running | None) -> None:
    inside = step.to_state in timer.in_
    if clock and (not inside or step.moved):
        step.writes.append(
            RawWrite(
                "update deadlines_clock set state = 'void', stopped_at = %s, next_at = null where id = %s returning 1", (step.at, clock.id)
            )
        )
        clock = None
    if inside and clock is None and (step.moved or step.opening):
        calendar = _calendar(step)
        length = due.duration(timer.after)
        planned = Plan(add(step.at, length, calendar), None, length, timer.after)
        clause = timer.clause[0] if timer.clause else ""
        step.rows.append(_clock(step, (name, clause), planned, calendar, owner=None, is_timer=True))
