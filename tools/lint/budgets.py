"""Budgets: what grows past them is split, while that is still cheap."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tools.lint.source import Finding, Source, rule

FILE = 250
FUNCTION = 50
VIEW = 25
TEMPLATE = 120
PARAMETERS = 6


@rule("file-budget", reads="python")
def file_budget(source: Source) -> Iterator[Finding]:
    """Refuse a Python file of more than 250 lines (blank lines and comments do not count): nobody reads it whole."""
    size = sum(1 for line in source.lines if line.strip() and not line.strip().startswith("#"))
    if size > FILE:
        yield source.finding(0, "file-budget", f"{size} lines; split it (hard limit {FILE})")


@rule("function-budget", reads="python")
def function_budget(source: Source) -> Iterator[Finding]:
    """Refuse a function of more than 50 lines, without its docstring: it does two things."""
    for node in source.functions():
        size = _size(source, node)
        if size > FUNCTION:
            yield source.finding(node, "function-budget", f"{node.name}() has {size} lines (hard limit {FUNCTION})")


@rule("view-budget", reads="code")
def view_budget(source: Source) -> Iterator[Finding]:
    """Refuse a view or REST operation of more than 25 lines: a thin door parses, makes one call, and renders."""
    for node in source.functions() if source.kind in {"views", "rest"} else ():
        size = _size(source, node)
        if size > VIEW:
            yield source.finding(node, "view-budget", f"{node.name}() has {size} lines (hard limit {VIEW})")


@rule("parameter-budget", reads="code")
def parameter_budget(source: Source) -> Iterator[Finding]:
    """Refuse more than 6 parameters (self not counted): the seventh wants a dataclass."""
    for node in source.functions():
        names = [a.arg for a in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs] if a.arg not in {"self", "cls"}]
        if len(names) > PARAMETERS:
            yield source.finding(node, "parameter-budget", f"{node.name}() takes {len(names)} (hard limit {PARAMETERS}): group them")


@rule("template-budget", reads="templates")
def template_budget(source: Source) -> Iterator[Finding]:
    """Refuse a template of more than 120 lines: cut fragments out of it, which the page and its htmx answer share."""
    if len(source.lines) > TEMPLATE:
        yield source.finding(0, "template-budget", f"{len(source.lines)} lines; cut fragments out of it (hard limit {TEMPLATE})")


def _size(source: Source, node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without blank lines, comments and its docstring."""
    first = node.body[0]
    documented = ast.get_docstring(node, clean=False) is not None
    skipped = range(first.lineno, (first.end_lineno or first.lineno) + 1) if documented else range(0)
    numbers = (n for n in range(node.lineno, (node.end_lineno or node.lineno) + 1) if n not in skipped)
    return sum(1 for n in numbers if source.lines[n - 1].strip() and not source.lines[n - 1].strip().startswith("#"))
