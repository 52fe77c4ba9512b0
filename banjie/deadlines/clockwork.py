"""The reaction that starts, pauses, resumes and stops clocks with every change (PLT-04)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from banjie.deadlines.limits import Plan, Subject, plan
from banjie.deadlines.models import Clock, Finding
from banjie.deadlines.moving import extend, extends, must_find_what_it_extends, pause, resume
from banjie.deadlines.running import READ, Running, running_of
from banjie.rulebook import due
from banjie.rulebook.language import Timer
from banjie.rulebook.program import DeadlineRule
from banjie.tickets.lifecycle import holds
from banjie.tickets.step import EventDraft, RawWrite, Step
from banjie.tickets.telling import notices
from banjie.worktime.arithmetic import add
from banjie.worktime.queries import load_version
from banjie.worktime.workcalendar import WorkCalendar

__all__ = ["READ", "react"]


def react(step: Step) -> None:
    """Apply a change to all clocks of its ticket, and repeat the nearest due time on the ticket."""
    clocks = running_of(step)
    must_find_what_it_extends(step, clocks)
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
        pause(step, clock)
        return
    if step.to_state not in rule.pauses and clock.state == Clock.State.PAUSED:
        yield resume(step, clock)
    elif extends(step, rule.name):
        yield extend(step, rule, clock)
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
        step.notices += notices(step, people, "breached", step.program.reference(clock.clause))


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
