"""An installation of its own for one run: folder, embedded database, web server and live process as `banjie serve` starts them."""

from __future__ import annotations

import os
import shutil
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from banjie.server import postgres
from banjie.server.cluster import SUPERUSER
from banjie.server.ports import Ports
from banjie.server.supervisor import Supervisor

ROOT = Path(__file__).resolve().parents[1]
HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Instance:
    """Where everything is. `dsn` is the application's role, `admin` the database's owner (only to fill tables quickly)."""

    home: Path
    port: int
    live_port: int
    dsn: str
    admin: str
    supervisor: Supervisor

    def pid(self, name: str) -> int:
        """Return the process number of a child: "web" or "live"."""
        return next(c.process.pid for c in self.supervisor.children if c.name == name and c.process)


@contextmanager
def instance(keep: Path | None) -> Iterator[Instance]:
    """Start the database under a new folder and point this process at it; everything is gone afterwards unless `keep` names the folder."""
    home = keep or Path(tempfile.mkdtemp(prefix="banjie-bench-"))
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o711)  # root runs the server as another user
    os.environ.pop("DATABASE_URL", None)
    os.environ |= {"BANJIE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "banjie.config.settings"}
    supervisor = Supervisor(home / "bench.json", {}, ROOT)
    try:
        with Ports() as ports:
            here = postgres.start(home, owned=True)
            where = f"host={here.host} port={here.port} dbname={here.name}"
            port, live_port = ports.take(HOST, 0), ports.take(HOST, 0)
            yield Instance(home, port, live_port, f"{where} user={here.user}", f"{where} user={SUPERUSER}", supervisor)
    finally:
        supervisor.stop()
        if keep:
            postgres.stop(home)
        else:
            postgres.discard(home)
            shutil.rmtree(home, ignore_errors=True)


def serve(here: Instance) -> None:
    """Start the web server and the live process, and wait until both answer."""
    from banjie.config.environment import read_environment
    from banjie.config.serving import live_command, web_command

    env = read_environment()
    here.supervisor.environment = os.environ | {
        "BANJIE_PORT": str(here.port),
        "BANJIE_LIVE_PORT": str(here.live_port),
        "BANJIE_SUPERVISED": "1",
        "PYTHONPATH": str(ROOT),
    }
    here.supervisor.add("web", web_command(env, here.port))
    here.supervisor.add("live", live_command(env, here.live_port))
    if not here.supervisor.await_ready(lambda: _answers(here.port) and _answers(here.live_port), 60):
        raise SystemExit("bench: the web server did not start")


def resident(pid: int) -> float:
    """Return the memory of a process in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def web_seconds(here: Instance) -> float:
    """Return the CPU time that the web server has used."""
    pid = here.pid("web")
    return sum(_used(child)[0] for child in (pid, *_children(pid)))


def database_seconds(here: Instance) -> float:
    """Return the CPU time that the database server has used, with its connections that have ended."""
    pid = postgres.status_pid(here.home)
    return sum(_used(pid)) + sum(_used(child)[0] for child in _children(pid))


def _used(pid: int) -> tuple[float, float]:
    """Return the CPU seconds of a process and of its children that have ended."""
    try:
        fields = [int(f) for f in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]]
    except OSError:
        return 0.0, 0.0
    tick = os.sysconf("SC_CLK_TCK")
    return (fields[0] + fields[1]) / tick, (fields[2] + fields[3]) / tick


def _children(pid: int) -> list[int]:
    return [int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()]


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
