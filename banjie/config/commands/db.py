"""Start, stop, look at, back up and restore the database."""

from __future__ import annotations

from pathlib import Path

import click

from banjie.config.database import database, target
from banjie.config.environment import read_environment
from banjie.server import backup, binaries, postgres


@click.group()
def command() -> None:
    """Start, stop, look at, back up and restore the database."""


@command.command()
def start() -> None:
    """Start the embedded database and leave it running until `banjie db stop`."""
    env = read_environment()
    if env.database_url:
        raise click.ClickException("DATABASE_URL is set: that server is started and stopped by its own means")
    try:
        address = postgres.start(env.home, keep=True)
    except (postgres.DatabaseFailed, binaries.NoPostgres, PermissionError) as failed:
        raise click.ClickException(str(failed)) from failed
    click.echo(f"running: database {address.name}, user {address.user}, socket folder {address.host}")


@command.command()
def stop() -> None:
    """Stop the embedded database."""
    click.echo("stopped" if postgres.stop(read_environment().home) else "it was not running")


@command.command()
def status() -> None:
    """Tell whether the database runs, and where it is. Ends with 1 when it does not take connections."""
    env = read_environment()
    here = target(env)
    try:
        here.connect().close()
        ready = True
    except Exception:  # noqa: BLE001 - whatever the reason, the answer is no
        ready = False
    if env.database_url:
        click.echo(f"{'ready' if ready else 'not reachable'}: {here.name} on {here.host}:{here.port}")
    else:
        found = postgres.status(env.home)
        click.echo("ready" if ready else "not running" if not found.pid else "starting")
        click.echo(f"  process  {found.pid or '-'}{'  (kept running by `banjie db start`)' if found.kept else ''}")
        click.echo(f"  files    {found.cluster}{'' if found.made else '  (not made yet)'}")
        click.echo(f"  connect  psql -h '{here.host}' -U {here.user} {here.name}")
    raise SystemExit(0 if ready else 1)


@command.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def dump(file: Path) -> None:
    """Write a dump of the whole database to FILE, also while people work."""
    with database() as env:
        try:
            backup.dump(target(env), file)
        except backup.BackupFailed as failed:
            raise click.ClickException(str(failed)) from failed
    click.echo(f"written: {file} ({file.stat().st_size:,} bytes). Keep the folder of uploads and secrets with it: {env.home}")


@command.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
def restore(file: Path, *, yes: bool) -> None:
    """Replace the database by the dump in FILE. The replaced one is kept under another name."""
    if not yes:
        click.confirm("Everything that was entered since the dump will be out of sight. Go on?", abort=True)
    with database() as env:
        try:
            previous = backup.restore(target(env), file)
        except backup.BackupFailed as failed:
            raise click.ClickException(str(failed)) from failed
    click.echo(f"restored. The database as it was before is kept as {previous}")
