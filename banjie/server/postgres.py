"""The embedded PostgreSQL server: start, stop, status.

Only the *programs* of PostgreSQL are taken from elsewhere (see `binaries`); this module is what starts and stops them.
It never trusts a process number alone: `postmaster.pid` may be stale and its number may belong to somebody else by now.
"""

from __future__ import annotations

import fcntl
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from banjie.server import processes
from banjie.server.binaries import Binaries
from banjie.server.cluster import (
    APPLICATION,
    SUPERUSER,
    DatabaseFailed,
    ensure_application,
    make_cluster,
    reachable,
    server_environment,
    usable_binaries,
    write_settings,
)
from banjie.server.places import PORT, UNREACHABLE_ROOT, Places, make_passable, make_private, places, run_as

__all__ = ["Address", "DatabaseFailed", "Status", "discard", "embedded_address", "running", "start", "status", "status_pid", "stop"]

_LONGEST_RECOVERY = 3600.0  # seconds; a crash recovery is waited for as long as the server lives, up to this
_LONGEST_SHUTDOWN = 60.0
_TRIES = 20
_children: dict[int, subprocess.Popen[bytes]] = {}  # servers started by this process, kept so that they can be reaped


@dataclass(frozen=True, slots=True)
class Address:
    """How to connect to a database."""

    name: str
    user: str
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Status:
    """What is known about the embedded server. `pid` is 0 when it does not run; `ready` tells that it takes connections."""

    pid: int
    ready: bool
    cluster: Path
    made: bool
    kept: bool


def embedded_address(home: Path) -> Address:
    """Return where the embedded database of `home` is, whether it runs or not."""
    return Address(name=APPLICATION, user=APPLICATION, host=str(places(home).socket), port=PORT)


def start(home: Path, *, options: Mapping[str, str] | None = None, owned: bool = False, keep: bool = False) -> Address:
    """Start the embedded database of `home` unless it runs, and return its address once it takes connections.

    The cluster, the role and the database are made when they are missing. `options` are settings of PostgreSQL.
    With `owned` the server stops when this process ends, even by SIGKILL (call it from the main thread then).
    With `keep` the server outlives `banjie serve`. May be called by several processes at once.

    Raises:
        DatabaseFailed: with the server's own words.
        NoPostgres: no programs are installed.
    """
    here = places(home)
    options = options or {}
    with _locked(here):
        if keep:
            here.kept.touch()
        if not _runs(here):
            binaries = usable_binaries(here)
            if not reachable(here):
                raise DatabaseFailed(f"the user nobody cannot reach {here.base}: a folder above it is closed")
            make_private(here.logs)
            make_private(here.socket)
            make_cluster(here, binaries, durable=options.get("fsync") != "off")
            write_settings(here, options)
            _launch(here, binaries, owned=owned)
        ensure_application(here.socket)
    return embedded_address(home)


def stop(home: Path) -> bool:
    """Stop the embedded database: open transactions are rolled back, connections closed. Tell whether it ran."""
    here = places(home)
    if not here.base.exists():
        return False
    with _locked(here):
        here.kept.unlink(missing_ok=True)
        found = _postmaster(here)
        if found is None:
            return False
        pid, born = found
        processes.end(pid, born, first=signal.SIGINT, patience=_LONGEST_SHUTDOWN)  # SIGINT is PostgreSQL's fast shutdown
        _reap(pid)
        return True


