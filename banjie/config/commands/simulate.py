"""Run a rulebook over arrivals in virtual time, in a scratch database, and print what became of each clause."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click


@click.command()
@click.argument("rulebook")
@click.option(
    "--arrivals",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV or Excel with the columns at, type and fields.",
)
@click.option("--tickets", default=10_000, show_default=True, help="How many requests the generator makes.")
@click.option("--days", default=7, show_default=True, help="Over how many days.")
@click.option("--begin", type=click.DateTime(["%Y-%m-%d"]), default="2024-06-03", show_default=True, help="First day.")
@click.option("--seed", default=1, show_default=True, help="Seed of the generator and of the people's behaviour.")
@click.option("--demo-organisation", is_flag=True, help="Use the demonstration's organisation instead of this installation's.")
def command(**options: Any) -> None:
    """Simulate RULEBOOK: a file, or the name of a shipped or active one."""
    import django

    django.setup()
    from banjie.kernel.errors import Refused
    from banjie.simulation.run import Run, simulate

    started = time.monotonic()
    try:
        report = simulate(Run(**options), lambda at, n: click.echo(f"\r{at:%F %R}  {n}", nl=False, err=True))
    except Refused as refused:
        lines = [f"  {e.field}: {e.message}" for e in refused.errors]
        raise click.ClickException("\n".join([refused.message, *lines])) from refused
    click.echo("", err=True)
    click.echo(report)
    click.echo(f"{time.monotonic() - started:.1f} s")
