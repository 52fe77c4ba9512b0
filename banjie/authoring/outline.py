"""Read what is there of a text that is still being written.

A YAML parser gives up at the first wrong line, and a text under somebody's hands is wrong most of the time. So this reads lines by
their indentation and braces, remembers what it understands, and passes over the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from banjie.rulebook.source import MAX_DEPTH, MAX_NODES, Path

_KEY = re.compile(r"""(?P<key>"[^"]*"|'[^']*'|[^\s\[\]{}#,"'][^\[\]{}#,"']*?)\s*:(?=\s|$)\s*""")
_TOKEN = re.compile(r""""(?:\\.|[^"\\])*"?|'[^']*'?|[\[\]{},]|:(?=\s|$)|(?<=\s)#.*|[^\s\[\]{},:#"'][^\s\[\]{},:#]*|\s+|.""")
_DASHES = re.compile(r"(?P<blanks> *)(?P<dashes>(?:- +|-$)*)")
_BLOCK_TEXT = re.compile(r"[|>][+-]?\d?\s*(#.*)?$")


@dataclass(slots=True)
class Outline:
    """Keys by the path of the mapping in which they stand, and the scalars and list items behind them."""

    keys: dict[Path, list[str]] = field(default_factory=dict)
    values: dict[Path, str] = field(default_factory=dict)

    def names(self, *path: str | int) -> list[str]:
        """Return the keys below `path`, in the order of the text."""
        return self.keys.get(path, [])

    def text(self, *path: str | int) -> str:
        """Return the scalar at `path`, or ""."""
        return self.values.get(path, "")

    def items(self, *path: str | int) -> list[str]:
        """Return the scalars of the list at `path`; of a single scalar that one."""
        found = [value for index in range(MAX_NODES) if (value := self.values.get((*path, index), "")) or None]
        return found or [value for value in [self.text(*path)] if value]


