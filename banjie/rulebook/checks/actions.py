"""Actions: the verb exists, its demands are met, its outcomes lead somewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from banjie.rulebook.checks.fields import expression
from banjie.rulebook.checks.flow import targets
from banjie.rulebook.language import Action
from banjie.rulebook.vocabulary import VERBS, VerbSpec

if TYPE_CHECKING:
    from banjie.rulebook.checks.checker import Checker
    from banjie.rulebook.source import Path


# Verbs that tell somebody by themselves.
_TELLS = {"dispatch", "transfer", "refuse", "send_back", "append", "urge", "supervise", "escalate", "call_back", "approve", "hand_over"}


def check(c: Checker) -> None:
    """Check every action of every process."""
    for key, process in c.book.processes.items():
        opening = [name for name, a in process.actions.items() if a.verb in VERBS and VERBS[a.verb].opens]
        if len(opening) != 1:
            c.wrong(
                ("processes", key, "actions"),
                _("A process needs exactly one action that opens a ticket (verb accept); it has %(n)d.") % {"n": len(opening)},
            )
        for name, action in process.actions.items():
            path: Path = ("processes", key, "actions", name)
            _fields(c, path, action)
            if not action.by:
                c.wrong((*path, "by"), _("Nobody may do “%(name)s”. Name a role, or assignee, responsible, opener.") % {"name": name})
            if action.from_ == []:
                c.wrong((*path, "from"), _("“%(name)s” can be done from no state. Name states, or write open or any.") % {"name": name})
            if c.known(action.verb, VERBS, (*path, "verb"), _("verb")):
                _verb(c, path, action, VERBS[action.verb])
            if action.when:
                expression(c, (*path, "when"), action.when, ticket=True)
            for index, must in enumerate(action.must):
                expression(c, (*path, "must", index, "that"), must.that, ticket=True, given=action.needs)


def _fields(c: Checker, path: Path, action: Action) -> None:
    groups = [("needs", action.needs), ("asks", action.asks)] + [("needs_one_of", names) for names in action.needs_one_of]
    for part, names in groups:
        for name in names:
            c.known(name, c.book.fields, (*path, part), _("field"))


def _verb(c: Checker, path: Path, action: Action, verb: VerbSpec) -> None:
    for name in verb.demands:
        if name not in action.needs:
            c.wrong(
                (*path, "needs"),
                _("The verb “%(verb)s” demands “%(name)s”; it cannot be configured away. Add it to needs.")
                % {"verb": action.verb, "name": name},
            )
    if verb.needs_tell and not action.tell:
        c.wrong((*path, "tell"), _("The verb “%(verb)s” needs “tell”: whom it reports to.") % {"verb": action.verb})
    if action.sms and not (action.verb in _TELLS or action.tell or action.repeated or _tells_on_entering(c, path, action)):
        c.wrong((*path, "sms"), _("Nobody is told of this, so nobody gets a text message: add “tell”, or leave out “sms”."))
    if verb.needs_match and not action.match:
        c.wrong(path, _("The verb “%(verb)s” needs “match”: how the person or unit is found.") % {"verb": action.verb})
    if verb.opens:
        if action.opens or action.children:
            c.wrong(path, _("An opening action can neither open another ticket nor wait for one."))
        if action.to is not None or action.from_ != "open":
            c.wrong(path, _("An opening action has neither “from” nor “to”: the type says in which state a ticket begins."))
    elif action.decided_by:
        if verb.outcomes:
            c.wrong(
                (*path, "decided_by"), _("The verb “%(verb)s” has outcomes of its own: leave out “decided_by”.") % {"verb": action.verb}
            )
    else:
        _outcomes(c, path, action, verb)


def _tells_on_entering(c: Checker, path: Path, action: Action) -> bool:
    """Tell whether entering one of the states that follow tells somebody: by `tell`, or because it is signed there."""
    states = c.book.processes[str(path[1])].states
    found = [states[name] for name in targets(action) if name in states]
    return any(state.tell or state.stage == "approval" for state in found)


def _outcomes(c: Checker, path: Path, action: Action, verb: VerbSpec) -> None:
    if isinstance(action.to, dict):
        if not verb.outcomes:
            c.wrong((*path, "to"), _("The verb “%(verb)s” has a single outcome: write one state.") % {"verb": action.verb})
        for outcome in action.to:
            if verb.outcomes:
                c.known(outcome, verb.outcomes, (*path, "to", outcome), _("outcome"))
        for outcome in verb.must_move:
            if outcome not in action.to:
                c.wrong((*path, "to"), _("“to” does not say what follows when the outcome is “%(outcome)s”.") % {"outcome": outcome})
    elif verb.must_move:
        c.wrong(
            (*path, "to"),
            _("The verb “%(verb)s” has several outcomes: write a state for each of %(outcomes)s.")
            % {"verb": action.verb, "outcomes": "、".join(verb.outcomes)},
        )
    elif verb.moves and action.to is None:
        c.wrong((*path, "to"), _("The verb “%(verb)s” moves the ticket: write “to: state”.") % {"verb": action.verb})
