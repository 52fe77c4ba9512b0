"""Find free ports, so that a second copy runs beside the first."""

from __future__ import annotations

import socket
import sys
from types import TracebackType
from typing import Self


class Ports:
    """Ports taken by this process until it ends.

    A check whether anybody listens is not enough: two copies that start at once would both find the port free, and
    the web server opens it so that processes of one user may share it. The claim is a name in Linux's abstract
    socket space: no file, and the kernel drops it with the process.
    """

    def __init__(self) -> None:
        self._claims: list[socket.socket] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for claim in self._claims:
            claim.close()

    def take(self, host: str, wanted: int, tries: int = 100) -> int:
        """Return `wanted` or the next free port above it; any free one when `wanted` is 0.

        Raises:
            OSError: the address cannot be listened on, or no port is free.
        """
        refused = OSError(f"no free port on {host}")
        for port in [0] * tries if wanted == 0 else range(wanted, min(wanted + tries, 65536)):
            try:
                free = _bound_port(host, port)
            except OSError as error:
                refused = error
                continue
            if self._claim(host, free):
                return free
        raise refused

    def _claim(self, host: str, port: int) -> bool:
        if sys.platform != "linux":
            return True
        claim = socket.socket(socket.AF_UNIX)
        try:
            claim.bind(f"\0banjie-port-{port}")
        except OSError:
            claim.close()
            return False
        self._claims.append(claim)
        return True


def _bound_port(host: str, port: int) -> int:
    """Listen for a moment: that fails when anybody listens, and not because of connections just closed."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
        probe.listen(1)
        return int(probe.getsockname()[1])
