"""What the house rules read: a file with its tree, and what they say: a finding with its place."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ALLOWED = re.compile(r"(?:#|\{#|//|/\*|--)\s*lint: allow (?P<rule>[a-z-]+)(?:: *(?P<reason>[^#\n]*?\w[^#\n]*?))?\s*(?:#\}|\*/)?\s*$")


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A broken rule: where, which, and what to write instead."""

    path: str
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: [{self.rule}] {self.message}"


class Source:
    """A file of the repository. `path` is relative to its root, with forward slashes."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.parts = tuple(path.split("/"))
        self.name = self.parts[-1]

    @cached_property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, filename=self.path)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(self.tree))

    @cached_property
    def origins(self) -> dict[str, str]:
        """Full name of each imported name: `now` is django.utils.timezone.now."""
        found: dict[str, str] = {}
        for node in self.nodes:
            if isinstance(node, ast.Import):
                found |= {(a.asname or a.name.split(".")[0]): (a.name if a.asname else a.name.split(".")[0]) for a in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found |= {(a.asname or a.name): f"{node.module}.{a.name}" for a in node.names}
        return found

    @property
    def is_python(self) -> bool:
        return self.name.endswith(".py")

    @property
    def is_template(self) -> bool:
        return self.name.endswith((".html", ".jinja", ".j2"))

    @property
    def room(self) -> str:
        """The room that the file belongs to, or "" outside the rooms."""
        return self.parts[1] if self.parts[0] == "banjie" and len(self.parts) > 2 else ""

    @property
    def kind(self) -> str:
        """What the file is in its room: models, verbs, views, jobs, commands ..., whether a file or a folder of that name."""
        if not self.room:
            return ""
        return "commands" if "commands" in self.parts else self.parts[2].removesuffix(".py")

    def full_name(self, node: ast.AST) -> str:
        """Return the dotted name of an expression with its import resolved, or ""."""
        if isinstance(node, ast.Attribute):
            owner = self.full_name(node.value)
            return f"{owner}.{node.attr}" if owner else ""
        return self.origins.get(node.id, node.id) if isinstance(node, ast.Name) else ""

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Yield every function and method."""
        return (node for node in self.nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))

    def finding(self, at: ast.AST | int, rule: str, message: str) -> Finding:
        """Return a finding at a line or a node."""
        return Finding(self.path, at if isinstance(at, int) else getattr(at, "lineno", 1), rule, message)


@dataclass(frozen=True, slots=True)
class Allowance:
    """An exception that a file asks for, in a comment: `# lint: allow <rule>: <reason>`."""

    path: str
    line: int
    rule: str
    reason: str

    def covers(self, finding: Finding) -> bool:
        """Tell whether the comment stands on the finding's line or the one above it; findings on a whole file (line 0) from anywhere."""
        return self.rule == finding.rule and (finding.line == 0 or finding.line - self.line in {0, 1})


def allowances(source: Source) -> list[Allowance]:
    """Return the exceptions that the file's comments ask for; documents only talk about them."""
    if source.name.endswith(".md"):
        return []
    matches = ((number, ALLOWED.search(line)) for number, line in enumerate(source.lines, 1) if "lint: allow" in line)
    return [Allowance(source.path, number, m["rule"], (m["reason"] or "").strip()) for number, m in matches if m]


Rule = Callable[[Source], Iterable[Finding]]
RULES: dict[str, tuple[str, Rule]] = {}


def rule(name: str, reads: str) -> Callable[[Rule], Rule]:
    """Register a house rule that reads "code" (our Python without migrations), "tests", "templates" or "text" (every file)."""

    def register(function: Rule) -> Rule:
        RULES[name] = (reads, function)
        return function

    return register
