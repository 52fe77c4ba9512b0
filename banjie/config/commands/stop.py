"""Stop a running `banjie serve`, also one in another terminal."""

from __future__ import annotations

import click

from banjie.config.environment import read_environment
from banjie.server import postgres, processes
from banjie.server.supervisor import end_leftovers, read_state


@click.command()
def command() -> None:
    """Stop a running `banjie serve` and the embedded database."""
    env = read_environment()
    state = env.home / "serve.json"
    found = read_state(state)
    pid, born = found.get("pid"), found.get("born")
    running = isinstance(pid, int) and isinstance(born, str) and processes.birth(pid) == born
    if running:
        processes.end(int(str(pid)), str(born), patience=30.0)
    left = end_leftovers(state)
    stopped = False if env.database_url else postgres.stop(env.home)
    click.echo("stopped" if running or left or stopped else "nothing was running")
