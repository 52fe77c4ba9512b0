"""Duties and indicators: what is owed can be done, by those who owe it, and can be counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from banjie.rulebook import due
from banjie.rulebook.checks.clocks import span
from banjie.rulebook.checks.flow import sources
from banjie.rulebook.checks.references import people
from banjie.rulebook.language import Action, Duty, Process
from banjie.rulebook.vocabulary import VERBS

if TYPE_CHECKING:
    from banjie.rulebook.checks.checker import Checker
    from banjie.rulebook.source import Path


def check(c: Checker) -> None:
    """Check every duty and indicator."""
    for key, duty in c.book.duties.items():
        _duty(c, ("duties", key), duty)
    _indicators(c)


def _duty(c: Checker, path: Path, duty: Duty) -> None:
    people(c, duty.by, (*path, "by"), roles_only=True)
    for index, rung in enumerate(duty.on_breach):
        people(c, rung.notify, (*path, "on_breach", index, "notify"), roles_only=True)
        if rung.after:
            span(c, (*path, "on_breach", index, "after"), rung.after)
    if duty.over.older_than:
        span(c, (*path, "over", "older_than"), duty.over.older_than)
        if duty.over.entered:
            c.wrong((*path, "over"), _("“older_than” is about tickets that stand in a state; leave out “entered”."))
    if duty.every == "unset":
        c.wrong((*path, "every"), _("How often is not set. Write day, working_day, week, month, quarter, half_year or year."), "unset")
    if duty.until == "unset":
        span(c, (*path, "until"), duty.until)
    else:
        try:
            due.time_of_day(duty.until)
        except ValueError as wrong:
            c.wrong((*path, "until"), str(wrong))
    if duty.opens:
        c.known(duty.opens, c.book.types, (*path, "opens"), _("type"))
        if duty.over.states or duty.do:
            c.wrong((*path, "opens"), _("A duty has either “opens”, or “over” and “do”."))
        _opens_by_itself(c, path, duty)
    elif not duty.over.states or not duty.do:
        c.wrong(path, _("A duty needs “over” with states, and “do”: what is owed for each ticket."))
    else:
        _can_be_done(c, path, duty)


def _opens_by_itself(c: Checker, path: Path, duty: Duty) -> None:
    """Check that the system can open the type's form empty, and that those who owe it may bring it to its end."""
    kind = c.book.types.get(duty.opens or "")
    process = c.book.processes.get(kind.process) if kind else None
    if process is None:
        return  # said elsewhere
    for action in process.actions.values():
        if action.verb in VERBS and VERBS[action.verb].opens and (action.needs or action.needs_one_of):
            c.wrong(
                (*path, "opens"),
                _("The system opens “%(type)s” with an empty form: its opening action must not need anything.") % {"type": duty.opens},
            )
    if not any(
        set(duty.by) & set(action.by) for action in process.actions.values() if action.verb in VERBS and not VERBS[action.verb].opens
    ):
        c.wrong((*path, "by"), _("None of these roles may do anything with “%(type)s”.") % {"type": duty.opens})


def _can_be_done(c: Checker, path: Path, duty: Duty) -> None:
    types = [key for key in duty.over.types if c.known(key, c.book.types, (*path, "over", "types"), _("type"))]
    used = {c.book.types[key].process for key in types or c.book.types} & set(c.book.processes)
    processes = [c.book.processes[key] for key in sorted(used)]
    states_known = [c.known(s, {s for p in processes for s in p.states}, (*path, "over", "states"), _("state")) for s in duty.over.states]
    actions_known = [c.known(a, {a for p in processes for a in p.actions}, (*path, "do"), _("action")) for a in duty.do]
    if not all(states_known) or not all(actions_known):
        return
    for state in duty.over.states:
        for process in processes:
            doing = _doing(process, duty, state)
            if state in process.states and not doing:
                c.wrong(
                    (*path, "do"),
                    _("In the state “%(state)s” none of %(actions)s can be done.") % {"state": state, "actions": ", ".join(duty.do)},
                )
            elif state in process.states and not any(set(duty.by) & set(action.by) for action in doing):
                c.wrong((*path, "by"), _("None of these roles may do %(actions)s: add one to its “by”.") % {"actions": ", ".join(duty.do)})


def _doing(process: Process, duty: Duty, state: str) -> list[Action]:
    actions = [process.actions[name] for name in duty.do if name in process.actions]
    return [a for a in actions if state in sources(process, a) and not (a.verb in VERBS and VERBS[a.verb].opens)]


def _indicators(c: Checker) -> None:
    actions = {name: a for p in c.book.processes.values() for name, a in p.actions.items()}
    deadlines = {d for p in c.book.processes.values() for d in p.deadlines}
    for key, indicator in c.book.indicators.items():
        of, path = indicator.of, ("indicators", key, "of")
        if len([x for x in (of.deadline, of.duty, of.action) if x]) != 1:
            c.wrong(path, _("An indicator counts exactly one of: deadline, duty, action."))
        if indicator.penalty and not indicator.target:
            c.wrong(("indicators", key, "penalty"), _("Points are deducted for a missed target: set the target, too."))
        if of.deadline:
            c.known(of.deadline, deadlines, (*path, "deadline"), _("deadline"))
        if of.duty:
            c.known(of.duty, c.book.duties, (*path, "duty"), _("duty"))
        if of.action and c.known(of.action, actions, (*path, "action"), _("action")):
            action = actions[of.action]
            outcomes = {*(VERBS[action.verb].outcomes if action.verb in VERBS else ()), *(action.to if isinstance(action.to, dict) else ())}
            if of.outcome:
                c.known(of.outcome, outcomes, (*path, "outcome"), _("outcome"))
