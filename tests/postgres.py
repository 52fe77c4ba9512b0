"""A pytest plugin: give each run a throw-away PostgreSQL server of its own.

Loaded by `-p tests.postgres` (in `pyproject.toml`), so that it comes before pytest-django reads the settings. With
pytest-xdist the controller starts the server and the workers share it, each with a test database of its own. The
server is stopped at the end of the run, however that comes: even SIGKILL, through the kernel's parent-death signal.

When `DATABASE_URL` is set, that server is used instead: its role must be allowed to create databases and to switch triggers
off, and the name in the URL is that of an existing database, which is left alone (docs/operations.md).
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import IO, Any

import psycopg
import pytest

from banjie.server import postgres
from banjie.server.cluster import SUPERUSER

_PREFIX = "banjie-test-"
_FAST = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "128MB",
    "logging_collector": "off",
    "autovacuum": "off",
}
_held: list[IO[str]] = []


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None]:
    """Point the settings to a folder of this run, before anybody reads them."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        for name in [name for name in os.environ if name.startswith("BANJIE_")]:
            del os.environ[name]
        _sweep()
        os.environ["BANJIE_HOME"] = str(_new_home())
        os.environ["BANJIE_SECRET_KEY"] = os.environ["BANJIE_CHAIN_KEY"] = "only-for-tests-" * 4
    return (yield)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Start the server, in the controller only."""
    if "PYTEST_XDIST_WORKER" in os.environ or session.config.option.collectonly:
        return
    if os.environ.get("DATABASE_URL"):
        if missing := _lacks(os.environ["DATABASE_URL"]):
            pytest.exit(f"DATABASE_URL cannot be used for the tests: {missing}", returncode=3)
        return
    try:
        address = postgres.start(Path(os.environ["BANJIE_HOME"]), options=_FAST, owned=True)
        with psycopg.connect(host=address.host, port=address.port, user=SUPERUSER, dbname="postgres") as connection:
            connection.execute(f"grant set on parameter session_replication_role to {address.user}")
    except (postgres.DatabaseFailed, RuntimeError) as failed:
        pytest.exit(f"no database for the tests: {failed}", returncode=3)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Stop the server and remove everything of this run."""
    if "PYTEST_XDIST_WORKER" not in os.environ and _held:
        _remove(Path(os.environ["BANJIE_HOME"]))
        _held.pop().close()


@pytest.fixture(scope="session", autouse=True)
def flush_despite_append_only() -> None:
    """Let the flush after a transactional test empty tables whose triggers refuse that.

    The application's own role may not switch triggers off: only the server of a test run grants that.
    """
    from django.db.backends.postgresql.operations import DatabaseOperations

    statements = DatabaseOperations.sql_flush

    def sql_flush(self: DatabaseOperations, *args: Any, **kwargs: Any) -> list[str]:
        found = statements(self, *args, **kwargs)
        return ["SET LOCAL session_replication_role = replica;", *found] if found else found

    DatabaseOperations.sql_flush = sql_flush  # type: ignore[method-assign, assignment]


def _lacks(url: str) -> str:
    """Return what keeps tests from running on this server; empty when nothing does."""
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            row = connection.execute(
                "select rolname, rolcreatedb or rolsuper, rolsuper or has_parameter_privilege('session_replication_role', 'set')"
                " from pg_roles where rolname = current_user"
            ).fetchone()
    except psycopg.Error as refused:
        return " ".join(str(refused).split())
    assert row is not None
    name, creates, switches = row
    first = "" if creates else f"alter role {name} createdb"
    second = "" if switches else f"grant set on parameter session_replication_role to {name}"
    statements = "; ".join(filter(None, (first, second)))
    return f"as a superuser: {statements}" if statements else ""


def _new_home() -> Path:
    """Make a folder that says, by a lock which the kernel frees, that its run still lives."""
    draft = Path(tempfile.mkdtemp(prefix="banjie-draft-"))
    draft.chmod(0o711)  # root runs the server as another user
    held = (draft / "alive").open("w")
    fcntl.flock(held, fcntl.LOCK_EX)
    _held.append(held)
    # only now under the name that `_sweep` of another run looks for
    return draft.rename(draft.with_name(draft.name.replace("banjie-draft-", _PREFIX)))


def _sweep() -> None:
    """Remove what runs left that were killed."""
    for home in Path(tempfile.gettempdir()).glob(_PREFIX + "*"):
        try:
            with (home / "alive").open("a") as held:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _remove(home)
        except OSError:
            continue


def _remove(home: Path) -> None:
    postgres.discard(home)
    shutil.rmtree(home, ignore_errors=True)
