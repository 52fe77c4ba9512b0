"""Texts that an expression compares a choice, a state or a type with: a slip of the pen there would never hold, and nobody would know."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from banjie.rulebook.language import Field_
from banjie.rulebook.scan import Token, closing, tokens

if TYPE_CHECKING:
    from collections.abc import Mapping

    from banjie.rulebook.checks.checker import Checker
    from banjie.rulebook.source import Path

_EQUAL = {"==", "!="}


def check(c: Checker, path: Path, text: str, fields: Mapping[str, Field_]) -> None:
    """Check every text that is compared with something of which only some values exist."""
    allowed: dict[str, tuple[Collection[str], str]] = {
        name: (field.choices.keys(), _("choice")) for name, field in fields.items() if field.kind == "choice"
    }
    allowed["ticket.state"] = ({s for p in c.book.processes.values() for s in p.states}, _("state"))
    allowed["ticket.type"] = (c.book.types.keys(), _("type"))
    for name, literal in _compared(tokens(text)):
        if name in allowed and literal:
            c.known(literal, allowed[name][0], path, allowed[name][1])


def _compared(found: list[Token]) -> Iterator[tuple[str, str]]:
    """Yield each name with a text that it is compared with: name == 'a', 'a' == name, name in ['a', 'b']."""
    for index, token in enumerate(found):
        if token.text in _EQUAL and 0 < index < len(found) - 1:
            if found[index + 1].kind == "text":
                yield _name_before(found, index), _inside(found[index + 1])
            elif found[index - 1].kind == "text":
                yield _name_after(found, index), _inside(found[index - 1])
        elif token.text == "in" and index < len(found) - 1 and found[index + 1].text == "[":
            for inside in found[index + 2 : closing(found, index + 1)]:
                if inside.kind == "text":
                    yield _name_before(found, index), _inside(inside)


def _name_before(found: list[Token], index: int) -> str:
    if index > 2 and found[index - 2].text == ".":
        return f"{found[index - 3].text}.{found[index - 1].text}"
    return found[index - 1].text


def _name_after(found: list[Token], index: int) -> str:
    if index + 3 < len(found) and found[index + 2].text == ".":
        return f"{found[index + 1].text}.{found[index + 3].text}"
    return found[index + 1].text


def _inside(token: Token) -> str:
    return token.text.lstrip("rRbB")[1:-1]
