"""Subcommands of `banjie`: one module each, with a click command named `command`."""
