"""Export tickets or customers to an Excel file."""

from __future__ import annotations

from pathlib import Path

import click

from banjie.config.database import site

_OUT = click.Path(dir_okay=False, path_type=Path)


@click.group()
def command() -> None:
    """Export tickets or customers to Excel; each export is an entry of the administration log."""


@command.command()
@click.argument("file", type=_OUT)
@click.option("--view", type=click.Choice(["open", "ended", "all"]), default="open", show_default=True)
@click.option("--type", "kind", default="", help="Only this type of ticket.")
@click.option("--state", default="", help="Only this state.")
def tickets(file: Path, view: str, kind: str, state: str) -> None:
    """Write tickets to FILE, at most 10,000."""
    with site():
        from django.conf import settings
        from django.utils import timezone, translation

        from banjie.console.verbs.export_queue import export_queue
        from banjie.people.actor import Actor
        from banjie.tickets.queue import Filters

        _must_be_known("type", kind)
        _must_be_known("state", state)
        with translation.override(settings.LANGUAGE_CODE):
            sheet = export_queue(
                Filters(view=view, type=kind, state=state), settings.LANGUAGE_CODE, by=Actor.system("command line"), at=timezone.now()
            )
        file.write_bytes(sheet)
        click.echo(f"written to {file}")


@command.command()
@click.argument("file", type=_OUT)
def customers(file: Path) -> None:
    """Write all customers and assets to FILE, at most 50,000 rows."""
    with site():
        from django.conf import settings
        from django.utils import timezone, translation

        from banjie.customers.queries import Only
        from banjie.customers.verbs.export_table import export_table
        from banjie.people.actor import Actor

        with translation.override(settings.LANGUAGE_CODE):
            sheet = export_table(Only(), by=Actor.system("command line"), at=timezone.now())
        file.write_bytes(sheet)
        click.echo(f"written to {file}")


def _must_be_known(column: str, value: str) -> None:
    """Refuse a filter that matches no ticket at all: most likely a slip of the pen, and an empty file would hide it."""
    from banjie.people.actor import Actor
    from banjie.tickets.access import visible_tickets

    found = visible_tickets(Actor.system("command line")).values_list(column, flat=True).order_by(column).distinct()
    if value and value not in found:
        raise click.ClickException(f"no ticket has the {column} {value!r}; there are: {', '.join(found) or 'no tickets'}")
