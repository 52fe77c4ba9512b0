"""Read YAML and remember the line and column of every key and value."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml
from django.utils.translation import gettext as _

Path = tuple[str | int, ...]

# libyaml reads ten times as fast; the pure loader stands in where it was not built.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_OPENS = (yaml.BlockMappingStartToken, yaml.BlockSequenceStartToken, yaml.FlowMappingStartToken, yaml.FlowSequenceStartToken)
_CLOSES = (yaml.BlockEndToken, yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken)
MAX_BYTES = 512 * 1024
MAX_NODES = 20_000
MAX_DEPTH = 12


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a rulebook: where, what, and what to write instead.

    `line` and `column` count from 1. `severity` is "error" (the text is wrong), "unset" (a limit that the organisation
    must still set, PLT-10), "unavailable" (right, but nothing is built behind it yet) or "remark" (worth knowing). The first
    three block activation; drafts may hold all but errors.
    """

    line: int
    column: int
    place: str
    message: str
    severity: str = "error"

    def __str__(self) -> str:
        return f"{self.line}:{self.column}: {self.place}: {self.message}" if self.place else f"{self.line}:{self.column}: {self.message}"


class BadSource(Exception):
    """The text is no YAML that we accept; `problems` says where and why."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("; ".join(map(str, problems)))


@dataclass(slots=True)
class Source:
    """Parsed data with a position for every path: `("types", "fault", "title")`."""

    data: Any
    marks: dict[Path, tuple[int, int]] = field(default_factory=dict)

    def at(self, path: Path) -> tuple[int, int]:
        """Return line and column of `path`, or of its nearest ancestor that stands in the text."""
        while path and path not in self.marks:
            path = path[:-1]
        return self.marks.get(path, (1, 1))

    def problem(self, path: Path, message: str, severity: str = "error") -> Problem:
        """Return a problem at `path`."""
        line, column = self.at(path)
        return Problem(line, column, ".".join(map(str, path)), message, severity)


_PLAIN_INT = re.compile(r"-?(0|[1-9]\d*)\Z")
_PLAIN_FLOAT = re.compile(r"-?\d+\.\d+\Z")


def _scalar(node: yaml.ScalarNode) -> str | int | float | bool | None:
    """Resolve a scalar by YAML 1.2's small core: no surprise dates, octals, or `no` for false."""
    text = str(node.value)
    if node.style:  # quoted; plain is None or "", as the loader likes
        return text
    if text in ("", "~", "null"):
        return None
    if text in ("true", "false"):
        return text == "true"
    if _PLAIN_INT.match(text) and len(text) < 16:
        return int(text)
    if _PLAIN_FLOAT.match(text) and len(text) < 16:
        return float(text)
    return text


class _Builder:
    """Turns composed nodes into plain data, with a budget of nodes and depth."""

    def __init__(self) -> None:
        self.source = Source(None)
        self.problems: list[Problem] = []
        self.nodes = 0

    def build(self, node: yaml.Node, path: Path) -> Any:
        self.nodes += 1
        line, column = node.start_mark.line + 1, node.start_mark.column + 1
        if self.nodes > MAX_NODES or len(path) > MAX_DEPTH:
            raise BadSource([Problem(line, column, "", _("The rulebook is too large or too deeply nested."))])
        self.source.marks.setdefault(path, (line, column))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*path, index)) for index, item in enumerate(node.value)]
        assert isinstance(node, yaml.ScalarNode)
        return _scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            line, column = key_node.start_mark.line + 1, key_node.start_mark.column + 1
            if key in result:
                self.problems.append(
                    Problem(line, column, ".".join(map(str, path)), _("The key “%(key)s” stands twice here. Keep one.") % {"key": key})
                )
            self.source.marks[(*path, key)] = (line, column)
            result[key] = self.build(value_node, (*path, key))
        return result


def read_source(text: str) -> Source:
    """Parse a rulebook's text.

    Raises:
        BadSource: too large, no YAML, an alias or tag, a key twice.
    """
    if len(text.encode(errors="replace")) > MAX_BYTES:
        raise BadSource([Problem(1, 1, "", _("The rulebook is larger than %(limit)d KiB.") % {"limit": MAX_BYTES // 1024})])
    try:
        _refuse_aliases(text)
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as wrong:
        mark = wrong.problem_mark or wrong.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        message = _("This is no valid YAML: %(why)s. Check indentation, colons and quotes.") % {"why": wrong.problem}
        if _indented_with_tab(text, line):
            message = _("A line is indented with a tab here. Indent with spaces, two for each level.")
        raise BadSource([Problem(line, column, "", message)]) from wrong
    except (yaml.YAMLError, RecursionError, UnicodeError) as wrong:
        raise BadSource(
            [Problem(1, 1, "", _("This is no valid YAML: %(why)s. Check indentation, colons and quotes.") % {"why": wrong})]
        ) from wrong
    if not isinstance(node, yaml.MappingNode):
        raise BadSource([Problem(1, 1, "", _("A rulebook begins with “rulebook: its-name” and other keys."))])
    builder = _Builder()
    builder.source.data = builder.build(node, ())
    if builder.problems:
        raise BadSource(builder.problems)
    return builder.source


def _indented_with_tab(text: str, line: int) -> bool:
    here = text.split("\n")[line - 1 : line]
    return bool(here) and "\t" in here[0][: len(here[0]) - len(here[0].lstrip())]


def _refuse_aliases(text: str) -> None:
    """Refuse aliases (a small text could explode, or a cycle; a regulation needs none) and depth before anything is built.

    The fast loader descends natively, so that a text of thousands of brackets would end the process.
    """
    depth = 0
    for token in yaml.scan(text, Loader=_LOADER):
        line, column = token.start_mark.line + 1, token.start_mark.column + 1
        if isinstance(token, yaml.AliasToken | yaml.AnchorToken | yaml.TagToken):
            message = _("Anchors (&), aliases (*) and tags (!) are not allowed. Put the text in quotes, or write it out.")
            raise BadSource([Problem(line, column, "", message)])
        depth += isinstance(token, _OPENS) - isinstance(token, _CLOSES)
        if depth > MAX_DEPTH:
            raise BadSource([Problem(line, column, "", _("The rulebook is too large or too deeply nested."))])
