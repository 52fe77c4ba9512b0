"""The whole `banjie serve`, as an operator runs it: real processes, one after the other, so these tests take seconds."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from banjie.config.environment import PROJECT_ROOT
from banjie.server import postgres, processes
from tests.server.conftest import open_folder, processes_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]
READY = 90


def variables(home: Path, port: int = 0) -> dict[str, str]:
    """Return the environment of a serve of `home`, with nothing of the test run's own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BANJIE_", "DATABASE_URL"))}
    return kept | {"BANJIE_HOME": str(home), "BANJIE_PORT": str(port), "BANJIE_WEB_WORKERS": "1"}


class Serving:
    """A running `banjie serve` of one home folder."""

    def __init__(self, home: Path, port: int = 0, **more: str) -> None:
        self.home = home
        self.log = home.parent / "serve.log"
        with self.log.open("wb") as log:
            command = [sys.executable, "-m", "banjie.config.cli", "serve"]
            self.process = subprocess.Popen(
                command, env=variables(home, port) | more, cwd=PROJECT_ROOT, stdout=log, stderr=log, start_new_session=True
            )

    @property
    def said(self) -> str:
        return self.log.read_text(errors="replace")

    @property
    def url(self) -> str:
        found = re.search(r"http://\S+/", self.said)
        return found[0] if found else ""

    def await_ready(self) -> None:
        processes.wait_until(lambda: bool(self.url) or self.process.poll() is not None, READY, 0.1)
        assert self.url, self.said

    def is_healthy(self) -> bool:
        try:
            with urllib.request.urlopen(self.url + "healthz", timeout=5) as answer:  # noqa: S310 - our own address
                return bool(answer.status == 200)
        except OSError:
            return False

    def child(self, name: str) -> int:
        children = json.loads((self.home / "serve.json").read_text())["children"]
        return next((int(c["pid"]) for c in children if c["name"] == name), 0)

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(40)


@pytest.fixture(scope="module")
def prepared() -> Iterator[Path]:
    """A home whose database is migrated and whose static files are collected, to be copied."""
    folder = open_folder()
    with postgres.running(folder / "home"):
        command = [sys.executable, "-m", "banjie.config.cli", "prepare"]
        subprocess.run(command, env=variables(folder / "home"), cwd=PROJECT_ROOT, check=True, stdout=subprocess.DEVNULL)
    yield folder / "home"
    shutil.rmtree(folder)


@pytest.fixture
def serving(home: Path, prepared: Path) -> Serving:
    subprocess.run(["cp", "-a", str(prepared), str(home)], check=True)
    serving = Serving(home)
    serving.await_ready()
    return serving


def test_what_dies_comes_back_and_ctrl_c_leaves_nothing(serving: Serving) -> None:
    first = serving.child("web")

    os.kill(first, signal.SIGKILL)
    restarted = processes.wait_until(lambda: serving.child("web") not in {0, first} and serving.is_healthy(), 30, 0.1)
    os.kill(postgres.status_pid(serving.home), signal.SIGKILL)
    revived = processes.wait_until(lambda: postgres.status(serving.home).ready and serving.is_healthy(), 30, 0.1)
    second = subprocess.run(
        [sys.executable, "-m", "banjie.config.cli", "serve"],
        env=variables(serving.home),
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    code = serving.interrupt()

    assert "create the first administrator" in serving.said  # there are no members
    assert restarted, serving.said
    assert revived, serving.said
    assert second.returncode == 1
    assert f"already running in {serving.home}: {serving.url}" in second.stderr
    assert code == 0, serving.said
    assert processes_of(serving.home) == []


def test_a_killed_serve_takes_everything_with_it_and_the_next_start_has_the_data(serving: Serving) -> None:
    address = postgres.embedded_address(serving.home)
    with psycopg.connect(dbname=address.name, user=address.user, host=address.host, port=address.port) as connection:
        connection.execute("create table probe as select 7 as seven")

    serving.process.kill()
    serving.process.wait()
    gone = processes.wait_until(lambda: processes_of(serving.home) == [], 20, 0.2)
    again = Serving(serving.home)
    again.await_ready()
    with psycopg.connect(dbname=address.name, user=address.user, host=address.host, port=address.port) as connection:
        kept = connection.execute("select seven from probe").fetchone()
    again.interrupt()

    assert gone, processes_of(serving.home)
    assert kept == (7,)
    assert processes_of(serving.home) == []


def test_a_second_copy_runs_beside_the_first(serving: Serving, prepared: Path) -> None:
    port = int(serving.url.rstrip("/").rpartition(":")[2])
    beside = serving.home.parent / "beside" / "home"
    beside.parent.mkdir(mode=0o711)
    subprocess.run(["cp", "-a", str(prepared), str(beside)], check=True)

    other = Serving(beside, port=port)
    other.await_ready()
    healthy = serving.is_healthy(), other.is_healthy()
    other.interrupt()
    serving.interrupt()
    postgres.discard(beside)

    assert healthy == (True, True)
    assert other.url != serving.url
