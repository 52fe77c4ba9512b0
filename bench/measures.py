"""Run an operation through its door and through the limit, in turn, and keep the best round of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from random import Random
from typing import Any

import psycopg

from bench import limit, vocabulary
from bench.doors import Doors
from bench.instance import Instance, database_seconds, web_seconds
from bench.load import Measured, drive

SAMPLE = 4000
WARMING = 24  # requests of each client before a round: caches filled, statements kept by the server


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how often each operation is measured."""

    seconds: float
    rounds: int


@dataclass(slots=True)
class Result:
    """Rounds of the door and of the limit. `web` is the web server's CPU time of one request in the cheapest round, in milliseconds."""

    operation: str
    door: list[Measured] = field(default_factory=list)
    limit: list[Measured] = field(default_factory=list)
    web: float = 0.0

    @property
    def best(self) -> Measured:
        return max(self.door, key=lambda m: m.rate)

    @property
    def best_limit(self) -> Measured:
        return max(self.limit, key=lambda m: m.rate)

    @property
    def share(self) -> float:
        """Return the door's rate as a share of the limit's."""
        return self.best.rate / self.best_limit.rate

    @property
    def cost(self) -> float:
        """Return the least CPU time of a request in web server and database, in milliseconds."""
        return min(m.cost for m in self.door)

    @property
    def cost_share(self) -> float:
        """Return the limit's least CPU time as a share of the door's: the same comparison where neighbours take the machine's time."""
        return min(m.cost for m in self.limit) / self.cost

    def facts(self, size: int) -> dict[str, object]:
        """Return all rounds, for the file."""
        rounds = {
            name: [(m.rate, m.percentile(0.5), m.percentile(0.99), m.cost) for m in found]
            for name, found in (("door", self.door), ("limit", self.limit))
        }
        return {"tickets": size, "operation": self.operation, "web_cpu_ms": self.web, **rounds}


class Measures:
    """All operations on one filling of the tables."""

    def __init__(self, here: Instance, doors: Doors, plan: Plan) -> None:
        self.here, self.doors, self.plan = here, doors, plan
        self.facts: dict[str, Any] = {}
        self.numbers: list[str] = []
        self.phones: list[str] = []

    def look(self) -> None:
        """Draw samples from the filled tickets: for reading, for acting, and places in the queue."""
        random = Random(7)
        with psycopg.connect(self.here.dsn, autocommit=True) as db:
            highest = (db.execute("select max(id) from tickets_ticket").fetchone() or (0,))[0]
            ids = [random.randrange(1, highest + 1) for _ in range(SAMPLE)]
            rows = db.execute("select number, phone from tickets_ticket where id = any(%s) and asset_id is null", [ids]).fetchall()
            self.numbers, self.phones = [row[0] for row in rows], [row[1] for row in rows]
            places = db.execute(
                f"select t.rank, {limit.DUE}, t.id from tickets_ticket t where t.is_open and t.id <= %s order by random() limit {SAMPLE}",
                [highest],
            )
            self.facts["places"] = places.fetchall()
            self.facts["pool"] = [
                row[0] for row in db.execute("select id from tickets_ticket where state = 'unprocessed' and id <= %s", [highest])
            ]
            version, calendar = db.execute("select rulebook_version_id, calendar_version_id from deadlines_clock limit 1").fetchone() or (
                0,
                0,
            )
            unit, member = db.execute(
                "select p.unit_id, p.member_id from people_post p join people_member m on m.id = p.member_id where username = 'li'"
            ).fetchone() or (0, 0)
        self.facts["ids"] = {"version": version, "calendar": calendar, "unit": unit, "member": member}

    def run(self, operation: str) -> Result:
        """Measure an operation: rounds of the limit and of the door in turn."""
        result = Result(operation)
        make, script, facts = self._parts()[operation]
        shape = limit.SHAPES[0]
        for number in range(self.plan.rounds):
            if script:
                asked = self.facts | facts | {"round": f"{highest_word(self.numbers)}{number}"}
                shapes = limit.SHAPES if number == 0 else (shape,)
                found = [self._script(script, asked | {"round": asked["round"] + str(s[0])}, s) for s in shapes]
                shape = max(zip(found, shapes, strict=True), key=lambda pair: pair[0].rate)[1]
                result.limit += found
            queues = make()
            drive(self.here.port, [islice(requests, WARMING) for requests in queues], 60.0)
            self._door(result, queues)
        return result

    def _script(self, script: str, facts: dict[str, Any], shape: tuple[int, int]) -> Measured:
        before = database_seconds(self.here)
        measured = limit.measure(self.here.dsn, script, facts, self.plan.seconds, shape)
        measured.cpu += database_seconds(self.here) - before
        return measured

    def _door(self, result: Result, queues: list[Iterator[bytes]]) -> None:
        web, database = web_seconds(self.here), database_seconds(self.here)
        measured = drive(self.here.port, queues, self.plan.seconds)
        used = web_seconds(self.here) - web
        measured.cpu = used + database_seconds(self.here) - database
        result.door.append(measured)
        if measured.cost == result.cost:
            result.web = used / max(1, measured.done) * 1000

    def _parts(self) -> dict[str, tuple[Callable[[], list[Iterator[bytes]]], str, dict[str, Any]]]:
        """Return for each operation how its requests are made, its limit, and what the limit must know."""
        doors, words = self.doors, vocabulary.SEARCHED
        return {
            "create": (doors.create, "create", {}),
            "act": (self._acts, "act", {}),
            "queue": (doors.queue, "queue", {}),
            "queue page": (doors.queue_page, "", {}),
            "ticket": (lambda: doors.ticket(self.numbers), "ticket", {"numbers": self.numbers}),
            "ticket page": (lambda: doors.ticket_page(self.numbers), "", {}),
            "search word": (lambda: doors.search(words), "search", {"texts": words, "words": True}),
            "search phone": (lambda: doors.search(self.phones), "search", {"texts": self.phones, "words": False}),
            "search number": (lambda: doors.search(self.numbers), "search", {"texts": self.numbers, "words": False}),
        }

    def _acts(self) -> list[Iterator[bytes]]:
        self.doors.open_some(int(max(80, 400 * self.plan.seconds)))
        return self.doors.act()


def highest_word(numbers: list[str]) -> str:
    """Return a mark of this filling, so that two of them never make the same clock twice."""
    return numbers[-1] if numbers else ""
