"""Check, explain, compare and activate rulebooks; print the JSON Schema for editors."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import orjson

from banjie.config.database import site

if TYPE_CHECKING:
    from banjie.rulebook.check import Report

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def command() -> None:
    """Check, explain, compare and activate rulebooks; print the JSON Schema for editors."""


@command.command()
@click.argument("files", nargs=-1, required=True, type=_FILE)
@click.option("--draft", is_flag=True, help="Do not fail on limits left unset and on what is not built yet.")
def check(files: tuple[Path, ...], *, draft: bool) -> None:
    """Check FILES; print each problem as file:line:column. Ends with 1 when a file cannot be activated."""
    _start()
    from banjie.rulebook.check import check as checked

    bad = False
    for file in files:
        report = checked(_read(file))
        for problem in report.problems:
            click.echo(f"{file}:{problem}")
        for remark in report.remarks:
            click.echo(f"{file}:{remark}", err=True)
        bad = bad or bool(report.errors if draft else report.problems)
        if not report.problems:
            click.echo(f"{file}: ok", err=True)
    raise SystemExit(1 if bad else 0)


@command.command()
@click.argument("book")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write the page with the state diagram to this file.")
@click.option("--language", type=click.Choice(["zh-hans", "en"]), default="zh-hans", show_default=True)
def explain(book: str, html: Path | None, language: str) -> None:
    """Explain BOOK, a file or the slug of the active rulebook: each clause with its rules in plain sentences."""
    _start()
    from django.utils.translation import override

    with override(language):
        from banjie.config.rulebooks import explained, limits_table
        from banjie.rulebook.explain.standalone import standalone_page

        report = _report(book)
        if html is not None:
            html.write_text(standalone_page(report), encoding="utf-8")
            click.echo(f"written: {html}")
            return
        click.echo("\n".join([*explained(report), "", *limits_table(report)]))


@command.command()
@click.argument("old", type=_FILE)
@click.argument("new", type=_FILE)
@click.option("--language", type=click.Choice(["zh-hans", "en"]), default="zh-hans", show_default=True)
def diff(old: Path, new: Path, language: str) -> None:
    """Say which rules change from OLD to NEW. Ends with 1 when any does."""
    _start()
    from django.utils.translation import override

    with override(language):
        from banjie.config.rulebooks import differences

        found = differences(_read(old), _read(new))
    click.echo("\n".join(found)) if found else None
    raise SystemExit(1 if found else 0)


@command.command()
@click.argument("file", type=_FILE)
@click.option("--yes", is_flag=True, help="Do not ask.")
def activate(file: Path, *, yes: bool) -> None:
    """Make FILE the active version of its rulebook, as the system: say what changes, ask, then draft, propose and activate it."""
    text = _read(file)
    with site():
        from django.utils import timezone

        from banjie.config.rulebooks import activate_text, what_changes
        from banjie.kernel.errors import Refused

        try:
            changes = what_changes(text)
            if not changes:
                click.echo("this very text is active already")
                return
            click.echo("\n".join(changes))
            if not yes:
                click.confirm("Activate it?", abort=True)
            version = activate_text(text, at=timezone.now())
        except Refused as refused:
            for error in refused.errors:
                click.echo(f"{file}:{error.message}", err=True)
            raise click.ClickException(refused.message) from refused
    click.echo(f"active: {version}")


@command.command()
def schema() -> None:
    """Print the JSON Schema of rulebooks, for editors."""
    from banjie.rulebook.language import json_schema

    sys.stdout.buffer.write(orjson.dumps(json_schema(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def _start() -> None:
    import django

    django.setup()


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as wrong:
        raise click.ClickException(f"{file} is not written in UTF-8 (byte {wrong.start}); save it as UTF-8") from wrong


def _report(book: str) -> Report:
    """Return the report of a file, or of the active version with this slug."""
    from banjie.config.rulebooks import active_text
    from banjie.rulebook.check import check as checked

    path = Path(book)
    if path.is_file():
        report = checked(_read(path))
    else:
        with site():
            report = checked(active_text(book))
    if report.errors:
        raise click.ClickException(f"{book} has errors; look with: banjie rulebook check {book}")
    return report
