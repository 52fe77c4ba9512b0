"""Dump a database into one file and restore it."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl

import psycopg
from psycopg import sql

from banjie.server.binaries import find_binaries

_KNOWS_TRANSACTION_TIMEOUT = 170000
_OPTIONS = {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY", "options": "PGOPTIONS"}


class BackupFailed(RuntimeError):
    """A dump or restore did not work; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Target:
    """A database and how to reach it. `query` holds further options of a connection URL."""

    name: str
    user: str
    host: str
    port: int
    password: str = field(default="", repr=False)
    query: str = ""

    def environment(self) -> dict[str, str]:
        """Return the variables for PostgreSQL's programs: a password in the arguments could be read by every user."""
        given = {"PGUSER": self.user, "PGHOST": self.host, "PGPORT": str(self.port), "PGPASSWORD": self.password}
        more = {_OPTIONS[key]: value for key, value in parse_qsl(self.query) if key in _OPTIONS}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        return kept | {name: value for name, value in (given | more).items() if value}

    def connect(self, database: str | None = None) -> psycopg.Connection[tuple[object, ...]]:
        """Open a connection, by default to the database itself."""
        return psycopg.connect(
            dbname=database or self.name,
            user=self.user or None,
            host=self.host or None,
            port=self.port,
            password=self.password or None,
            connect_timeout=10,
            autocommit=True,
            **{key: value for key, value in parse_qsl(self.query) if key in _OPTIONS},  # type: ignore[arg-type]
        )


def dump(target: Target, file: Path) -> None:
    """Write the whole database to `file` while it is in use: one consistent moment. The file appears only when complete.

    Raises:
        BackupFailed: with the words of pg_dump.
    """
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        draft.touch(mode=0o600)
        _run(target, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--dbname={target.name}", f"--file={draft}")
        draft.replace(file)
    except OSError as error:
        raise BackupFailed(f"cannot write {file}: {error.strerror}") from error
    finally:
        draft.unlink(missing_ok=True)


def restore(target: Target, file: Path) -> str:
    """Replace the database by the content of `file`, and return the name under which the replaced one is kept.

    The dump is read completely into a new database before anything is touched; then the names are exchanged.

    Raises:
        BackupFailed: the file cannot be read or is no dump; the database is as before.
    """
    if not file.is_file():
        raise BackupFailed(f"there is no file {file}")
    fresh, previous = f"{target.name}_restoring", f"{target.name}_previous"
    with target.connect("postgres") as server:
        server.execute(_sql("drop database if exists {} with (force)", fresh))
        server.execute(_sql("create database {} encoding 'UTF8' template template0", fresh))
        try:
            _load(target, fresh, file, server.info.server_version)
        except BackupFailed:
            server.execute(_sql("drop database if exists {} with (force)", fresh))
            raise
        server.execute(_sql("drop database if exists {} with (force)", previous))
        server.execute(_sql("alter database {} allow_connections false", target.name))  # or the web processes come back at once
        server.execute("select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = %s", [target.name])
        server.execute(_sql("alter database {} rename to {}", target.name, previous))
        server.execute(_sql("alter database {} allow_connections true", previous))
        server.execute(_sql("alter database {} rename to {}", fresh, target.name))
    return previous


def _load(target: Target, database: str, file: Path, server_version: int) -> None:
    """Read a dump into an empty database.

    Our pg_restore begins with a setting that servers before 17 do not know, and cannot be told to leave it out: it must
    go on after an error there, and that must be the only one.
    """
    how = ["--no-owner", "--no-privileges", f"--dbname={database}", str(file)]
    if server_version >= _KNOWS_TRANSACTION_TIMEOUT:
        _run(target, "pg_restore", "--exit-on-error", *how)
        return
    try:
        _run(target, "pg_restore", *how)
    except BackupFailed as failed:
        errors = [line for line in str(failed).splitlines() if "error:" in line]
        if len(errors) != 1 or '"transaction_timeout"' not in errors[0]:
            raise


def _run(target: Target, program: str, *arguments: str) -> None:
    done = subprocess.run(
        [find_binaries()[program], "--no-password", *arguments],
        env=target.environment() | {"LC_ALL": "C"},  # its words are read, above and in tests
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackupFailed(f"{program} failed: {done.stderr.strip()}")


def _sql(text: str, *names: str) -> sql.Composed:
    return sql.SQL(text).format(*(sql.Identifier(name) for name in names))
