"""A scratch database: the organisation of the real one, without its tickets; dropped at the end whatever happens."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.core.management import call_command
from django.db import connection

# In the order of their foreign keys: who works here, when, for whom. Tickets stay behind.
COPIED = (
    "people_unit",
    "people_member",
    "people_role",
    "people_post",
    "worktime_calendar",
    "worktime_calendarversion",
    "worktime_calendarday",
    "customers_customer",
    "customers_contact",
    "customers_phone",
    "customers_asset",
    "customers_assetkey",
)


@contextmanager
def scratch_database(*, copy: bool) -> Iterator[str]:
    """Point Django at a new, migrated database; with `copy`, fill it with the organisation of the present one."""
    settings = connection.settings_dict
    real, name = settings["NAME"], f"banjie_scratch_{os.getpid()}"
    parameters = {k: v for k, v in connection.get_connection_params().items() if k in ("host", "port", "user", "password")}
    connection.close()
    with psycopg.connect(**parameters, dbname=real, autocommit=True) as admin:
        admin.execute(f'create database "{name}"')
    settings["NAME"] = name
    try:
        with connection.cursor() as cursor:
            cursor.execute(f'alter database "{name}" set synchronous_commit = off')
        connection.close()
        call_command("migrate", interactive=False, verbosity=0)
        if copy:
            _copy(parameters, real, name)
        yield name
    finally:
        connection.close()
        settings["NAME"] = real
        with psycopg.connect(**parameters, dbname=real, autocommit=True) as admin:
            admin.execute(f'drop database "{name}" with (force)')


def _copy(parameters: dict[str, object], real: str, name: str) -> None:
    with psycopg.connect(**parameters, dbname=real) as source, psycopg.connect(**parameters, dbname=name) as target:  # type: ignore[arg-type]
        for table in COPIED:
            target.execute(f"alter table {table} disable trigger user")  # whole versions come with their days
            columns = ", ".join(
                f'"{row[0]}"'
                for row in source.execute(
                    "select column_name from information_schema.columns where table_name = %s and is_generated = 'NEVER' order by ordinal_position",
                    [table],
                )
            )
            with (
                source.cursor().copy(f"copy {table} ({columns}) to stdout") as out,
                target.cursor().copy(f"copy {table} ({columns}) from stdin") as into,
            ):
                for part in out:
                    into.write(part)
            target.execute(f"select setval(pg_get_serial_sequence('{table}', 'id'), greatest((select max(id) from {table}), 1))")  # noqa: S608  our tables
        target.commit()
        for table in COPIED:
            target.execute(f"alter table {table} enable trigger user")
