"""Limits, deadlines, timers and duties: durations are readable, clocks start and stop, nothing is left unset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from banjie.rulebook import due
from banjie.rulebook.checks.fields import expression
from banjie.rulebook.checks.flow import ENDED
from banjie.rulebook.checks.references import people
from banjie.rulebook.language import Deadline, Process
from banjie.rulebook.vocabulary import VERBS

if TYPE_CHECKING:
    from banjie.rulebook.check import Checker
    from banjie.rulebook.source import Path


def check(c: Checker) -> None:
    """Check everything that has to do with time."""
    for key, limit in c.book.limits.items():
        path: Path = ("limits", key)
        if isinstance(limit.values, str):
            span(c, (*path, "values"), limit.values)
            continue
        for value, text in limit.values.items():
            span(c, (*path, "values", value), text)
        if limit.otherwise:
            span(c, (*path, "otherwise"), limit.otherwise)
        _per(c, path, key)
    for key, process in c.book.processes.items():
        for name, deadline in process.deadlines.items():
            _deadline(c, ("processes", key, "deadlines", name), process, deadline)
        for name, timer in process.timers.items():
            path = ("processes", key, "timers", name)
            span(c, (*path, "after"), timer.after)
            for state in timer.in_:
                c.known(state, process.states, (*path, "in"), _("state"))
            if c.known(timer.do, process.actions, (*path, "do"), _("action")) and not VERBS[process.actions[timer.do].verb].automatic:
                c.wrong((*path, "do"), _("“%(name)s” cannot be done by the system: its verb needs a person.") % {"name": timer.do})
    for key, kind in c.book.types.items():
        if kind.repeat:
            span(c, ("types", key, "repeat", "within"), kind.repeat.within)


def span(c: Checker, path: Path, text: str) -> None:
    """Check a duration; "unset" is noted as unset."""
    if text == "unset":
        c.wrong(path, _("This limit is not set. Write a duration such as 24h or 2 working days before activating."), "unset")
        return
    try:
        due.duration(text)
    except ValueError as wrong:
        c.wrong(path, str(wrong))


def _per(c: Checker, path: Path, key: str) -> None:
    limit = c.book.limits[key]
    assert isinstance(limit.values, dict)
    if limit.per is None:
        c.wrong(path, _("Several values need “per”: type, unit, or a choice field."))
        return
    if limit.per == "type":
        allowed = set(c.book.types)
    elif limit.per == "unit":
        return
    elif c.known(limit.per, c.book.fields, (*path, "per"), _("choice field")):
        allowed = set(c.book.fields[limit.per].choices)
    else:
        return
    for value in limit.values:
        c.known(value, allowed, (*path, "values", value), _("value"))
    for value in sorted(allowed - set(limit.values)):
        if limit.otherwise is None:
            c.wrong((*path, "values"), _("No limit is given for “%(value)s”. Add it, or “otherwise”.") % {"value": value}, "unset")


def _deadline(c: Checker, path: Path, process: Process, deadline: Deadline) -> None:
    names = set(process.states) | set(process.actions)
    for part, given in (("from", deadline.from_), ("until", deadline.until)):
        for name in given:
            c.known(name, names, (*path, part), _("state or action"))
    for state in deadline.pause_in:
        c.known(state, process.states, (*path, "pause_in"), _("state"))
    starts, stops = set(deadline.from_), set(deadline.until)
    if starts & stops:
        c.wrong(
            (*path, "until"),
            _("The clock would start and stop at the same thing: %(names)s.") % {"names": "、".join(sorted(starts & stops))},
        )
    given_limits = [x for x in (deadline.within, deadline.by, deadline.due) if x]
    if len(given_limits) != 1:
        c.wrong(path, _("A deadline has exactly one of: within (a duration), by (a time of day), due (a date field)."))
    if deadline.within and deadline.within not in c.book.limits:
        span(c, (*path, "within"), deadline.within)
    if deadline.by:
        try:
            due.time_of_day(deadline.by)
        except ValueError as wrong:
            c.wrong((*path, "by"), str(wrong))
    if deadline.due:
        try:
            field, _offset = due.field_offset(deadline.due)
        except ValueError as wrong:
            c.wrong((*path, "due"), str(wrong))
        else:
            dates = [n for n, f in c.book.fields.items() if f.kind in ("date", "datetime")]
            c.known(field, dates, (*path, "due"), _("date field"))
    if deadline.when:
        expression(c, (*path, "when"), deadline.when)
    people(c, deadline.on_warn, (*path, "on_warn"))
    for index, rung in enumerate(deadline.on_breach):
        people(c, rung.notify, (*path, "on_breach", index, "notify"))
        if rung.after:
            span(c, (*path, "on_breach", index, "after"), rung.after)
        if (
            rung.do
            and c.known(rung.do, process.actions, (*path, "on_breach", index, "do"), _("action"))
            and not VERBS[process.actions[rung.do].verb].automatic
        ):
            c.wrong(
                (*path, "on_breach", index, "do"),
                _("“%(name)s” cannot be done by the system: its verb needs a person.") % {"name": rung.do},
            )
    reachable = any(s in process.states and process.states[s].stage not in ENDED for s in deadline.from_) or any(
        a in process.actions for a in deadline.from_
    )
    if not reachable and starts <= names:
        c.wrong((*path, "from"), _("This clock never starts: a ticket in an ended state has no clocks."))
