"""Run queued jobs and the once-a-second sweeps (deadlines); `banjie serve` starts it."""

from __future__ import annotations

import os

import click

from banjie.config.database import database


@click.command()
@click.option("--loop", type=click.Choice(["all", "jobs", "sweeps"]), default="all", show_default=True, help="What this process does.")
@click.option("--concurrency", type=click.IntRange(1, 64), default=2, show_default=True, help="Jobs at a time.")
def command(loop: str, concurrency: int) -> None:
    """Run queued jobs and the once-a-second sweeps."""
    with database():
        import django

        django.setup()
        from banjie.config.working import work
        from banjie.server.processes import follow_parent

        if "BANJIE_SUPERVISED" in os.environ:
            follow_parent()

        work(jobs=loop != "sweeps", sweeps=loop != "jobs", concurrency=concurrency)
