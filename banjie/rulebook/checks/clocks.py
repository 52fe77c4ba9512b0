"""Limits, deadlines, timers and duties: durations are readable, clocks start and stop, nothing is left unset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from banjie.rulebook import due
from banjie.rulebook.checks.fields import expression
from banjie.rulebook.checks.flow import sources
from banjie.rulebook.checks.references import people
from banjie.rulebook.language import Action, Deadline, Process, Timer
from banjie.rulebook.vocabulary import VERBS
from banjie.worktime.durations import DurationKind

if TYPE_CHECKING:
    from banjie.rulebook.checks.checker import Checker
    from banjie.rulebook.source import Path


def check(c: Checker) -> None:
    """Check everything that has to do with time."""
    for key, limit in c.book.limits.items():
        path: Path = ("limits", key)
        if limit.per == "unit":
            _per_unit(c, path, key)
            continue
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
        for name, action in process.actions.items():
            _extension(c, ("processes", key, "actions", name), process, action)
        for name, timer in process.timers.items():
            path = ("processes", key, "timers", name)
            span(c, (*path, "after"), timer.after)
            _timer(c, path, process, timer)
    for key, kind in c.book.types.items():
        if kind.repeat:
            _looks_back(c, ("types", key, "repeat", "within"), kind.repeat.within)


def _timer(c: Checker, path: Path, process: Process, timer: Timer) -> None:
    known = [c.known(state, process.states, (*path, "in"), _("state")) for state in timer.in_]
    _by_itself(c, (*path, "do"), process, timer.do)
    if not all(known) or timer.do not in process.actions:
        return
    for state in timer.in_:
        if state not in sources(process, process.actions[timer.do]):
            c.wrong((*path, "do"), _("“%(action)s” is not possible in the state “%(state)s”.") % {"action": timer.do, "state": state})


def span(c: Checker, path: Path, text: str) -> None:
    """Check a duration; "unset" is noted as unset."""
    if text == "unset":
        c.wrong(path, _("This limit is not set. Write a duration such as 24h or 2 working days before activating."), "unset")
        return
    try:
        due.duration(text)
    except ValueError as wrong:
        c.wrong(path, str(wrong))


def _looks_back(c: Checker, path: Path, text: str) -> None:
    """Check how far back repeats are looked for: whole days of the calendar that hangs on the wall."""
    span(c, path, text)
    try:
        kind = due.duration(text).kind
    except ValueError:
        return  # said already
    if kind is not DurationKind.CLOCK or due.runs_to_the_end_of_day(text):
        c.wrong(path, _("Earlier tickets are looked for by calendar days, never by working time. Write days, such as 30d."))


def _per(c: Checker, path: Path, key: str) -> None:
    limit = c.book.limits[key]
    assert isinstance(limit.values, dict)
    if limit.per is None:
        c.wrong(path, _("Several values need “per”: type, unit, or a choice field."))
        return
    if limit.per == "type":
        allowed = set(c.book.types)
    elif c.known(limit.per, c.book.fields, (*path, "per"), _("choice field")):
        allowed = set(c.book.fields[limit.per].choices)
    else:
        return
    for value in limit.values:
        c.known(value, allowed, (*path, "values", value), _("value"))
    for value in sorted(allowed - set(limit.values)):
        if limit.otherwise is None:
            c.wrong((*path, "values"), _("No limit is given for “%(value)s”. Add it, or “otherwise”.") % {"value": value}, "unset")


def _per_unit(c: Checker, path: Path, key: str) -> None:
    """Check a limit that units set for themselves: they are asked for it, or another holds where they set none."""
    limit = c.book.limits[key]
    if limit.values not in ("unset", {}):
        c.wrong((*path, "values"), _("Units set this limit themselves: leave out “values”."))
    if limit.otherwise:
        span(c, (*path, "otherwise"), limit.otherwise)
    elif c.book.registration is None or key not in c.book.registration.limits:
        c.wrong(path, _("No unit is asked for this limit: name it in “registration”, or give “otherwise”."), "unset")


def _deadline(c: Checker, path: Path, process: Process, deadline: Deadline) -> None:
    names = set(process.states) | set(process.actions)
    for part, given in (("from", deadline.from_), ("until", deadline.until)):
        for name in given:
            c.known(name, names, (*path, part), _("state or action"))
    for state in deadline.pause_in:
        c.known(state, process.states, (*path, "pause_in"), _("state"))
    if both := set(deadline.from_) & set(deadline.until):
        c.wrong((*path, "until"), _("The clock would start and stop at the same thing: %(names)s.") % {"names": ", ".join(sorted(both))})
    _limit(c, path, deadline)
    if deadline.when:
        expression(c, (*path, "when"), deadline.when, ticket=True)
    people(c, deadline.on_warn, (*path, "on_warn"))
    for index, rung in enumerate(deadline.on_breach):
        here: Path = (*path, "on_breach", index)
        people(c, rung.notify, (*here, "notify"))
        if rung.after:
            span(c, (*here, "after"), rung.after)
        if rung.do:
            _by_itself(c, (*here, "do"), process, rung.do)


def _extension(c: Checker, path: Path, process: Process, action: Action) -> None:
    spec, here = action.extends, (*path, "extends")
    if spec is None:
        if action.verb == "extend":
            c.wrong(path, _("The verb “%(verb)s” needs “extends”: which deadline, until when, how far.") % {"verb": action.verb})
        return
    if action.verb not in ("extend", "approve"):
        c.wrong(here, _("Only the verbs extend and approve give more time."))
    c.known(spec.deadline, process.deadlines, (*here, "deadline"), _("deadline"))
    c.known(spec.to, [n for n, f in c.book.fields.items() if f.kind == "datetime"], (*here, "to"), _("date field"))
    if action.verb == "extend" and spec.to not in action.needs:
        c.wrong((*path, "needs"), _("“%(name)s” says until when: add it to needs.") % {"name": spec.to})
    span(c, (*here, "at_most"), spec.at_most)


def _by_itself(c: Checker, path: Path, process: Process, name: str) -> None:
    """Check an action that the system does: its verb must allow that."""
    if not c.known(name, process.actions, path, _("action")):
        return
    verb = VERBS.get(process.actions[name].verb)
    if verb is not None and not verb.automatic:
        c.wrong(path, _("“%(name)s” cannot be done by the system: its verb needs a person.") % {"name": name})


def _limit(c: Checker, path: Path, deadline: Deadline) -> None:
    if len([given for given in (deadline.within, deadline.by, deadline.due) if given]) != 1:
        c.wrong(path, _("A deadline has exactly one of: within (a duration), by (a time of day), due (a date field)."))
    if deadline.within and deadline.within not in c.book.limits:
        span(c, (*path, "within"), deadline.within)
    if deadline.by == "unset":
        span(c, (*path, "by"), deadline.by)
    elif deadline.by:
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
            dates = [n for n, f in c.book.fields.items() if f.kind in {"date", "datetime"}]
            c.known(field, dates, (*path, "due"), _("date field"))
