"""Places to run real servers in."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from banjie.server import postgres

FAST = {"fsync": "off", "shared_buffers": "16MB", "logging_collector": "off", "max_connections": "20"}


def open_folder() -> Path:
    """Make a folder that every user may pass through, as pytest's own may not, with blanks and Chinese characters in its path."""
    folder = Path(tempfile.mkdtemp(prefix="banjie 办结 "))
    folder.chmod(0o711)
    return folder


@pytest.fixture
def home() -> Iterator[Path]:
    """A home folder with nothing in it."""
    folder = open_folder()
    yield folder / "home"
    postgres.discard(folder / "home")
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def _template() -> Iterator[Path]:
    folder = open_folder()
    postgres.start(folder / "home", options=FAST)
    postgres.stop(folder / "home")
    yield folder / "home"
    shutil.rmtree(folder)


@pytest.fixture
def made_home(home: Path, _template: Path) -> Path:
    """A home folder whose database is made and stopped; a copy, because making one takes a second."""
    subprocess.run(["cp", "-a", str(_template), str(home)], check=True)
    return home


def processes_of(home: Path) -> list[int]:
    """Return the living processes that were given `home`, or work below it."""
    mark = f"BANJIE_HOME={home}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            ours = mark in (entry / "environ").read_bytes().split(b"\0") or (entry / "cwd").resolve().is_relative_to(home.resolve())
            alive = (entry / "stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
        except OSError:
            continue
        if ours and alive:
            found.append(int(entry.name))
    return found
