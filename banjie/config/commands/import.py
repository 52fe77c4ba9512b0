"""Import customers or members from an Excel file: all rows or none."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click

from banjie.config.database import site

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def command() -> None:
    """Import customers or members from Excel; every wrong row is named, and then nothing is imported."""


@command.command()
@click.argument("file", type=_FILE)
def customers(file: Path) -> None:
    """Import customers and their assets from FILE (the table of the customers page)."""
    with site(), file.open("rb") as upload:
        from django.utils import timezone

        from banjie.customers.verbs.import_table import import_table
        from banjie.people.actor import Actor

        done = import_table(upload, file.name, by=Actor.system("command line"), at=timezone.now())
        click.echo(f"{done.rows} rows: {done.customers_added} new customers, {done.assets_added} new assets")


@command.command()
@click.argument("file", type=_FILE)
@click.option(
    "--passwords", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Write the one-time passwords to this Excel file."
)
def members(file: Path, passwords: Path) -> None:
    """Import members from FILE (the table of the members page)."""
    with site(), file.open("rb") as upload, _private(passwords) as sheet:  # members whose passwords cannot be written would be locked out
        from django.utils import timezone

        from banjie.people.actor import Actor
        from banjie.people.sheets import password_sheet
        from banjie.people.verbs.import_members import import_members

        done = import_members(upload, by=Actor.system("command line"), at=timezone.now())
        sheet.write(password_sheet(done))
    click.echo(f"{len(done)} members; their one-time passwords are in {passwords}")


@contextmanager
def _private(file: Path) -> Iterator[BinaryIO]:
    """Open a new file that only its owner may read; it is gone again when the block fails.

    Raises:
        ClickException: there is such a file.
    """
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as there:
        raise click.ClickException(f"{file} exists; name another file for the passwords") from there
    try:
        with os.fdopen(descriptor, "wb") as opened:
            yield opened
    except BaseException:
        file.unlink()
        raise
