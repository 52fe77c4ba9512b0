"""The flow: every state is reached, every state can be left, someone may do each action."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from banjie.rulebook.language import Action, Process
from banjie.rulebook.vocabulary import VERBS

if TYPE_CHECKING:
    from banjie.rulebook.checks.checker import Checker
    from banjie.rulebook.source import Path

ENDED = ("closing", "archive")


def targets(action: Action) -> set[str]:
    """Return the states to which an action may lead."""
    if isinstance(action.to, dict):
        return set(action.to.values())
    return {action.to} if action.to else set()


def sources(process: Process, action: Action) -> set[str]:
    """Return the states from which an action may be done."""
    if isinstance(action.from_, list):
        return set(action.from_)
    if action.from_ == "any":
        return set(process.states)
    return {name for name, state in process.states.items() if state.stage not in ENDED}


def edges(process: Process) -> dict[str, set[str]]:
    """Return for each state the states to which one action may lead."""
    found: dict[str, set[str]] = {name: set() for name in process.states}
    for action in process.actions.values():
        if action.verb in VERBS and VERBS[action.verb].opens:
            continue
        for state in sources(process, action) & set(process.states):
            found[state] |= targets(action) & set(process.states)
    return found


def closure(start: set[str], ways: dict[str, set[str]]) -> set[str]:
    """Return all states that are reached from `start`, which belong to it."""
    seen = set(start)
    todo = list(start)
    while todo:
        for name in ways[todo.pop()]:
            if name not in seen:
                seen.add(name)
                todo.append(name)
    return seen


def check(c: Checker) -> None:
    """Check reachability and exits of each process."""
    for key, process in c.book.processes.items():
        path: Path = ("processes", key)
        using = [t for t in c.book.types.values() if t.process == key]
        if not using:
            c.wrong(path, _("No type uses the process “%(name)s”. Name it in a type, or remove it.") % {"name": key})
            continue
        starts = {t.start for t in using}
        if not _states_known(process, starts):
            continue  # said elsewhere; everything after it would look unreached
        ways = edges(process)
        reached = closure(starts, ways)
        ended = {name for name, state in process.states.items() if state.stage in ENDED}
        _starts_open(c, key, ended)
        if not ended:
            c.wrong((*path, "states"), _("No state has the stage closing or archive: a ticket could never end."))
        for name in process.states:
            here = (*path, "states", name)
            if name not in reached:
                c.wrong(
                    here, _("No ticket can ever reach the state “%(name)s”. Add an action that leads to it, or remove it.") % {"name": name}
                )
            elif ended and name not in ended and not (closure({name}, ways) & ended):
                c.wrong(here, _("From the state “%(name)s” no way leads to an end. Add an action that leaves it.") % {"name": name})


def _starts_open(c: Checker, process: str, ended: set[str]) -> None:
    for name, kind in c.book.types.items():
        if kind.process == process and kind.start in ended:
            message = _("A ticket cannot begin in “%(state)s”: there it is over. Name a state of another stage.")
            c.wrong(("types", name, "start"), message % {"state": kind.start})


def _states_known(process: Process, starts: set[str]) -> bool:
    named = starts.union(*(targets(a) | sources(process, a) for a in process.actions.values()))
    return named <= set(process.states)
