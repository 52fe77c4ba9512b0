"""The other shipped regulations in the demonstration: each with its people, and some weeks of tickets worked by the engine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from banjie.rulebook.program import Program
from banjie.rulebook.queries import active_program
from banjie.rulebook.shipped import FOLDER, install_shipped
from banjie.simulation.arrivals import Arrival, generated
from banjie.simulation.behaviour import payload
from banjie.simulation.engine import Engine
from banjie.simulation.organisation import FOUNDER
from banjie.simulation.people import People
from banjie.simulation.staffing import staff

TICKETS = 24  # of each regulation
WATCH_STEP = timedelta(minutes=30)


def shipped_others(but: str) -> list[str]:
    """Return the names of all shipped regulations but one."""
    return sorted(file.stem for file in FOLDER.glob("*.yaml") if file.stem != but)


def work(slug: str, random: Random, password: str, *, begin: datetime, until: datetime) -> Engine:
    """Put a regulation to work with people of its own, and let them work from `begin` until `until`."""
    install_shipped(slug, by=FOUNDER, at=begin)
    program = active_program(slug)
    staff(program, random, password, at=begin)
    engine = Engine(program, People(until), random, until, watch_step=WATCH_STEP)
    engine.run(_requests(program, random, engine.people, begin, until), begin)
    return engine


def _requests(program: Program, random: Random, people: People, begin: datetime, until: datetime) -> Iterator[Arrival]:
    """Yield requests of the types that people open by themselves, with whole forms."""
    following = {duty.opens for duty in program.book.duties.values()}
    following |= {action.opens for process in program.book.processes.values() for action in process.actions.values()}
    types = {name: 1.0 for name in program.types if name not in following} or dict.fromkeys(program.types, 1.0)
    able = people.ids_under("/")
    for arrival in generated(random, types, [], begin=begin, days=(until - begin).days + 1, count=TICKETS):
        if arrival.at <= until:
            rule = program.types[arrival.type].open_action
            yield Arrival(arrival.at, arrival.type, payload(random, program, rule, {}, arrival.at, able))
