"""kill -9 of the web, the worker and the database under load: what was acknowledged exists exactly once, effects come once.

Each is killed in the middle of what it writes: a lock holds its statement up until the signal is sent.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from banjie.config.environment import PROJECT_ROOT
from banjie.server import postgres, processes
from tests.pos import DETAILS, GUIDED
from tests.server.conftest import open_folder
from tests.server.test_serve import Serving, variables

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
HANDS = 3


def furnish(home: Path, what: str) -> dict[str, Any]:
    """Run a helper in the home and return what it says."""
    command = [sys.executable, "-m", "tests.concurrency.furnish", what]
    done = subprocess.run(command, env=variables(home), cwd=PROJECT_ROOT, check=True, stdout=subprocess.PIPE)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def connect(home: Path) -> psycopg.Connection[Any]:
    """Connect to the home's database, as the application does."""
    address = postgres.embedded_address(home)
    return psycopg.connect(dbname=address.name, user=address.user, host=address.host, port=address.port)


@contextmanager
def in_the_middle(home: Path, table: str) -> Iterator[None]:
    """Run the block while somebody is held up who has written half of a change and wants to write to `table`."""
    waiting = "select count(*) from pg_locks where not granted and relation = %s::regclass"
    with connect(home) as holding, connect(home) as watching:
        watching.autocommit = True
        holding.execute(f"lock table {table} in share mode")
        held_up = processes.wait_until(lambda: watching.execute(waiting, [table]).fetchone() != (0,), 30, 0.01)
        assert held_up, f"nobody writes to {table}"
        yield
        with suppress(psycopg.OperationalError):  # the database itself was killed
            holding.rollback()
            holding.close()
            watching.close()


def children(pid: int) -> list[int]:
    """Return the processes that a process has started."""
    found = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    assert found, f"{pid} has no children"
    return found


def overdue(home: Path) -> int:
    """Return how many clocks wait for the worker; none is left to come."""
    with connect(home) as connection:
        waiting = (
            "select count(*) from deadlines_clock where state = 'running' and breached_at is null and name in ('dispatched', 'passed_on')"
        )
        row = connection.execute(waiting).fetchone()
    assert row is not None
    return int(row[0])


@dataclass
class Load:
    """Clients that open tickets and work them, and repeat what was not answered."""

    url: str
    token: str
    going: bool = True
    opened: dict[str, str] = field(default_factory=dict)
    guided: set[str] = field(default_factory=set)
    repeated: int = 0

    def run(self) -> None:
        """Open a ticket and record its guidance, again and again."""
        while self.going:
            key = uuid4().hex
            body = self._until_answered("tickets", {"type": "device_fault", "fields": {**DETAILS, "terminal_no": "T-88001"}}, key)
            if body is None:
                return
            self.opened[key] = body["number"]
            if self._until_answered(f"tickets/{body['number']}/actions/guide", {"version": 1, "fields": GUIDED}) is not None:
                self.guided.add(body["number"])
            time.sleep(0.02)

    def _until_answered(self, path: str, body: dict[str, Any], key: str = "") -> dict[str, Any] | None:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", **({"Idempotency-Key": key} if key else {})}
        ends = time.monotonic() + 60
        while time.monotonic() < ends:
            request = urllib.request.Request(f"{self.url}api/v1/{path}", json.dumps(body).encode(), headers)  # noqa: S310 - our own address
            try:
                with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 - our own address
                    answered: dict[str, Any] = json.loads(answer.read())
                    return answered
            except urllib.error.HTTPError as refused:
                with refused:
                    if refused.code == 409:  # the first sending had come through
                        return {}
                    if refused.code < 500:
                        raise LookupError(f"{path}: {refused.code} {refused.read()!r}") from refused
            except (OSError, ValueError):
                pass  # cut off in the middle: nobody knows whether it was done
            self.repeated += 1
            time.sleep(0.2)
        return None

    def more(self, count: int = 15, within: float = 45) -> bool:
        """Wait until `count` more tickets are acknowledged."""
        before = len(self.opened)
        return bool(processes.wait_until(lambda: len(self.opened) >= before + count, within, 0.05))


@pytest.fixture
def home() -> Iterator[Path]:
    """A home with the cast, the regulation and a token, not served yet."""
    folder = open_folder()
    yield folder / "home"
    postgres.discard(folder / "home")
    shutil.rmtree(folder)


@pytest.fixture
def served(home: Path) -> Iterator[tuple[Serving, str]]:
    """The home filled and served, and a token that may write."""
    with postgres.running(home):
        command = [sys.executable, "-m", "banjie.config.cli", "prepare"]
        subprocess.run(command, env=variables(home), cwd=PROJECT_ROOT, check=True, stdout=subprocess.DEVNULL)
        token = furnish(home, "fill")["token"]
    serving = Serving(home)
    try:
        serving.await_ready()
        yield serving, token
    finally:
        if serving.process.poll() is None:
            serving.interrupt()


@pytest.mark.req("PLT-04", "PLT-12")
def test_what_was_acknowledged_survives_kill_9_of_web_worker_and_database_exactly_once(home: Path, served: tuple[Serving, str]) -> None:
    serving, token = served
    load = Load(serving.url, token)
    survived = {}
    victims: dict[str, tuple[str, Callable[[], list[int]]]] = {
        "web": ("tickets_requestkey", lambda: [serving.child("web"), *children(serving.child("web"))]),
        "web, the process that answers": ("intake_guidance", lambda: children(serving.child("web"))),
        "worker": ("channels_notification", lambda: [serving.child("worker 1")]),
        "worker again": ("deadlines_finding", lambda: [serving.child("worker 1")]),
        "database": ("tickets_requestkey", lambda: [postgres.status_pid(home)]),
    }
    with ThreadPoolExecutor(HANDS) as hands:
        running = [hands.submit(load.run) for _n in range(HANDS)]
        try:
            assert load.more(), serving.said
            for name, (table, pids) in victims.items():
                with in_the_middle(home, table):
                    for pid in pids():
                        os.kill(pid, signal.SIGKILL)
                survived[name] = load.more()
        finally:
            load.going = False
        for hand in running:
            hand.result()
    swept = processes.wait_until(lambda: overdue(home) == 0, 60, 0.2)
    found = furnish(home, "check")
    code = serving.interrupt()

    assert survived == dict.fromkeys(victims, True), serving.said
    assert load.repeated >= 3  # web twice and database: each time somebody was cut off
    assert found["wrong"] == []
    assert found["keys"] == load.opened  # each acknowledged ticket, and no other
    assert sorted(found["versions"]) == sorted(load.opened.values())
    assert found["guided"] == dict.fromkeys(load.guided, 1)
    assert swept, serving.said
    assert found["breaches"] == found["told"] == len(load.opened)
    assert found["twice"] == []
    assert code == 0, serving.said
