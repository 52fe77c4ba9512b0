"""The other shipped regulations in the demonstration: each with its people, and some weeks of requests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from banjie.deadlines.limits import current_calendar
from banjie.rulebook.program import Program
from banjie.rulebook.queries import active_program
from banjie.rulebook.shipped import FOLDER, install_shipped
from banjie.simulation.arrivals import Arrival, times
from banjie.simulation.engine import Engine
from banjie.simulation.organisation import FOUNDER
from banjie.simulation.people import People
from banjie.simulation.phrases import phrases_of
from banjie.simulation.staffing import staff
from banjie.simulation.work import Work

TICKETS, FOR_EACH_TYPE, AT_MOST = 24, 3, 36  # of each regulation
LATE = 0.5  # of them in the last days, so that there is something left to do
LAST_DAYS = 4
DAWDLE = 0.15
DETOURS = 0.2


def shipped_others(but: str) -> list[str]:
    """Return the names of all shipped regulations but one."""
    return sorted(file.stem for file in FOLDER.glob("*.yaml") if file.stem != but)


def employ(slug: str, random: Random, password: str, *, at: datetime) -> Work:
    """Put a regulation into force, with people of its own, who work in the hours of its calendar."""
    install_shipped(slug, by=FOUNDER, at=at)
    program = active_program(slug)
    staff(program, random, password, at=at)
    return Work(program, DAWDLE, DETOURS, current_calendar(program.book.calendar))


def requests(work: Work, random: Random, *, begin: datetime, until: datetime) -> Iterator[Arrival]:
    """Yield requests of the types that people open by themselves, in order of time, more of them in the last days."""
    program = work.program
    kinds = _kinds(program)
    count = min(TICKETS + FOR_EACH_TYPE * (len(kinds) - 1), AT_MOST)
    recent = max(begin, until - timedelta(days=LAST_DAYS))
    found = [
        *times(random, kinds, begin=begin, days=(until - begin).days + 1, count=round(count * (1 - LATE))),
        *times(random, kinds, begin=recent, days=LAST_DAYS + 1, count=round(count * LATE)),
    ]
    shifted = sorted((work.in_hours(random, at), number, kind) for number, (at, kind) in enumerate(found))
    yield from (Arrival(at, kind, book=program.slug) for at, _number, kind in shifted if at <= until)


def _kinds(program: Program) -> dict[str, float]:
    """Return the types that people open, those that no duty and no other ticket opens, and how often each."""
    following = {duty.opens for duty in program.book.duties.values()}
    following |= {action.opens for process in program.book.processes.values() for action in process.actions.values()}
    often = phrases_of(program.slug).types
    return {name: often.get(name, 1.0) for name in program.types if name not in following} or dict.fromkeys(program.types, 1.0)


def work(slug: str, random: Random, password: str, *, begin: datetime, until: datetime) -> Engine:
    """Put one regulation to work with people of its own, and let them work from `begin` until `until`."""
    employed = employ(slug, random, password, at=begin)
    engine = Engine([employed], People(until), random, until)
    engine.run(requests(employed, random, begin=begin, until=until), begin)
    return engine
