"""The database of a command: the one of DATABASE_URL, or the embedded one, kept up while the command runs.

What an operator can mend ends a command with one line, never with a traceback.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import click
import psycopg

from banjie.config.environment import Environment, read_environment
from banjie.server import backup, binaries, postgres

if TYPE_CHECKING:
    from banjie.kernel.errors import Refused

_ONE_AT_A_TIME = 0x62616E6A6965  # "banjie"


@contextmanager
def database(*, owned: bool = False) -> Iterator[Environment]:
    """Read the environment and have a database while the block runs; end with one line when there is none.

    `owned` ties the embedded server to this process, even when that is killed.
    """
    env = read_environment()
    made_home(env)
    if env.database_url:
        _knock(env)
        yield env
        return
    try:
        with postgres.running(env.home, owned=owned):
            yield env
    except (postgres.DatabaseFailed, binaries.NoPostgres, PermissionError) as failed:
        raise click.ClickException(str(failed)) from failed


def made_home(env: Environment) -> Path:
    """Return the home folder, made if it is missing; end with one line when it cannot be used."""
    try:
        env.home.mkdir(parents=True, exist_ok=True)
        if not os.access(env.home, os.R_OK | os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as unusable:
        raise click.ClickException(f"BANJIE_HOME {env.home} cannot be used: {unusable.strerror}") from unusable
    return env.home


def _knock(env: Environment) -> None:
    """End with one line when the server of DATABASE_URL does not let us in."""
    here = target(env)
    try:
        here.connect().close()
    except psycopg.Error as refused:
        said = " ".join(str(refused).split())
        raise click.ClickException(f"DATABASE_URL: no connection to {here.name!r} on {here.host}:{here.port}: {said}") from refused


def target(env: Environment) -> backup.Target:
    """Return what a dump is made of and restored into."""
    if not env.database_url:
        here = postgres.embedded_address(env.home)
        return backup.Target(here.name, here.user, here.host, here.port)
    url = urlsplit(env.database_url)
    return backup.Target(
        unquote(url.path.lstrip("/")),
        unquote(url.username or ""),
        unquote(url.hostname or ""),
        url.port or 5432,
        unquote(url.password or ""),
        url.query,
    )


@contextmanager
def site() -> Iterator[Environment]:
    """Have a database with tables, and Django, while a command runs.

    A refusal ends it with its sentence and one line per wrong entry.
    """
    with database() as env:
        import django

        django.setup()
        from banjie.kernel.errors import Refused

        _have_tables()
        try:
            yield env
        except Refused as refused:
            raise click.ClickException("\n".join(_said(refused))) from refused


def _have_tables() -> None:
    """Make the tables of an empty database; refuse one that an older version of this program has made."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if not executor.loader.applied_migrations:
        click.echo("banjie: making the tables of an empty database", err=True)
        with alone():
            call_command("migrate", interactive=False, verbosity=0)
    elif executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise click.ClickException("the database was made by an older version: start `banjie serve` once, or run `banjie manage migrate`")


@contextmanager
def alone() -> Iterator[None]:
    """Let no other process change the tables of this database while the block runs: it waits here."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", [_ONE_AT_A_TIME])
        yield
        cursor.execute("select pg_advisory_unlock(%s)", [_ONE_AT_A_TIME])


def _said(refused: Refused) -> list[str]:
    """Return the lines of a refusal; an entry that only says the sentence again is left out."""
    entries = [e for e in refused.errors if e.message != refused.message]
    return [refused.message, *(f"  {e.message if e.message.startswith(e.field) else f'{e.field}: {e.message}'}" for e in entries)]
