"""Where the embedded database lives, and as whom it runs.

PostgreSQL refuses to run as root, so root runs it as the existing user `nobody`. When that user cannot reach
the home folder (it lies e.g. under /root), the cluster is kept in `/var/lib/banjie/<hash of the home folder>`;
no mode of a folder above is ever changed. Where the path of the home folder is too long for a socket (the limit
of the operating system is about 107 bytes), the socket alone is put in a short private folder.
"""

from __future__ import annotations

import hashlib
import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from banjie.server.binaries import open_to_all

UNPRIVILEGED = "nobody"
UNREACHABLE_ROOT = Path("/var/lib/banjie")
LONGEST_SOCKET_FOLDER = 90
PORT = 5432  # only part of the socket's name: the folder is ours alone


@dataclass(frozen=True, slots=True)
class Places:
    """The folders of one embedded database."""

    base: Path
    socket: Path

    @property
    def cluster(self) -> Path:
        return self.base / "data"

    @property
    def logs(self) -> Path:
        return self.base / "log"

    @property
    def start_log(self) -> Path:
        return self.logs / "start.log"

    @property
    def lock(self) -> Path:
        return self.base / "lock"

    @property
    def users(self) -> Path:
        """Locked, shared, by every process that uses the server: the last one stops it."""
        return self.base / "users"

    @property
    def kept(self) -> Path:
        """Marks a server that `banjie db start` started: it outlives `banjie serve`."""
        return self.base / "kept"


def places(home: Path) -> Places:
    """Return the folders of the embedded database of `home`. Creates nothing."""
    home = home.resolve()
    mark = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    root = os.geteuid() == 0
    base = home / "postgres"
    if root and not open_to_all(home):
        base = UNREACHABLE_ROOT / mark / "postgres"
    socket = base / "socket"
    # libpq reads a comma as the end of a host name, and an @ at the start as an abstract socket
    if len(os.fsencode(socket)) > LONGEST_SOCKET_FOLDER or "," in str(socket):
        socket = UNREACHABLE_ROOT / mark / "socket" if root else Path(f"/tmp/banjie-{os.geteuid()}-{mark}")  # noqa: S108 - `make_private` refuses a folder of somebody else
    return Places(base, socket)


def run_as() -> dict[str, Any]:
    """Return the keyword arguments that make `subprocess` run a program of the server as the right user."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam(UNPRIVILEGED)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def server_uid() -> int:
    """Return the number of the user that owns the cluster's files."""
    return pwd.getpwnam(UNPRIVILEGED).pw_uid if os.geteuid() == 0 else os.geteuid()


def make_passable(folder: Path) -> None:
    """Create `folder` and the folders above it that are missing; those that exist keep their modes.

    The modes are set explicitly: under a strict umask the unprivileged user of a root start could not pass through.
    """
    for missing in reversed([place for place in (folder, *folder.parents) if not place.exists()]):
        missing.mkdir(exist_ok=True)
        if os.geteuid() == 0:
            missing.chmod(0o711)


def make_private(folder: Path) -> None:
    """Create `folder` for the server's user alone.

    Raises:
        PermissionError: somebody else made a folder of this name (it may be in a shared place such as /tmp).
    """
    make_passable(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() == 0 and folder.lstat().st_uid == 0 and not folder.is_symlink():
        os.chown(folder, server_uid(), pwd.getpwnam(UNPRIVILEGED).pw_gid)
    if folder.is_symlink() or folder.lstat().st_uid != server_uid():
        raise PermissionError(f"{folder} belongs to another user; remove it and start again")
    folder.chmod(0o700)
