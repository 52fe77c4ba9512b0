"""Actions that name somebody and yet can be done by nobody: no assignee there, only those whom the verb excludes, nobody who could sign."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from banjie.rulebook.checks.flow import sources
from banjie.rulebook.language import Action, Process
from banjie.rulebook.vocabulary import VERBS

if TYPE_CHECKING:
    from banjie.rulebook.checks.checker import Checker
    from banjie.rulebook.source import Path

# What a verb does to the person who works the ticket, by its outcome ("" for every other one); the rest leave him.
_GIVES = {("dispatch", "direct"): True, ("dispatch", ""): False, ("transfer", ""): True, ("sign", ""): True}
_GIVES |= {("refuse", ""): False, ("send_back", ""): False, ("reopen", ""): False}
# Nobody checks his own work, nor extends his own limit.
_NOT_BY_ASSIGNEE = {"call_back", "verify", "inspect", "extend"}


def check(c: Checker) -> None:
    """Check that each action has somebody who may do it, and each step of a sign-off somebody who is able to sign."""
    for key, process in c.book.processes.items():
        path: Path = ("processes", key)
        starts = {t.start for t in c.book.types.values() if t.process == key} & set(process.states)
        assigned = _assigned(process, starts)
        for name, action in process.actions.items():
            if set(action.by) != {"assignee"} or action.verb not in VERBS:
                continue
            here = (*path, "actions", name, "by")
            if action.verb in _NOT_BY_ASSIGNEE:
                message = _("“%(name)s” is refused to whoever works the ticket, and nobody else is named. Name a role.")
                c.wrong(here, message % {"name": name})
            elif starts and not sources(process, action) & assigned:
                message = _(
                    "Nobody works the ticket where “%(name)s” is done. Name a role, or let dispatch, transfer or sign come before it."
                )
                c.wrong(here, message % {"name": name})
        _signers(c, path, process)


def _assigned(process: Process, starts: set[str]) -> set[str]:
    """Return the states in which a ticket can have somebody who works it."""
    seen = {(state, False) for state in starts}
    todo = list(seen)
    while todo:
        state, has = todo.pop()
        for action in process.actions.values():
            if action.verb not in VERBS or VERBS[action.verb].opens or state not in sources(process, action):
                continue
            for outcome, target in _outcomes(action):
                gives = _GIVES.get((action.verb, outcome), _GIVES.get((action.verb, ""), has))
                after = (target or state, gives)
                if after not in seen and after[0] in process.states:
                    seen.add(after)
                    todo.append(after)
    return {state for state, has in seen if has}


def _outcomes(action: Action) -> list[tuple[str, str | None]]:
    if isinstance(action.to, dict):
        return [*action.to.items(), ("", None)] if action.verb != "dispatch" else list(action.to.items())
    return [("", action.to)]


def _signers(c: Checker, path: Path, process: Process) -> None:
    for name, signoff in process.signoffs.items():
        for index, step in enumerate(signoff.steps):
            own = [role for role in step.by if role in c.book.roles and c.book.roles[role].sees == "own"]
            if own and (step.need == "all" or len(own) == len(step.by)):
                c.wrong(
                    (*path, "signoffs", name, "steps", index, "by"),
                    _(
                        "“%(role)s” sees only what is assigned to the person, and so could never sign. Write sees: unit, or name another role."
                    )
                    % {"role": own[0]},
                )
