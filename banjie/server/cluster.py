"""Make a PostgreSQL cluster, write its settings, and make the application's database in it."""

from __future__ import annotations

import locale
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import psycopg
from psycopg import sql

from banjie.server.binaries import Binaries, find_binaries, open_to_all, private_copy, readable_by_all
from banjie.server.places import PORT, Places, make_passable, make_private, run_as

SUPERUSER = "postgres"
APPLICATION = "banjie"  # the name of the application's database and of the role that owns it
_BUILTIN_LOCALES_SINCE = 17
_SETTINGS = "banjie.conf"
_OWN_SETTINGS = "local.conf"


class DatabaseFailed(RuntimeError):
    """The embedded database could not be made or started."""


def usable_binaries(places: Places) -> Binaries:
    """Return the programs that fit the cluster, as a copy where the server's user could not read the originals."""
    version = places.cluster / "PG_VERSION"
    major = int(version.read_text().split(".")[0]) if version.exists() else None
    binaries = find_binaries(major)
    if run_as() and not readable_by_all(binaries):
        make_passable(places.base)
        return private_copy(binaries, places.base / "programs")
    return binaries


def server_environment() -> dict[str, str]:
    """Return a clean environment for the server's programs.

    Nothing of the caller's PG* or LC_* variables may decide how a cluster is made: with LC_ALL=C the trigram index
    and the text parser do not recognise Chinese characters. The names are those of different operating systems.
    """
    before = locale.setlocale(locale.LC_CTYPE)
    chosen = "C"
    for name in ("C.UTF-8", "C.utf8", "en_US.UTF-8", "zh_CN.UTF-8"):
        try:
            locale.setlocale(locale.LC_CTYPE, name)
        except locale.Error:
            continue
        chosen = name
        break
    locale.setlocale(locale.LC_CTYPE, before)
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": chosen, "TZ": "UTC"}


def make_cluster(places: Places, binaries: Binaries, *, durable: bool) -> None:
    """Run initdb unless the cluster exists. It appears under its name only when it is complete."""
    if (places.cluster / "PG_VERSION").exists():
        return
    draft = places.base / "data.new"
    shutil.rmtree(draft, ignore_errors=True)
    make_private(draft)
    command = [binaries["initdb"], "-D", str(draft), "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--no-instructions"]
    if binaries.major >= _BUILTIN_LOCALES_SINCE:
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    if not durable:
        command.append("--no-sync")
    done = subprocess.run(
        command, cwd=draft, env=server_environment(), capture_output=True, text=True, check=False, umask=0o077, **run_as()
    )
    if done.returncode:
        raise DatabaseFailed(f"initdb failed: {(done.stderr or done.stdout).strip()}")
    with (draft / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write(f"\ninclude_if_exists = '{_SETTINGS}'  # written anew at every start\ninclude_if_exists = '{_OWN_SETTINGS}'  # yours\n")
    _give_away(draft / _OWN_SETTINGS, "# Your own settings; they win over those of banjie.conf.\n")
    draft.rename(places.cluster)


def write_settings(places: Places, options: Mapping[str, str]) -> None:
    """Write the settings of this start; `options` go last and win."""
    settings = {
        "listen_addresses": "",
        "port": str(PORT),
        "unix_socket_directories": '"' + str(places.socket).replace('"', '""') + '"',
        "unix_socket_permissions": "0700",
        "shared_buffers": f"{_shared_buffers()}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": "128MB",
        "max_connections": "200",
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "logging_collector": "on",
        "log_directory": str(places.logs),
        "log_filename": "postgresql-%a.log",  # one file a weekday: a week is kept
        "log_rotation_age": "1d",
        "log_truncate_on_rotation": "on",
        "random_page_cost": "1.1",
    } | dict(options)
    lines = [f"{name} = '{value.replace(chr(92), chr(92) * 2).replace(chr(39), chr(39) * 2)}'" for name, value in settings.items()]
    head = "# Written by `banjie` at every start. Put your own settings into local.conf beside this file.\n"
    _give_away(places.cluster / _SETTINGS, head + "\n".join(lines) + "\n")


def ensure_application(socket: Path) -> None:
    """Create the application's role and database if they are missing, and check that Chinese text is understood.

    The role is no superuser; it may create databases, which tests and `banjie db restore` need.

    Raises:
        DatabaseFailed: the server does not recognise Chinese characters as letters.
    """
    role = sql.Identifier(APPLICATION)
    with psycopg.connect(host=str(socket), port=PORT, user=SUPERUSER, dbname="postgres", options="", autocommit=True) as connection:
        if not connection.execute("select 1 from pg_roles where rolname = %s", [APPLICATION]).fetchone():
            connection.execute(sql.SQL("create role {} login createdb").format(role))
        if not connection.execute("select 1 from pg_database where datname = %s", [APPLICATION]).fetchone():
            connection.execute(sql.SQL("create database {} owner {} encoding 'UTF8' template template0").format(role, role))
        if not understands_chinese(connection):
            raise DatabaseFailed("the database's locale does not know Chinese characters (LC_CTYPE must be a UTF-8 locale)")


def understands_chinese(connection: psycopg.Connection[tuple[object, ...]]) -> bool:
    """Tell whether the server splits and matches Chinese text; under the C locale it does not."""
    row = connection.execute(
        "select length(to_tsvector('simple', '反馈，ABC')) = 2 and '客户' ~ '^\\w+$' and getdatabaseencoding() = 'UTF8'"
    ).fetchone()
    return row is not None and bool(row[0])


def reachable(places: Places) -> bool:
    """Tell whether the server's user can pass through to the cluster."""
    return not run_as() or open_to_all(places.base)


def _shared_buffers() -> int:
    """An eighth of the memory, between 64 MB and 1 GB."""
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    except (OSError, ValueError):
        memory = 1024
    return max(64, min(1024, memory // 8))


def _give_away(file: Path, text: str) -> None:
    """Write a file that belongs to the owner of its folder, the server's user."""
    file.write_text(text, encoding="utf-8")
    owner = file.parent.stat()
    os.chown(file, owner.st_uid, owner.st_gid)
    file.chmod(0o600)
