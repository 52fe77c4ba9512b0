"""Whether a deadline's clock ever starts, ever stops, and knows its due time: walked through as the clocks do it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from banjie.rulebook import due
from banjie.rulebook.checks import kept
from banjie.rulebook.checks.flow import ENDED, closure, edges, sources, targets
from banjie.rulebook.language import Deadline, Process
from banjie.rulebook.vocabulary import VERBS

if TYPE_CHECKING:
    from banjie.rulebook.checks.checker import Checker
    from banjie.rulebook.source import Path


@dataclass(frozen=True, slots=True)
class Change:
    """One way in which a ticket changes: from which state ("" when it is opened), by which action, into which state."""

    before: str
    action: str
    after: str
    moves: bool

    @property
    def names(self) -> set[str]:
        """What clocks see of it: the action, and the state that it enters."""
        return {self.action, self.after} if self.moves else {self.action}


def check(c: Checker) -> None:
    """Check every deadline that names only what exists; the rest is said elsewhere."""
    for key, process in c.book.processes.items():
        starts = {t.start for t in c.book.types.values() if t.process == key}
        named = starts.union(*(targets(a) | sources(process, a) for a in process.actions.values()))
        if not starts or not named <= set(process.states) or any(a.verb not in VERBS for a in process.actions.values()):
            continue
        reached = closure(starts, edges(process))
        changes = [one for one in _changes(process, starts) if one.before in reached | {""}]
        for name, deadline in process.deadlines.items():
            given = {*deadline.from_, *deadline.until}
            if given <= process.states.keys() | process.actions.keys() and not set(deadline.from_) & set(deadline.until):
                _clock(c, ("processes", key, "deadlines", name), key, deadline, changes)


def _changes(process: Process, starts: set[str]) -> Iterator[Change]:
    for name, action in process.actions.items():
        if VERBS[action.verb].opens:
            yield from (Change("", name, start, moves=True) for start in starts)
            continue
        found = targets(action)
        stays = not found or (
            isinstance(action.to, dict) and not set(VERBS[action.verb].outcomes) <= set(action.to) and not action.decided_by
        )
        for state in sources(process, action):
            yield from (Change(state, name, target, moves=True) for target in found)
            if stays:
                yield Change(state, name, state, moves=False)


def _clock(c: Checker, path: Path, key: str, deadline: Deadline, changes: list[Change]) -> None:
    process, stops = c.book.processes[key], set(deadline.until)
    ended = {name for name, state in process.states.items() if state.stage in ENDED}
    begins = [one for one in changes if one.names & set(deadline.from_) and not one.names & stops and one.after not in ended]
    if not begins:
        c.wrong((*path, "from"), _("This clock never starts: name a state or an action after which a ticket is still open."))
        return
    for name in deadline.from_:
        here = {one.after for one in begins if name in one.names}
        if not here:
            c.wrong(
                (*path, "from"),
                _("This clock never starts at “%(name)s”: what leads there ends the ticket or stops it at once.") % {"name": name},
            )
        elif not any(one.before in closure(here, edges(process)) and one.names & stops for one in changes):
            c.wrong(
                (*path, "until"),
                _("A clock that starts at “%(name)s” never stops: none of “until” is reached from there.") % {"name": name},
            )
    _known_when_it_starts(c, path, key, deadline, begins)


def _known_when_it_starts(c: Checker, path: Path, key: str, deadline: Deadline, begins: list[Change]) -> None:
    """Check that the field from which the limit follows is asked: kept in the ticket, or in the form of what starts the clock."""
    limit = c.book.limits.get(deadline.within or "")
    part, field = ("within", limit.per) if limit and limit.per not in (None, "type", "unit") else ("due", _date_field(deadline))
    if field not in c.book.fields or field in kept.fields(c.book, key):
        return
    process = c.book.processes[key]
    forms = [kept.form(process.actions[name]) for name in {one.action for one in begins}]
    if not any(field in form for form in forms):
        c.wrong(
            (*path, part),
            _("“%(name)s” is not known when this clock starts, so it never would: let the action that starts it ask for it.")
            % {"name": field},
        )


def _date_field(deadline: Deadline) -> str | None:
    try:
        return due.field_offset(deadline.due)[0] if deadline.due else None
    except ValueError:
        return None  # said elsewhere
