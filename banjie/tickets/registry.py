"""Which function implements each verb, and which rooms react to a change. Filled once, from `config/reactions.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from banjie.kernel.errors import Refused
from banjie.people.actor import Actor
from banjie.rulebook.program import ActionRule, Program
from banjie.rulebook.vocabulary import VERBS
from banjie.tickets.step import Snapshot, Step, Verb

_verbs: dict[str, Verb] = {}
_deciders: dict[str, Decider] = {}
_objections: dict[str, Decider] = {}
_reactions: list[Reaction] = []


# Tells why an actor may not do an action on a ticket; None when he may.
Decider = Callable[[Actor, Program, ActionRule, Snapshot], Refused | None]


@dataclass(frozen=True, slots=True)
class Reaction:
    """A room's answer to every change, in the same transaction.

    `read` is a scalar SQL subselect over the locked ticket `t`, put into `Snapshot.extra[name]`, so that reacting
    costs no query of its own. With `always` it does not mention `t` and is read for a new ticket too.
    """

    name: str
    run: Callable[[Step], None] | None = None
    read: str = ""
    always: bool = False

    def __call__(self, step: Step) -> None:
        """React, if there is something to do."""
        if self.run:
            self.run(step)


def verb(name: str) -> Callable[[Verb], Verb]:
    """Register a verb's implementation."""
    assert name in VERBS, f"{name} is not in rulebook.vocabulary"

    def register(function: Verb) -> Verb:
        assert name not in _verbs, f"{name} is implemented twice"
        _verbs[name] = function
        return function

    return register


def objection(*names: str) -> Callable[[Decider], Decider]:
    """Register why an action of some verbs would only be refused, whatever is entered: it was done before, or this person may not.

    It is told by what was read with the ticket alone, so that a page can leave out what makes no sense; `perform` refuses with it.
    """

    def register(function: Decider) -> Decider:
        for name in names:
            assert name in VERBS, f"{name} is not in rulebook.vocabulary"
            assert name not in _objections, f"{name} has two objections"
            _objections[name] = function
        return function

    return register


def objection_to(actor: Actor, program: Program, rule: ActionRule, ticket: Snapshot) -> Refused | None:
    """Return why an action would only be refused, whatever is entered; None when it may be tried."""
    told = _objections.get(rule.spec.verb)
    return told(actor, program, rule, ticket) if told else None


def set_deciders(deciders: Mapping[str, Decider]) -> None:
    """Install the table of what decides, in place of the rulebook's `by` alone, who may do the actions of a verb."""
    _deciders.clear()
    _deciders.update(deciders)


def decider_of(name: str) -> Decider | None:
    """Return what decides who may do actions of this verb, if it is not `by` alone."""
    return _deciders.get(name)


def verb_of(name: str) -> Verb:
    """Return the implementation of a verb."""
    return _verbs[name]


def implemented() -> frozenset[str]:
    """Return the names of all implemented verbs."""
    return frozenset(_verbs)


def set_reactions(reactions: list[Reaction]) -> None:
    """Install the table of reactions, in order."""
    _reactions[:] = reactions


def reactions() -> list[Reaction]:
    """Return the table of reactions."""
    return _reactions
