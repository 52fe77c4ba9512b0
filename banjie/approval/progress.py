"""How far a sign-off is: plain reckoning over its steps and the signatures that count. No database, no clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from banjie.rulebook.language import SignoffStep


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature that counts: whose hand, at which step, with which roles of the sign-off, and for whom if not for himself."""

    member: int
    step: int
    roles: frozenset[str]
    behalf_of: int | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a sign-off stands. `step` is None when it is through; else `roles` are asked now, and `missing` signatures at least.

    Of the present step `signed` are the hands that have signed it, `spoken_for` the people whose word that is.
    """

    step: int | None
    roles: frozenset[str] = frozenset()
    missing: int = 0
    signed: frozenset[int] = frozenset()
    spoken_for: frozenset[int] = frozenset()

    @property
    def done(self) -> bool:
        return self.step is None


def progress(
    steps: Sequence[tuple[int, SignoffStep]],
    signatures: Sequence[Signed],
    *,
    again: bool,
    holders: Callable[[frozenset[str]], frozenset[int]],
) -> Progress:
    """Return where a sign-off stands.

    Args:
        steps: those that apply to the ticket, with their places in the rulebook.
        again: who signed at an earlier step is asked again at a later one; without it his signature counts there too.
        holders: who must sign when a step needs everyone; asked for such steps only.
    """
    for place, step in steps:
        counted = [s for s in signatures if counts(s.roles, s.step, (place, step), again=again)]
        hands = frozenset(s.member for s in counted)
        words = frozenset(s.behalf_of or s.member for s in counted)
        asked, missing = _missing(step, counted, holders)
        if missing:
            return Progress(place, asked, missing, hands, words)
    return Progress(None)


def counts(roles: frozenset[str], signed_at: int, at: tuple[int, SignoffStep], *, again: bool) -> bool:
    """Tell whether a signature with some roles, given at a step, counts for the step `at` (its place, and what it asks)."""
    place, step = at
    return bool(roles & set(step.by)) and (signed_at == place or (not again and signed_at < place))


def _missing(
    step: SignoffStep, counted: Sequence[Signed], holders: Callable[[frozenset[str]], frozenset[int]]
) -> tuple[frozenset[str], int]:
    """Return which roles are asked, and how many signatures the step still lacks. A number counts hands: nobody signs twice for it."""
    roles = frozenset(step.by)
    if step.need == "any":
        return roles, int(not counted)
    if step.need == "all":
        open_roles = roles - frozenset[str]().union(*(s.roles for s in counted))
        return open_roles, len(open_roles)
    if step.need == "everyone":
        return roles, len(holders(roles) - {s.behalf_of or s.member for s in counted}) or int(not counted)
    return roles, max(0, step.need - len({s.member for s in counted}))