@contextmanager
def running(home: Path, *, owned: bool = False) -> Iterator[Address]:
    """Keep the embedded database up while the block runs. The last user stops it, unless it was started to be kept.

    Users are counted by a lock that the kernel frees when a process dies, so a killed one is never counted.
    """
    here = places(home)
    make_passable(here.base)
    with here.users.open("a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield start(home, owned=owned)
        finally:
            with suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if not here.kept.exists():
                    stop(home)


def discard(home: Path) -> None:
    """Stop the embedded database and delete everything in it. For throw-away databases of tests."""
    stop(home)
    here = places(home)
    shutil.rmtree(here.base, ignore_errors=True)
    shutil.rmtree(here.socket, ignore_errors=True)
    for folder in (here.base.parent, here.socket.parent):
        if UNREACHABLE_ROOT in folder.parents and folder.exists():
            shutil.rmtree(folder, ignore_errors=True)


def status(home: Path) -> Status:
    """Tell whether the embedded database is made, runs and takes connections."""
    here = places(home)
    found = _postmaster(here)
    try:
        ready = found is not None and not _answer(here)
    except DatabaseFailed:
        ready = False
    return Status(
        pid=found[0] if found else 0,
        ready=ready,
        cluster=here.cluster,
        made=(here.cluster / "PG_VERSION").exists(),
        kept=here.kept.exists(),
    )


def status_pid(home: Path) -> int:
    """Return the process number of the running server, 0 when there is none. Cheap: opens no connection."""
    found = _postmaster(places(home))
    return found[0] if found else 0


@contextmanager
def _locked(here: Places) -> Iterator[None]:
    """Let one process at a time start or stop this database. The kernel frees the lock of a process that dies."""
    make_passable(here.base)
    with here.lock.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _postmaster(here: Places) -> tuple[int, str] | None:
    """Return number and birth of the running server, or None.

    A number in `postmaster.pid` counts only if that process is a `postgres` that works in our cluster's folder.
    """
    for child in _children.values():
        child.poll()  # a dead child of ours is a zombie until we ask
    try:
        pid = int((here.cluster / "postmaster.pid").read_text().split("\n")[0])
    except (OSError, ValueError):
        return None
    born = processes.birth(pid)
    if born is None or not processes.program(pid).startswith("postgres") or not _works_in(pid, here.cluster):
        return None
    return pid, born


def _works_in(pid: int, folder: Path) -> bool:
    """Tell whether the current folder of `pid` is `folder`, as it is for its server; unknown (no /proc) counts as yes."""
    if not Path("/proc/self/cwd").exists():
        return True
    try:
        return Path(f"/proc/{pid}/cwd").samefile(folder)
    except OSError:
        return False


def _runs(here: Places) -> bool:
    """Tell whether the server is up, after waiting for one that is just starting, recovering or shutting down."""
    while (found := _postmaster(here)) is not None:
        answer = _answer(here)
        if not answer or "too many" in answer:
            return True
        if "shutting down" not in answer:
            return _await_ready(here, *found)
        time.sleep(0.05)
    return False


def _launch(here: Places, binaries: Binaries, *, owned: bool) -> None:
    """Start the server and wait until it takes connections.

    Orphans of a killed server may hold the shared memory for a moment: then it is tried again.
    """
    for stale in (here.cluster / "postmaster.pid", here.socket / f".s.PGSQL.{PORT}.lock"):
        stale.unlink(missing_ok=True)  # we hold the lock and nothing runs: nobody else's number may keep us from starting
    for attempt in range(1, _TRIES + 1):
        with here.start_log.open("wb") as log:
            server = subprocess.Popen(
                [binaries["postgres"], "-D", str(here.cluster)],
                cwd=here.cluster,
                env=server_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal must not reach it before its users have stopped
                umask=0o077,
                preexec_fn=processes.dies_with_parent(signal.SIGINT) if owned else None,  # noqa: PLW1509 - main thread, two system calls
                **run_as(),
            )
        _children[server.pid] = server
        born = processes.birth(server.pid) or ""
        if _await_ready(here, server.pid, born):
            return
        _reap(server.pid)
        if attempt == _TRIES or "shared memory block" not in _last_words(here):
            raise DatabaseFailed("PostgreSQL did not start:\n" + _last_words(here))
        time.sleep(0.25)


def _await_ready(here: Places, pid: int, born: str) -> bool:
    """Wait until the server takes connections. A recovery after a crash may take long, so only its death ends that: False."""
    end = time.monotonic() + _LONGEST_RECOVERY
    while time.monotonic() < end:
        if not _answer(here):
            return True
        if processes.birth(pid) != born:
            return False
        time.sleep(0.02)
    raise DatabaseFailed(f"PostgreSQL is still recovering after {_LONGEST_RECOVERY:.0f} s; see {here.logs}")


def _answer(here: Places) -> str:
    """Return why a connection is refused for now; empty when the server takes connections.

    Raises:
        DatabaseFailed: it is up, and refuses for a reason that waiting does not change.
    """
    try:
        # options="": nothing of the caller's PGOPTIONS
        psycopg.connect(host=str(here.socket), port=PORT, user=SUPERUSER, dbname="postgres", options="", connect_timeout=10).close()
    except psycopg.OperationalError as refused:
        answer = str(refused) or "refused"
        if "FATAL:" in answer and "the database system is" not in answer and "too many" not in answer:
            raise DatabaseFailed(f"the embedded database refuses: {answer}") from refused
        return answer
    return ""


def _last_words(here: Places) -> str:
    """Return the end of what the server wrote at this start and in its log of today."""
    files = [here.start_log, *sorted(here.logs.glob("postgresql-*.log"), key=lambda f: f.stat().st_mtime)[-1:]]
    lines = [line for file in files if file.exists() for line in file.read_text(errors="replace").splitlines()[-8:]]
    return "\n".join(lines) or "it wrote nothing"


def _reap(pid: int) -> None:
    """Collect the exit status if the server was our own child, so that no zombie stays."""
    child = _children.pop(pid, None)
    if child is not None:
        child.wait()
