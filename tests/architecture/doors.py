"""What a line of the route table is, and who tries the doors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.cast import Cast

# One of each role; chen_hn and zhao belong to Hunan. "nobody" is not signed in.
PEOPLE = ("nobody", "mallory", "li", "wang_sup", "chen_hn", "boss_hn", "zhao", "admin", "auditor")
ANYBODY = frozenset(PEOPLE)
SIGNED_IN = ANYBODY - {"nobody"}

Arguments = Callable[[Cast], Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Route:
    """A door: method and path, who may go through it, and what to try it with."""

    method: str
    path: str
    may: frozenset[str]
    arguments: Arguments = field(default=lambda _cast: {})
    body: Mapping[str, object] = field(default_factory=dict)
    query: str = ""

    @property
    def is_rest(self) -> bool:
        return self.path.startswith("api:")


def get(path: str, may: frozenset[str] | set[str], arguments: Arguments = lambda _cast: {}, query: str = "") -> Route:
    """List a page that is read; `query` is what it must be asked with."""
    return Route("GET", path, frozenset(may), arguments, query=query)


def post(
    path: str, may: frozenset[str] | set[str], arguments: Arguments = lambda _cast: {}, body: Mapping[str, object] | None = None
) -> Route:
    """List a form that is sent. Without a body it is refused for its shape (422), which also tells that the door was open."""
    return Route("POST", path, frozenset(may), arguments, body or {})


READERS = {"li", "wang_sup", "chen_hn", "boss_hn", "zhao", "admin", "auditor"}
OVER_UNITS = READERS - {"zhao"}
RULE_EDITORS = {"admin", "wang_sup"}
