"""What `banjie serve` does: own the embedded database and the processes of the site, from start to end."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import click

from banjie.config.database import database, made_home
from banjie.config.environment import PROJECT_ROOT, Environment, read_environment, unknown_settings
from banjie.server import postgres
from banjie.server.ports import Ports
from banjie.server.processes import dies_with_parent
from banjie.server.supervisor import ChildFailed, Supervisor, end_leftovers, read_state, say

_READY_WITHIN = 90.0
_PYTHON = (sys.executable, "-m")
_BANJIE = (*_PYTHON, "banjie.config.cli")


def serve(*, demo: bool) -> int:
    """Serve until asked to stop, and return the exit code."""
    begun = time.monotonic()
    env = read_environment()
    for name in unknown_settings(os.environ):
        say(f"{name} is no setting of Banjie and changes nothing; docs/operations.md lists them")
    with _only_one(env) as state:
        supervisor = Supervisor(state, {}, PROJECT_ROOT)
        supervisor.listen_to_signals()
        if left := end_leftovers(state):
            say(f"ended {left} processes that an earlier start had left")
        with database(owned=True), Ports() as ports:
            try:
                return _serve(supervisor, env, ports, demo=demo, begun=begun)
            except (ChildFailed, OSError) as failed:
                say(str(failed))
                return 1
            finally:
                supervisor.stop()
                say("stopped")


def _serve(supervisor: Supervisor, env: Environment, ports: Ports, *, demo: bool, begun: float) -> int:
    try:
        port = ports.take(env.host, env.port)
        live_port = ports.take(env.host, env.live_port or port + 1)
    except OSError as refused:
        raise OSError(f"cannot listen on BANJIE_HOST {env.host}: {refused.strerror or refused}") from refused
    supervisor.environment = os.environ | {
        "BANJIE_HOME": str(env.home.resolve()),
        "BANJIE_PORT": str(port),
        "BANJIE_LIVE_PORT": str(live_port),
        "BANJIE_SUPERVISED": "1",
        "PYTHONPATH": os.pathsep.join(filter(None, [str(PROJECT_ROOT), os.environ.get("PYTHONPATH", "")])),
    }
    url = f"http://{_readable(env.host)}:{port}/"
    supervisor.facts = {"url": url}
    supervisor.write_state()  # so that `banjie stop` finds us while the database is being prepared
    told = _prepare(supervisor, demo=demo)
    if told is None or supervisor.stopping:
        return 0 if supervisor.stopping else 1
    supervisor.add("web", web_command(env, port))
    supervisor.add("live updates", live_command(env, live_port))
    for number in range(1, env.workers + 1):
        supervisor.add(f"worker {number}", [*_BANJIE, "worker"])
    checks = [f"http://{_readable(env.host)}:{p}/healthz" for p in (port, live_port)]
    if supervisor.await_ready(lambda: all(_answers(check) for check in checks), _READY_WITHIN):
        _welcome(url, told, time.monotonic() - begun)
    elif not supervisor.stopping:
        say(f"not ready after {_READY_WITHIN:.0f} s; going on")
    supervisor.watch(lambda: _revive_database(env, supervisor))
    return 0


@contextmanager
def _only_one(env: Environment) -> Iterator[Path]:
    """Hold the home folder against a second `serve` in it; the kernel frees the lock of a killed one."""
    state = made_home(env) / "serve.json"
    with (env.home / "serve.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            where = read_state(state).get("url", "it is just starting")
            raise click.ClickException(f"already running in {env.home}: {where}") from taken
        yield state


def _prepare(supervisor: Supervisor, *, demo: bool) -> dict[str, Any] | None:
    """Migrate and fill; None when that failed, with its words on the screen."""
    command = [*_BANJIE, "prepare", *(["--demo"] if demo else [])]
    process = subprocess.Popen(
        command,
        env=supervisor.environment,
        cwd=PROJECT_ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=dies_with_parent(signal.SIGTERM),  # noqa: PLW1509 - main thread, two system calls
    )
    said = b""
    while process.returncode is None:
        try:
            said, _nothing = process.communicate(timeout=0.1)
        except subprocess.TimeoutExpired:
            if supervisor.stopping:
                process.terminate()
    if process.returncode:
        if not supervisor.stopping:
            say("the database could not be brought up to date; nothing is served")
        return None
    told: dict[str, Any] = json.loads(said.splitlines()[-1])
    return told


def web_command(env: Environment, port: int) -> list[str]:
    """Return the command of the web server: pages and REST (the benchmark starts the same)."""
    size = ["--workers", str(env.web_workers), "--blocking-threads", str(env.web_threads)]
    habits = ["--log-level", "warning", "--no-ws", "--respawn-failed-workers", "--workers-kill-timeout", "5"]
    return [
        *_PYTHON,
        "granian",
        "--interface",
        "wsgi",
        "--host",
        env.host,
        "--port",
        str(port),
        *size,
        *habits,
        "banjie.config.wsgi:application",
    ]


def live_command(env: Environment, port: int) -> list[str]:
    """Return the command of the live-update process."""
    habits = ["--log-level", "warning", "--no-access-log", "--timeout-graceful-shutdown", "1", "--no-server-header"]
    return [*_PYTHON, "uvicorn", "--host", env.host, "--port", str(port), *habits, "banjie.config.live:app"]


def _revive_database(env: Environment, supervisor: Supervisor) -> None:
    """Start the embedded database again if it is gone; its users reconnect by themselves."""
    if not env.database_url and not supervisor.stopping and not postgres.status_pid(env.home):
        say("the database ended; starting it again")
        try:
            postgres.start(env.home, owned=True)
        except postgres.DatabaseFailed as failed:
            say(str(failed))


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except OSError:
        return False


def _readable(host: str) -> str:
    """Return the host of an address that a person can open."""
    if host in ("0.0.0.0", "::", ""):  # noqa: S104 - compared, not listened on
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _welcome(url: str, told: dict[str, Any], seconds: float) -> None:
    lines = [f"Banjie 办结 is ready after {seconds:.1f} s:  {url}"]
    for of, people in groupby(told["sign_ins"], key=itemgetter("of")):
        lines += [f" {of}", *(f"  {s['username']:<22} {s['password']:<16} {s['who']}" for s in people)]
    if told["new"]:
        lines += ["  Nobody has an account yet: open this address and create the first administrator."]
    lines += ["Stop with Ctrl-C."]
    click.echo("\n" + "\n".join(lines) + "\n")
