"""Run a rulebook over arrivals in virtual time, in a scratch database, and print what became of each clause."""

from __future__ import annotations

import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from banjie.config.database import site


class _Progress:
    """Tells a person at a terminal how far virtual time has come, once an hour of it."""

    def __init__(self) -> None:
        self.shown = ""

    def __call__(self, at: datetime, opened: int) -> None:
        hour = f"{at:%Y-%m-%d %H}:00"
        if hour != self.shown and sys.stderr.isatty():
            self.shown = hour
            click.echo(f"\r{hour}  {opened}  ", nl=False, err=True)


@click.command()
@click.argument("rulebook")
@click.option(
    "--arrivals",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV or Excel with the columns at (2024-06-03 09:00), type, and one for each field, by their names in the rulebook.",
)
@click.option(
    "--tickets", type=click.IntRange(1, 1_000_000), default=10_000, show_default=True, help="How many requests the generator makes."
)
@click.option("--days", type=click.IntRange(1, 366), help="Over how many days.  [default: 7, or until two days after the last arrival]")
@click.option("--begin", type=click.DateTime(["%Y-%m-%d"]), help="First day.  [default: 2024-06-03, or that of the first arrival]")
@click.option("--seed", default=1, show_default=True, help="Seed of the generator and of the people's behaviour.")
@click.option("--demo-organisation", is_flag=True, help="Use the demonstration's organisation instead of this installation's.")
def command(**options: Any) -> None:
    """Simulate RULEBOOK: a file, or the name of a shipped or active one."""
    with site():
        from banjie.simulation.run import Run, simulate

        started = time.monotonic()
        click.echo(simulate(Run(**options), _Progress()))
        click.echo(f"{time.monotonic() - started:.1f} s")
