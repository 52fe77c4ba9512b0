"""Clocks that are paused, go on, or are given more time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from banjie.deadlines.running import Running
from banjie.kernel.errors import FieldError, Refused
from banjie.rulebook import due
from banjie.rulebook.program import DeadlineRule
from banjie.tickets.models import Event
from banjie.tickets.step import EventDraft, RawWrite, Step
from banjie.worktime.arithmetic import add, between
from banjie.worktime.durations import Duration
from banjie.worktime.queries import load_version


class NotExtendable(Refused):
    """The limit cannot be given more time: it does not run, is broken, or was extended as often or as far as may be."""

    status = 422
    code = "not-extendable"


def pause(step: Step, clock: Running) -> None:
    """Stop a clock for a while; what is left of its limit is kept."""
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


def resume(step: Step, clock: Running) -> tuple[datetime, datetime | None, str]:
    """Let a clock go on with what was left; return its new due and warning time."""
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


def extends(step: Step, deadline: str) -> bool:
    """Tell whether the step gives a deadline more time: at once, or with the last signature of its approval."""
    spec = step.rule.spec.extends
    return spec is not None and spec.deadline == deadline and step.outcome in ("", "approved")


def must_find_what_it_extends(step: Step, clocks: Mapping[str, Running]) -> None:
    """Refuse to extend what does not run.

    Raises:
        NotExtendable: the clock was never started, has stopped, is paused or broken.
    """
    spec = step.rule.spec.extends
    if spec is None or not extends(step, spec.deadline):
        return
    clock = clocks.get(spec.deadline)
    title = step.kind.process.deadlines[spec.deadline].title
    if clock is None or clock.due_at is None:
        raise step.refuse(_("“%(title)s” does not run: there is nothing to extend.") % {"title": title}, NotExtendable)
    if clock.breached or step.at > clock.due_at:
        raise step.refuse(_("“%(title)s” is over already and cannot be extended any more.") % {"title": title}, NotExtendable)


def extend(step: Step, rule: DeadlineRule, clock: Running) -> tuple[datetime, datetime | None, str]:
    """Move a clock's due time to what was asked for, not further than the rulebook lets; return the new times.

    The cap counts from the first due time, whatever was granted before.

    Raises:
        NotExtendable: too often, too far, or not later than now due.
    """
    spec = step.rule.spec.extends
    assert spec is not None and clock.due_at is not None
    wanted = datetime.fromisoformat(str(step.value(spec.to)))
    earlier = Event.objects.filter(ticket_id=step.ticket.id, kind="extended", payload__clock=clock.name).order_by("seq")
    first = earlier.first()
    original = datetime.fromisoformat(first.payload["before"]) if first else clock.due_at
    latest = add(original, due.duration(spec.at_most), load_version(clock.calendar))
    if earlier.count() >= spec.times:
        message = _("“%(title)s” was extended %(n)d times already; that is enough.") % {"title": rule.spec.title, "n": spec.times}
        raise step.refuse(message, NotExtendable, [FieldError(spec.to, message)])
    if not clock.due_at < wanted <= latest:
        message = _("The new time lies after %(now)s and not after %(latest)s.") % {
            "now": localtime(clock.due_at).strftime("%Y-%m-%d %H:%M"),
            "latest": localtime(latest).strftime("%Y-%m-%d %H:%M"),
        }
        raise step.refuse(message, NotExtendable, [FieldError(spec.to, message)])
    step.writes.append(
        RawWrite(
            "update deadlines_clock set due_at = %s, warn_at = null, next_at = %s where id = %s returning 1", (wanted, wanted, clock.id)
        )
    )
    payload = {"clock": clock.name, "clause": clock.clause, "due_at": wanted.isoformat(), "before": clock.due_at.isoformat()}
    step.events.append(EventDraft("extended", payload, from_state=step.to_state, to_state=step.to_state))
    return wanted, None, clock.name
