"""The database of a command: the one of DATABASE_URL, or the embedded one, kept up while the command runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

import click

from banjie.config.environment import Environment, read_environment
from banjie.server import backup, binaries, postgres


@contextmanager
def database(*, owned: bool = False) -> Iterator[Environment]:
    """Read the environment and have a database while the block runs; end with one line when there is none.

    `owned` ties the embedded server to this process, even when that is killed.
    """
    env = read_environment()
    if env.database_url:
        yield env
        return
    try:
        with postgres.running(env.home, owned=owned):
            yield env
    except (postgres.DatabaseFailed, binaries.NoPostgres, PermissionError) as failed:
        raise click.ClickException(str(failed)) from failed


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
    """Have a database and Django while a command runs; a refusal ends it with its sentence and one line per wrong entry."""
    with database() as env:
        import django

        django.setup()
        from banjie.kernel.errors import Refused

        try:
            yield env
        except Refused as refused:
            lines = [f"  {error.field}: {error.message}" for error in refused.errors]
            raise click.ClickException("\n".join([refused.message, *lines])) from refused
