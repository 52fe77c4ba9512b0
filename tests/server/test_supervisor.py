from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from banjie.server import processes
from banjie.server.ports import Ports
from banjie.server.supervisor import ChildFailed, Supervisor, end_leftovers

SLEEP = [sys.executable, "-S", "-c", "import time; time.sleep(60)"]
WITH_GRANDCHILD = [
    sys.executable,
    "-S",
    "-c",
    "import subprocess, time; print(subprocess.Popen(['sleep', '60']).pid, file=open('grandchild', 'w')); time.sleep(60)",
]
FAILS = [sys.executable, "-S", "-c", "raise SystemExit(3)"]


@pytest.fixture
def supervisor(tmp_path: Path) -> Supervisor:
    return Supervisor(tmp_path / "state.json", os.environ, tmp_path)


def pid_of(supervisor: Supervisor, number: int = 0) -> int:
    process = supervisor.children[number].process
    return process.pid if process else 0


def test_a_killed_child_is_started_again(supervisor: Supervisor) -> None:
    supervisor.add("sleeper", SLEEP)
    first = pid_of(supervisor)

    os.kill(first, 9)
    came_back = supervisor.await_ready(lambda: pid_of(supervisor) not in {0, first}, 10)

    assert came_back
    assert processes.birth(first) is None
    supervisor.stop()


def test_stopping_leaves_no_process_and_no_state(supervisor: Supervisor) -> None:
    supervisor.add("one", SLEEP)
    supervisor.add("two", SLEEP)
    pids = [pid_of(supervisor, 0), pid_of(supervisor, 1)]
    named = [entry["pid"] for entry in json.loads(supervisor.state.read_text())["children"]]

    supervisor.stop()

    assert named == pids
    assert [processes.birth(pid) for pid in pids] == [None, None]
    assert not supervisor.state.exists()


def test_what_a_killed_child_had_started_is_ended_with_it(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.add("family", WITH_GRANDCHILD)
    grandchild = tmp_path / "grandchild"
    assert processes.wait_until(lambda: grandchild.exists() and grandchild.read_text().endswith("\n"), 10)

    os.kill(pid_of(supervisor), 9)
    supervisor.await_ready(lambda: supervisor.children[0].deaths > 0, 10)

    assert processes.wait_until(lambda: processes.birth(int(grandchild.read_text())) is None, 5)
    supervisor.stop()


def test_a_child_that_keeps_ending_fails_the_start(supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("banjie.server.supervisor._SHORTEST_PAUSE", 0.01)
    supervisor.add("broken", FAILS)

    with pytest.raises(ChildFailed, match="broken"):
        supervisor.await_ready(lambda: False, 30)

    supervisor.stop()


def test_the_next_start_ends_what_a_killed_one_left(tmp_path: Path) -> None:
    left = subprocess.Popen(SLEEP, start_new_session=True)
    state = tmp_path / "state.json"
    state.write_text(json.dumps({"children": [{"name": "web", "pid": left.pid, "born": processes.birth(left.pid)}]}))

    ended = end_leftovers(state)

    assert ended == 1
    assert left.wait(5) != 0


def test_a_number_that_belongs_to_another_process_by_now_is_left_alone(tmp_path: Path) -> None:
    stranger = subprocess.Popen(SLEEP, start_new_session=True)
    state = tmp_path / "state.json"
    state.write_text(json.dumps({"children": [{"name": "web", "pid": stranger.pid, "born": "1"}]}))

    ended = end_leftovers(state)

    assert ended == 0
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_a_port_in_use_is_passed_over() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, Ports() as ports:
        port = taken.getsockname()[1]

        found = ports.take("127.0.0.1", port)

    assert found > port


def test_two_copies_that_start_at_once_take_different_ports() -> None:
    with Ports() as first, Ports() as second:
        port = first.take("127.0.0.1", 0)

        other = second.take("127.0.0.1", port)

    assert other != port


def test_port_zero_takes_any_free_one() -> None:
    with Ports() as ports:
        assert ports.take("127.0.0.1", 0) > 1023
