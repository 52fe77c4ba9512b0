"""Types that open or wait for one another: a ring would never come to an end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from banjie.rulebook.checks.flow import closure

if TYPE_CHECKING:
    from banjie.rulebook.checks.checker import Checker


def check(c: Checker) -> None:
    """Check that no type comes to open itself, through others of this book, or waits for itself."""
    processes = {key: c.book.processes.get(kind.process) for key, kind in c.book.types.items()}
    opens: dict[str, set[str]] = {key: set() for key in c.book.types}
    waits: dict[str, set[str]] = {key: set() for key in c.book.types}
    for key, process in processes.items():
        for action in process.actions.values() if process else ():
            opens[key] |= {action.opens} & set(opens) if action.opens else set()
            waits[key] |= set(action.children) & set(waits)
    said: set[tuple[str, str]] = set()
    for key, kind in c.book.types.items():
        process = processes[key]
        for name, action in process.actions.items() if process else ():
            for part, named, ways in (("opens", {action.opens or ""}, opens), ("children", set(action.children), waits)):
                ring = sorted(one for one in named & set(ways) if key in closure({one}, ways))
                if ring and (kind.process, f"{name}.{part}") not in said:
                    said.add((kind.process, f"{name}.{part}"))
                    message = _("“%(type)s” and “%(other)s” would open or wait for each other without end. Take one of the two away.")
                    if ring == [key]:
                        message = _("“%(type)s” would open or wait for tickets of its own type without end. Name another type.")
                    c.wrong(("processes", kind.process, "actions", name, part), message % {"type": key, "other": ring[0]})