@dataclass(slots=True)
class _Frame:
    """An open mapping or list: at which indent a block stands, or the brace that opened it."""

    indent: int
    brace: str
    at: str | int | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody writes.

    `path` leads to the mapping (a key is being written) or to the value. `word` is what of it is there already, and `start` the
    column, from 0, where it begins.
    """

    path: Path
    is_key: bool
    word: str
    start: int


class _Reader:
    """Goes through the lines once, keeping the open mappings and lists."""

    def __init__(self) -> None:
        self.outline = Outline()
        self.frames: list[_Frame] = []
        self.text_indent: int | None = None
        self.brace_indent = 0
        self.word = ""
        self.start = 0

    @property
    def in_braces(self) -> bool:
        return bool(self.frames) and bool(self.frames[-1].brace)

    @property
    def path(self) -> Path:
        return tuple(frame.at for frame in self.frames if frame.at is not None)

    def line(self, line: str) -> None:
        """Take one line, or what stands before the cursor of the last one."""
        self.word, self.start = "", len(line)
        found = _DASHES.match(line)
        assert found is not None  # it may match nothing
        indent, rest = len(found["blanks"]), line[found.end() :]
        if self.in_braces and line.strip() and indent <= self.brace_indent:
            while self.in_braces:  # somebody is still to close them: what follows must be understood all the same
                self.frames.pop()
        if self.in_braces:
            self._flow(line, 0)
            return
        if not line.strip() or rest.startswith("#"):
            return
        if self.text_indent is not None and indent > self.text_indent:
            return
        self.text_indent = None
        self._close(indent, has_dash=bool(found["dashes"]))
        for place in range(found["dashes"].count("-")):
            self._item(indent + 2 * place)
        self._block(line, found.end())

    def blank(self, column: int) -> None:
        """Take an empty last line: its indentation says where the next key would stand."""
        if not self.in_braces:
            self._close(column, has_dash=False)

    def _close(self, indent: int, *, has_dash: bool) -> None:
        """End what stands at this indent or deeper; a list at the indent of its own key stays open for its next item."""
        while self.frames and not self.frames[-1].brace:
            last = self.frames[-1]
            is_item = isinstance(last.at, int)
            if last.indent < indent or (last.indent == indent and has_dash and (is_item or not self._has_item_before(indent))):
                return
            self.frames.pop()

    def _has_item_before(self, indent: int) -> bool:
        return any(isinstance(frame.at, int) and frame.indent == indent for frame in self.frames[:-1])

    def _item(self, indent: int) -> None:
        last = self.frames[-1] if self.frames else None
        if last is not None and not last.brace and isinstance(last.at, int) and last.indent == indent:
            last.at += 1
        else:
            self.frames.append(_Frame(indent, "", 0))

    def _block(self, line: str, column: int) -> None:
        found = _KEY.match(line, column)
        if found is None:
            self._scalar_or_flow(line, column)
            return
        key = _unquoted(found["key"])
        self._note_key(key)
        if len(self.frames) < 2 * MAX_DEPTH:
            self.frames.append(_Frame(column, "", key))
        self._scalar_or_flow(line, found.end())

    def _scalar_or_flow(self, line: str, column: int) -> None:
        rest = line[column:]
        if rest[:1] in ("{", "["):
            self.brace_indent = len(line) - len(line.lstrip(" "))
            self._flow(line, column)
        elif _BLOCK_TEXT.match(rest):
            self.text_indent = self.frames[-1].indent if self.frames else 0
        else:
            plain = rest.split(" #")[0].rstrip() if rest[:1] not in ("'", '"') else rest
            self.word, self.start = plain, column
            self._note_value(plain)

    def _flow(self, line: str, column: int) -> None:
        self.word, self.start = "", len(line)
        for token in _TOKEN.finditer(line, column):
            text = token[0]
            if text.startswith("#"):
                return
            if text in ("{", "["):
                if len(self.frames) < 2 * MAX_DEPTH:
                    self.frames.append(_Frame(0, text, None if text == "{" else 0))
            elif text in ("}", "]"):
                self._end_of_brace()
            elif text == ",":
                self._next()
            elif text == ":" and self.in_braces and self.frames[-1].brace == "{" and self.frames[-1].at is None:
                key = _unquoted(self.word.strip())
                self._note_key(key)
                self.frames[-1].at = key
            elif text.isspace() and not self.word:
                continue
            else:
                self.start = token.start() if not self.word else self.start
                self.word += text
                continue
            self.word, self.start = "", len(line)

    def _end_of_brace(self) -> None:
        self._note_flow_value()
        if self.in_braces:
            self.frames.pop()

    def _next(self) -> None:
        self._note_flow_value()
        if not self.in_braces:
            return
        last = self.frames[-1]
        if last.brace == "{":
            last.at = None
        elif isinstance(last.at, int):
            last.at += 1

    def _note_flow_value(self) -> None:
        if self.word and self.in_braces and self.frames[-1].at is not None:
            self._note_value(self.word.strip())

    def _note_key(self, key: str) -> None:
        known = self.outline.keys.setdefault(self.path, [])
        if key not in known and len(known) < MAX_NODES:
            known.append(key)

    def _note_value(self, text: str) -> None:
        if text:
            self.outline.values[self.path] = _unquoted(text)


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] in "\"'" and text[-1] == text[0] else text


def _lines(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        yield line.expandtabs(2)[:4000]


def outline_of(text: str) -> Outline:
    """Return the keys and scalars that can be made out, however unfinished the text is."""
    reader = _Reader()
    for line in _lines(text):
        reader.line(line)
    return reader.outline


def place_of(text: str, line: int, column: int) -> Place:
    """Return where a cursor stands; `line` counts from 1, `column` from 0."""
    reader = _Reader()
    before = text.split("\n")[:line]
    last = before.pop()[:column] if before else ""
    for one in before:
        reader.line(one.expandtabs(2)[:4000])
    if not last.strip():
        reader.blank(column)
        return Place(reader.path, is_key=not _after_item(reader), word="", start=column)
    reader.line(last[:4000])
    return Place(reader.path, _writes_key(reader, last), reader.word, reader.start)


def _after_item(reader: _Reader) -> bool:
    return reader.in_braces and reader.frames[-1].at is not None


def _writes_key(reader: _Reader, line: str) -> bool:
    if reader.in_braces:
        return reader.frames[-1].brace == "{" and reader.frames[-1].at is None
    found = _DASHES.match(line)
    return found is not None and _KEY.match(line, found.end()) is None
