"""Own a few child processes: start them, restart those that die, and leave none behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from banjie.server import processes

_SHORTEST_PAUSE = 0.5
_LONGEST_PAUSE = 30.0
_STEADY = 60.0  # seconds after which a child's earlier deaths are forgotten
_HOPELESS = 4  # deaths in a row before the start counts as failed
_POLITE = 12.0  # seconds between asking a child to end and killing it


class ChildFailed(RuntimeError):
    """A child process cannot be started: it keeps dying."""


@dataclass
class Child:
    """A program to keep running."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    born: str = ""
    started: float = 0.0
    deaths: int = field(default=0)
    not_before: float = 0.0


class Supervisor:
    """Keep children running until somebody asks to stop.

    `state` is a file that names what runs: with it the next start ends what a killed supervisor left (on Linux the
    kernel ends children with their parent, so there it finds nothing).
    """

    def __init__(self, state: Path, environment: Mapping[str, str], folder: Path) -> None:
        self.state = state
        self.environment = dict(environment)
        self.folder = folder
        self.facts: dict[str, object] = {}
        self.children: list[Child] = []
        self.stopping = False

    def listen_to_signals(self) -> None:
        """Stop at Ctrl-C, SIGTERM and the end of the terminal; a second Ctrl-C kills at once."""
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, self._asked_to_stop)

    def _asked_to_stop(self, _sign: int, _frame: FrameType | None) -> None:
        if self.stopping:
            for child in self.children:
                _signal_group(child, signal.SIGKILL)
        self.stopping = True

    def add(self, name: str, command: Sequence[str]) -> None:
        """Start a child and keep it."""
        child = Child(name, command)
        self.children.append(child)
        self._start(child)

    def watch(self, tick: Callable[[], object] = lambda: None) -> None:
        """Restart what dies until somebody asks to stop; calls `tick` every second."""
        while not self.stopping:
            self.look()
            tick()
            processes.wait_until(lambda: self.stopping or any(_is_dead(c) for c in self.children if c.process), 1.0, 0.1)

    def await_ready(self, ready: Callable[[], bool], seconds: float) -> bool:
        """Wait until `ready`, restarting what dies. False after `seconds` or when asked to stop.

        Raises:
            ChildFailed: a child died several times in a row.
        """

        def settled() -> bool:
            self.look()
            worst = max(self.children, key=lambda c: c.deaths, default=None)
            if worst is not None and worst.deaths >= _HOPELESS:
                raise ChildFailed(f"{worst.name} keeps ending; its own words are above")
            return self.stopping or ready()

        return processes.wait_until(settled, seconds, 0.1) and not self.stopping

    def look(self) -> None:
        """Note deaths and restart those whose pause is over."""
        now = time.monotonic()
        for child in self.children:
            if child.process is not None and _is_dead(child):
                _signal_group(child, signal.SIGKILL)  # what the dead one had started itself
                child.deaths = 1 if now - child.started > _STEADY else child.deaths + 1
                pause = min(_LONGEST_PAUSE, _SHORTEST_PAUSE * 2 ** (child.deaths - 1))
                child.not_before = now + pause
                say(f"{child.name} ended ({_how(child.process.returncode)}); it starts again in {pause:g} s")
                child.process = None
            if child.process is None and now >= child.not_before and not self.stopping:
                self._start(child)

    def stop(self) -> None:
        """Ask all children to end, kill those that do not, and forget the state."""
        self.stopping = True
        for child in self.children:
            _signal_group(child, signal.SIGTERM, whole=False)
        processes.wait_until(lambda: all(_is_dead(c) for c in self.children), _POLITE)
        for child in self.children:
            _signal_group(child, signal.SIGKILL)
            if child.process is not None:
                child.process.wait()
        self.children.clear()
        self.state.unlink(missing_ok=True)

    def _start(self, child: Child) -> None:
        child.process = subprocess.Popen(
            child.command,
            env=self.environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # a group of its own: Ctrl-C reaches the supervisor only, and the group can be ended whole
            preexec_fn=processes.dies_with_parent(signal.SIGTERM),  # noqa: PLW1509 - main thread, two system calls
        )
        child.born = processes.birth(child.process.pid) or ""
        child.started = time.monotonic()
        self.write_state()

    def write_state(self) -> None:
        """Write down what runs."""
        running = [{"name": c.name, "pid": c.process.pid, "born": c.born} for c in self.children if c.process]
        draft = self.state.with_suffix(".new")
        draft.write_text(
            json.dumps({**self.facts, "pid": os.getpid(), "born": processes.birth(os.getpid()), "children": running}, indent=1)
        )
        draft.replace(self.state)


def read_state(state: Path) -> dict[str, object]:
    """Return what a supervisor wrote down; empty when there is nothing to read."""
    try:
        found = json.loads(state.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def end_leftovers(state: Path) -> int:
    """End what a killed supervisor left running, and return how many. A reused process number is never touched."""
    ended = 0
    left = read_state(state).get("children")
    for entry in left if isinstance(left, list) else []:
        pid, born = int(entry["pid"]), str(entry["born"])
        if born and processes.birth(pid) == born:
            processes.end(pid, born)
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
            ended += 1
    state.unlink(missing_ok=True)
    return ended


def say(line: str) -> None:
    """Tell the operator."""
    print(f"banjie: {line}", file=sys.stderr, flush=True)  # noqa: T201


def _is_dead(child: Child) -> bool:
    return child.process is None or child.process.poll() is not None


def _signal_group(child: Child, sign: signal.Signals, *, whole: bool = True) -> None:
    """Send `sign` to the child, with `whole` also to everything that it started."""
    if child.process is None:
        return
    with suppress(ProcessLookupError, PermissionError):
        if whole:
            os.killpg(child.process.pid, sign)
        else:
            child.process.send_signal(sign)


def _how(code: int | None) -> str:
    if code is not None and code < 0:
        with suppress(ValueError):
            return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"
