"""Verify the hash chain of every ticket, every daily seal and every frozen copy of a ledger; export the seals."""

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
        from banjie.insight.verify_copies import CopiesVerdict, verify_copies
        from banjie.tickets.seals import exported
        from banjie.tickets.verify import verify

        if target is not None:
            with target.open("wb") as file:
                file.writelines(exported())
            click.echo(f"seals written to {target}")
        verdict = verify(number.strip().upper() if number else None, against.read_bytes().splitlines() if against else ())
        copies = CopiesVerdict() if number else verify_copies()
        for problem in [*verdict.problems, *copies.problems]:
            click.echo(problem)
        holds = verdict.holds and copies.holds
        counted = f"{verdict.tickets} tickets, {verdict.events} events, {verdict.seals} seals, {copies.copies} frozen copies"
        click.echo(f"{counted}: {'nothing was changed' if holds else 'NOT INTACT'}")
        sys.exit(0 if holds else 1)
