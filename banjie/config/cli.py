"""The `banjie` command. Each subcommand is a module of `banjie/config/commands` with a click command named `command`.

Modules are imported only when their command runs; `banjie --help` reads the first line of their docstrings.
"""

from __future__ import annotations

import ast
import os
import pkgutil
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from banjie.config import commands


class CommandFolder(click.Group):
    """A group whose commands are the modules of the `commands` package; a name may hold a hyphen for an underscore."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return sorted(m.name.replace("_", "-") for m in pkgutil.iter_modules(commands.__path__) if not m.name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        command = import_module(f"{commands.__name__}.{cmd_name.replace('-', '_')}").command
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a file that cannot be read or written ends it with one line."""
        try:
            return super().invoke(ctx)
        except OSError as failed:
            if failed.filename is None:
                raise
            raise click.ClickException(f"{failed.filename}: {failed.strerror}") from failed

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, _first_line(name)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl([row for row in rows if row[1]])


@click.group(cls=CommandFolder, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Banjie 办结: the organisation's service regulation is the program."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "banjie.config.settings")


def _first_line(name: str) -> str:
    """Return the first line of a command's module; a module that begins with `Internal:` is not listed."""
    file = Path(commands.__path__[0]) / f"{name.replace('-', '_')}.py"
    said = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    line = said.splitlines()[0] if said else name
    return "" if line.startswith("Internal:") else line


if __name__ == "__main__":
    main(prog_name="banjie")
