"""Rules about the rooms' walls that import-linter cannot say with one line."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tools.lint.source import Finding, Source, rule

TAG = re.compile(
    r"(?<!\?P)<(?:div|span|table|tr|td|p|li|ul|ol|button|form|input|option|strong|svg|a(?=\s+href))(?=[\s>/])"
)  # not (?P<p>...)
PRIVATE = frozenset({"views", "rest", "forms", "jobs"})


@rule("private-door", reads="code")
def private_door(source: Source) -> Iterator[Finding]:
    """Refuse importing another room's views, rest, forms or jobs: they are private to it; config wires them."""
    if source.parts[0] != "banjie" or source.room == "config":
        return
    for node in source.nodes:
        for module in _imported(node):
            parts = module.split(".")
            if parts[0] == "banjie" and len(parts) > 2 and parts[2] in PRIVATE and parts[1] != source.room:
                yield source.finding(node, "private-door", f"{module} is private to {parts[1]}/: call its verb or query")


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


@rule("html-in-python", reads="code")
def html_in_python(source: Source) -> Iterator[Finding]:
    """Refuse HTML in Python strings: it cannot be reviewed as HTML, and its escaping is by hand."""
    if source.parts[0] != "banjie":
        return
    documents = {id(text) for text in _docstrings(source)}
    for node in source.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documents and TAG.search(node.value):
            yield source.finding(node, "html-in-python", "move the markup into a template")


def _docstrings(source: Source) -> Iterator[ast.Constant]:
    for node in source.nodes:
        if (
            isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and ast.get_docstring(node, clean=False) is not None
        ):
            statement = node.body[0]
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                yield statement.value
