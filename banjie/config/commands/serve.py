"""Run everything: database, pages and REST, live updates, worker. Ctrl-C stops it all."""

from __future__ import annotations

import click


@click.command()
@click.option("--demo/--no-demo", default=False, help="Fill an empty database with the demonstration.")
def command(demo: bool) -> None:
    """Run everything: database, pages and REST, live updates, worker. Ctrl-C stops it all."""
    from banjie.config.serving import serve

    raise SystemExit(serve(demo=demo))
