"""Verify the hash chain of every ticket and every daily seal; export the seals."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from banjie.config.database import site


@click.command()
@click.argument("number", required=False)
@click.option("--export", "target", type=click.Path(dir_okay=False, path_type=Path), help="Write all seals to FILE, to be kept elsewhere.")
@click.option(
    "--against", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Compare with seals that were exported earlier."
)
def command(number: str | None, target: Path | None, against: Path | None) -> None:
    """Verify everything, or the ticket NUMBER. Exits with 1 when something was changed, removed or cut off."""
    with site():
        from banjie.tickets.seals import exported
        from banjie.tickets.verify import verify

        if target is not None:
            with target.open("wb") as file:
                file.writelines(exported())
            click.echo(f"seals written to {target}")
        verdict = verify(number.strip().upper() if number else None, against.read_bytes().splitlines() if against else ())
        for problem in verdict.problems:
            click.echo(problem)
        click.echo(
            f"{verdict.tickets} tickets, {verdict.events} events, {verdict.seals} seals: {'nothing was changed' if verdict.holds else 'NOT INTACT'}"
        )
        sys.exit(0 if verdict.holds else 1)
