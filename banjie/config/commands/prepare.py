"""Internal: bring the database and the static files up to date, before anything is served.

A process of its own, so that `banjie serve` stays small and never holds Django. Prints one line of JSON:
what the operator is told when the site is up: the sign-ins of the demonstration, or that nobody has an account yet.
"""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from contextlib import redirect_stdout
from pathlib import Path

import click
import orjson

from banjie.config.database import alone


@click.command(hidden=True)
@click.option("--demo", is_flag=True, help="Fill an empty database with the demonstration.")
def command(demo: bool) -> None:
    """Migrate, collect static files, fill the demonstration."""
    import django

    django.setup()
    with redirect_stdout(sys.stderr), alone():  # several copies may start on one database
        _check_server()
        _migrate()
        _collect_static()
        _make_folders()
        if _is_empty():
            _fill_demo() if demo else _install_calendars()
    from banjie.config.welcome import sign_ins

    sys.stdout.buffer.write(orjson.dumps({"sign_ins": sign_ins(), "new": _is_empty()}) + b"\n")


def _check_server() -> None:
    """Refuse a server on which Chinese text would not be found."""
    from django.db import connection

    from banjie.server.binaries import OLDEST_MAJOR
    from banjie.server.cluster import understands_chinese

    connection.ensure_connection()
    server = connection.connection
    if server.info.server_version < OLDEST_MAJOR * 10000:
        raise click.ClickException(f"the server is PostgreSQL {server.info.server_version // 10000}; Banjie needs {OLDEST_MAJOR} or newer")
    if not understands_chinese(server):
        raise click.ClickException(
            "the database does not know Chinese characters: create it with encoding UTF8 and a UTF-8 locale, not C or POSIX"
        )


def _migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)


def _collect_static() -> None:
    """Collect and compress static files when one of them has changed."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    mark = hashlib.sha256(str(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            about = Path(storage.path(path)).stat()
            mark.update(f"{path} {about.st_size} {about.st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    if not stamp.exists() or stamp.read_text() != mark.hexdigest():
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.write_text(mark.hexdigest())


def _make_folders() -> None:
    """Make the folder of uploads before the first one, so that a backup finds it."""
    from django.conf import settings

    (settings.ENV.home / "files").mkdir(mode=0o700, exist_ok=True)


def _install_calendars() -> None:
    """Give a new installation the shipped calendars: without them no shipped rulebook can be activated."""
    from django.utils import timezone, translation

    from banjie.people.actor import Actor
    from banjie.worktime.verbs.install_shipped import install_shipped_calendars

    with translation.override("zh-hans"):
        install_shipped_calendars(by=Actor.system("first start"), at=timezone.now())


def _is_empty() -> bool:
    from django.contrib.auth import get_user_model

    return not get_user_model()._default_manager.exists()


def _fill_demo() -> None:
    """DEMO: run `banjie demo` once, on a database without members. Nothing happens while that command does not exist."""
    name = "banjie.config.commands.demo"
    if importlib.util.find_spec(name) is not None:
        importlib.import_module(name).command.main(args=[], prog_name="banjie demo", standalone_mode=False)
