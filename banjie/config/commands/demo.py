"""Fill an empty database with a demonstration: a POS service organisation at work."""

from __future__ import annotations

import click

from banjie.config.database import site


@click.command()
def command() -> None:
    """Build the demonstration in an empty database; refuses when there are members."""
    with site() as env:
        from django.utils import timezone

        from banjie.people.models import Member
        from banjie.simulation.demo import fill

        if Member.objects.exists():
            raise click.ClickException("the database is not empty; the demonstration needs one of its own (another BANJIE_HOME)")
        fill(env.home, now=timezone.now(), tell=click.echo)
