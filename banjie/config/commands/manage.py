"""Run one of Django's management commands, e.g. `banjie manage shell`."""

from __future__ import annotations

import click

from banjie.config.database import database


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(arguments: tuple[str, ...]) -> None:
    """Run one of Django's management commands."""
    from django.core.management import execute_from_command_line

    with database():
        execute_from_command_line(["banjie manage", *arguments])
