"""Sign-offs: each is used, asked in a state of its own stage, and its choices are those that lead somewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from banjie.rulebook.checks.fields import expression
from banjie.rulebook.language import Action, Process
from banjie.rulebook.vocabulary import VERBS

if TYPE_CHECKING:
    from banjie.rulebook.checks.checker import Checker
    from banjie.rulebook.source import Path

DECISION = "decision"


def check(c: Checker) -> None:
    """Check every sign-off and the actions that ask for it."""
    for key, process in c.book.processes.items():
        path: Path = ("processes", key)
        used = set()
        for name, action in process.actions.items():
            verb = VERBS.get(action.verb)
            if verb is not None and verb.signs:
                used.add(action.signoff)
                _action(c, (*path, "actions", name), process, action)
            elif action.signoff:
                c.wrong((*path, "actions", name, "signoff"), _("Only the verbs approve and hand_over have a sign-off."))
        for name, signoff in process.signoffs.items():
            if name not in used:
                c.wrong((*path, "signoffs", name), _("No action asks for this sign-off: name it in an action with the verb approve."))
            for index, step in enumerate(signoff.steps):
                if step.when:
                    expression(c, (*path, "signoffs", name, "steps", index, "when"), step.when, ticket=True)
        _alone(c, path, process)


def _action(c: Checker, here: Path, process: Process, action: Action) -> None:
    if action.signoff is None:
        c.wrong(here, _("The verb “%(verb)s” needs “signoff”: who signs, in which order.") % {"verb": action.verb})
        return
    for state in action.from_ if isinstance(action.from_, list) else list(process.states):
        if state in process.states and process.states[state].stage != "approval":
            c.wrong((*here, "from"), _("What is signed stands in a state of the stage approval; “%(state)s” is none.") % {"state": state})
            break
    signoff = process.signoffs.get(action.signoff)
    if signoff is None:
        return  # said elsewhere
    for role in dict.fromkeys(role for step in signoff.steps for role in step.by):
        if role not in action.by:
            c.wrong((*here, "by"), _("“%(role)s” signs, and must stand in “by”.") % {"role": role})
    if action.verb == "approve":
        _decision(c, here, action)
        if signoff.choose and not {"chosen", "instruction"} <= {*action.needs, *action.asks}:
            c.wrong((*here, "asks"), _("Where one of several is chosen, “asks” holds chosen and instruction."))


def _decision(c: Checker, here: Path, action: Action) -> None:
    """The choices of the decision are the outcomes that lead somewhere, and what is not approved is given a reason."""
    field = c.book.fields.get(DECISION)
    if "reason" not in {*action.needs, *action.asks}:
        c.wrong((*here, "asks"), _("Who does not approve writes why: add reason to “asks”."))
    if field is None or not isinstance(action.to, dict):
        return  # said elsewhere
    for choice in field.choices:
        if choice not in action.to:
            c.wrong((*here, "to"), _("“to” does not say what follows when the outcome is “%(outcome)s”.") % {"outcome": choice})


def _alone(c: Checker, path: Path, process: Process) -> None:
    """Several approvals of one state need conditions, so that it is clear which of them counts."""
    for state in process.states:
        asked = [name for name, a in process.actions.items() if a.verb == "approve" and a.from_ not in ("any", "open") and state in a.from_]
        for name in asked if len(asked) > 1 else []:
            if not process.actions[name].when:
                c.wrong(
                    (*path, "actions", name, "when"),
                    _("Several approvals are asked in “%(state)s”: say with “when” which applies.") % {"state": state},
                )
