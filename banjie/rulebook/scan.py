"""Look at the text of an expression: its words, its list macros, and the names that are free in it."""

from __future__ import annotations

import re
from dataclasses import dataclass

MACROS = frozenset({"map", "filter", "all", "exists", "exists_one"})
_WORDS_OF_CEL = frozenset({"true", "false", "null", "in"})
_TOKEN = re.compile(
    r"""(?P<blank>\s+|//[^\n]*)
      | (?P<text>[bB]?[rR][bB]?(?:'[^'\n]*'|"[^"\n]*") | [bB]?(?:'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"))
      | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?u?)
      | (?P<word>[A-Za-z_]\w*)
      | (?P<sign>&&|\|\||[<>=!]=|.)""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number, text or sign."""

    kind: str
    text: str

    @property
    def is_literal(self) -> bool:
        return self.kind in {"text", "number"} or self.text in {"true", "false", "null"}


@dataclass(frozen=True, slots=True)
class Macro:
    """A list macro: where its parentheses open and close (indices of tokens), and its variable."""

    name: str
    variable: str
    opens: int
    closes: int

    def holds(self, index: int) -> bool:
        """Tell whether the token at `index` stands inside."""
        return self.opens < index < self.closes


def tokens(text: str) -> list[Token]:
    """Return the tokens of an expression, without blanks and comments."""
    return [Token(found.lastgroup or "", found[0]) for found in _TOKEN.finditer(text) if found.lastgroup != "blank"]


def closing(found: list[Token], opens: int) -> int:
    """Return the index of the bracket that closes the one at `opens` (the end of the text if none does)."""
    depth = 0
    for index in range(opens, len(found)):
        if found[index].text in {"(", "[", "{"}:
            depth += 1
        elif found[index].text in {")", "]", "}"}:
            depth -= 1
            if depth == 0:
                return index
    return len(found)


def macros(found: list[Token]) -> list[Macro]:
    """Return the list macros: `list.all(one, condition)` and its siblings."""
    result = []
    for index in range(1, len(found) - 3):
        dot, name, bracket, variable, comma = found[index - 1 : index + 4]
        if (dot.text, bracket.text, comma.text) == (".", "(", ",") and name.text in MACROS and variable.kind == "word":
            result.append(Macro(name.text, variable.text, index + 1, closing(found, index + 1)))
    return result


def free_names(found: list[Token], bound: list[Macro]) -> frozenset[str]:
    """Return the variables that are read and not bound by a macro around them; members and functions are none."""
    names = set()
    for index, token in enumerate(found):
        before = found[index - 1].text if index else ""
        after = found[index + 1].text if index + 1 < len(found) else ""
        if token.kind != "word" or token.text in _WORDS_OF_CEL or before == "." or after == "(":
            continue
        if not any(macro.variable == token.text and macro.holds(index) for macro in bound):
            names.add(token.text)
    return frozenset(names)


def members(found: list[Token], name: str) -> frozenset[str]:
    """Return the members that are read of a variable: {"state"} for `ticket.state == "x"`."""
    return frozenset(
        found[index + 2].text
        for index in range(len(found) - 2)
        if found[index].text == name and found[index + 1].text == "." and (index == 0 or found[index - 1].text != ".")
    )
