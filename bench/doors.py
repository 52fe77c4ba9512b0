"""The same operations through Banjie's doors: REST with tokens and pages with sessions, as eight people of the house."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import cycle
from random import Random
from urllib.parse import quote

import orjson

from bench import vocabulary
from bench.load import CLIENTS, ask, body_of, drive, get, post
from bench.organisation import House

API = "/api/v1"
# Who sits at the eight clients: four agents of headquarters and four second-level agents of branches.
AGENTS = ("li", "zhang", "qian", "feng", "kf_hn", "kf_gz", "kf_gd", "kf_sc")
HEADQUARTERS = ("li", "zhang", "qian", "feng")
_MADE = 1500  # different requests of a client; then they come again


class Doors:
    """Makes the requests of each operation, and remembers the tickets that were opened, for the acts."""

    def __init__(self, port: int, house: House, random: Random) -> None:
        self.port, self.house, self.random = port, house, random
        self.fresh: list[tuple[str, int]] = []  # numbers of tickets to work on, with their engineers

    def bearer(self, name: str) -> str:
        """Return the header that lets a person in."""
        return f"Bearer {self.house.tokens[name]}"

    def create(self) -> list[Iterator[bytes]]:
        """Open tickets: every other one about a known terminal, the rest from callers who may be new."""
        return [cycle([self._opening(name, n % 2 == 0)[0] for n in range(_MADE)]) for name in cycle_of(HEADQUARTERS)]

    def _opening(self, name: str, known: bool) -> tuple[bytes, int]:
        random, engineer = self.random, 0
        fields = {
            "source": "merchant",
            "urgency": random.choice(("urgent", "normal")),
            "address": vocabulary.address(random),
            "contact": vocabulary.person(random),
            "phone": vocabulary.phone(random),
            "problem": vocabulary.problem(random),
        }
        if known:
            fields["terminal_no"], engineer = random.choice(self.house.terminals)
        body = orjson.dumps({"type": "consumables", "fields": fields})
        return post(f"{API}/tickets", body, Authorization=self.bearer(name)), engineer

    def open_some(self, count: int) -> None:
        """Open tickets of terminals that have an engineer; they are what `act` works on."""
        made = [self._opening(HEADQUARTERS[n % 4], known=True) for n in range(count)]
        engineers = [[e for _request, e in made[client::CLIENTS]] for client in range(CLIENTS)]
        queues = [iter([request for request, _engineer in made[client::CLIENTS]]) for client in range(CLIENTS)]
        numbers: list[list[str]] = [[] for _ in range(CLIENTS)]
        drive(self.port, queues, 300.0, lambda client, answer: numbers[client].append(orjson.loads(body_of(answer))["number"]))
        self.fresh += [pair for own, theirs in zip(numbers, engineers, strict=True) for pair in zip(own, theirs, strict=True)]

    def act(self) -> list[Iterator[bytes]]:
        """Work tickets: dispatch, book a visit, complete; each as the person whose turn it is."""
        share = len(self.fresh) // CLIENTS
        queues = [self.fresh[n * share : (n + 1) * share] for n in range(CLIENTS)]
        self.fresh = []
        return [self._work(own, HEADQUARTERS[n % 4]) for n, own in enumerate(queues)]

    def _work(self, own: list[tuple[str, int]], agent: str) -> Iterator[bytes]:
        visit = (datetime.now(UTC) + timedelta(days=2)).isoformat()
        booked = orjson.dumps({"version": 2, "fields": {"visit_at": visit, "agreed_with": "王老板"}})
        completed = orjson.dumps({"version": 3, "fields": {"result": "现场更换配件并试刷三笔,签购单打印正常", "fully_solved": True}})
        for number, engineer in own:
            actions = f"{API}/tickets/{number}/actions"
            by = f"Bearer {self.house.engineers[engineer]}"
            yield post(f"{actions}/dispatch", b'{"version": 1, "fields": {}}', Authorization=self.bearer(agent))
            yield post(f"{actions}/book", booked, Authorization=by)
            yield post(f"{actions}/complete", completed, Authorization=by)

    def queue(self) -> list[Iterator[bytes]]:
        """Read pages of fifty: the first page and those after it, four people of headquarters and four of branches."""
        return [cycle([get(path, Authorization=self.bearer(name)) for path in self._pages(name)]) for name in AGENTS]

    def _pages(self, name: str) -> list[str]:
        paths, cursor = [], ""
        for _ in range(12):
            paths.append(f"{API}/tickets?limit=50&cursor={quote(cursor)}")
            cursor = orjson.loads(ask(self.port, get(paths[-1], Authorization=self.bearer(name))))["next"]
            if not cursor:
                break
        return paths

    def ticket(self, numbers: list[str]) -> list[Iterator[bytes]]:
        """Read tickets with their histories."""
        return [
            cycle(
                [
                    get(f"{API}/tickets/{number}", Authorization=self.bearer(name))
                    for number in self.random.sample(numbers, min(_MADE, len(numbers)))
                ]
            )
            for name in cycle_of(HEADQUARTERS)
        ]

    def search(self, texts: list[str]) -> list[Iterator[bytes]]:
        """Find the newest twenty tickets."""
        return [
            cycle([get(f"{API}/search?q={quote(text)}", Authorization=self.bearer(name)) for text in self.random.sample(texts, len(texts))])
            for name in cycle_of(HEADQUARTERS)
        ]

    def queue_page(self) -> list[Iterator[bytes]]:
        """Read the queue as a page."""
        return [cycle([get("/tickets/", Cookie=self.house.cookies[name])]) for name in AGENTS]

    def ticket_page(self, numbers: list[str]) -> list[Iterator[bytes]]:
        """Read tickets as pages."""
        return [
            cycle(
                [
                    get(f"/tickets/{number}/", Cookie=self.house.cookies[name])
                    for number in self.random.sample(numbers, min(_MADE, len(numbers)))
                ]
            )
            for name in cycle_of(HEADQUARTERS)
        ]


def cycle_of(names: tuple[str, ...]) -> list[str]:
    """Return a name for each client."""
    return [names[n % len(names)] for n in range(CLIENTS)]
