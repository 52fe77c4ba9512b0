"""What we ask of the operating system about processes: is it alive, is it the same one, end it, let it die with us."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_HAS_PROC = Path("/proc/self/stat").exists()
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def birth(pid: int) -> str | None:
    """Return a mark of when process `pid` started, or None when no such process lives.

    A process number is reused, the pair of number and birth is not. A zombie counts as dead.
    """
    if pid <= 0:
        return None
    if _HAS_PROC:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            return None
        return None if fields[0] in "ZX" else fields[19]
    found = subprocess.run(["ps", "-o", "state=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout.strip()
    return None if not found or found.startswith("Z") else found.partition(" ")[2].strip()


def program(pid: int) -> str:
    """Return the short name of the program that `pid` runs; empty when it is gone."""
    if _HAS_PROC:
        try:
            return Path(f"/proc/{pid}/comm").read_text(errors="replace").strip()
        except OSError:
            return ""
    found = subprocess.run(["ps", "-o", "comm=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return Path(found.strip()).name


def wait_until(condition: Callable[[], bool], seconds: float, step: float = 0.02) -> bool:
    """Poll `condition` for at most `seconds`; tell whether it became true."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() >= end:
            return False
        time.sleep(step)
    return True


def end(pid: int, born: str, *, first: signal.Signals = signal.SIGTERM, patience: float = 10.0) -> None:
    """End process `pid` if it is still the one that was born at `born`: first politely, after `patience` seconds by SIGKILL."""
    for sign, seconds in ((first, patience), (signal.SIGKILL, 5.0)):
        if birth(pid) != born:
            return
        try:
            os.kill(pid, sign)
        except ProcessLookupError:
            return
        if wait_until(lambda: birth(pid) != born, seconds):
            return


def dies_with_parent(sign: signal.Signals) -> Callable[[], None]:
    """Return a `preexec_fn` that has the kernel send `sign` to the child when its parent ends in whatever way.

    Linux only; elsewhere it does nothing and the next start cleans up. Start such children from the main thread only:
    the kernel watches the thread that forked.
    """
    parent = os.getpid()

    def before_exec() -> None:
        die_with_parent(sign)
        if os.getppid() != parent:  # it died between fork and prctl
            os._exit(1)

    return before_exec


def die_with_parent(sign: signal.Signals) -> None:
    """Have the kernel send `sign` to this process when its parent ends. Linux only."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(sign), 0, 0, 0)


def follow_parent(grace: float = 8.0) -> None:
    """End this process when its parent is gone: politely where the kernel tells, after `grace` seconds in any case.

    A polite end may wait for a database that ended too.
    """
    parent = os.getppid()
    die_with_parent(signal.SIGTERM)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        time.sleep(grace)
        os._exit(1)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()
