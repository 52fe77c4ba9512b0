"""Which function implements each verb, and which rooms react to a change. Filled once, from `config/reactions.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from banjie.rulebook.vocabulary import VERBS
from banjie.tickets.step import Step, Verb

_verbs: dict[str, Verb] = {}
_reactions: list[Reaction] = []


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
