"""Who may open which door: the one table that every page and every REST operation stands in.

A new route fails `test_routes.py` until it is listed here. `path` is written as in urls.py; REST paths as in the API, with "api:" before them.
`may` names people of the cast; `by_whom` below are the usual groups. `arguments` makes example rows where a path has places to fill.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from banjie.worktime.drafts import CalendarDraft
from banjie.worktime.verbs.save_calendar import save_calendar
from tests.cast import LONG_AGO, Cast

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

    @property
    def is_rest(self) -> bool:
        return self.path.startswith("api:")


def get(path: str, may: frozenset[str] | set[str], arguments: Arguments = lambda _cast: {}) -> Route:
    """List a page that is read."""
    return Route("GET", path, frozenset(may), arguments)


def post(
    path: str, may: frozenset[str] | set[str], arguments: Arguments = lambda _cast: {}, body: Mapping[str, object] | None = None
) -> Route:
    """List a form that is sent. Without a body it is refused for its shape (422), which also tells that the door was open."""
    return Route("POST", path, frozenset(may), arguments, body or {})


def calendar_made(cast: Cast) -> Mapping[str, object]:
    """Make a calendar and return its place in a path."""
    draft = CalendarDraft(title="班", tz="Asia/Shanghai", weekly=(((540, 1080),),) * 7)
    save_calendar("walked", draft, by=cast.admin.actor, at=LONG_AGO)
    return {"code": "walked"}


ROUTES: tuple[Route, ...] = (
    # the face itself
    get("ui/gallery", ANYBODY),
    post("ui/language", ANYBODY),
    get("ui/session", SIGNED_IN),
    # calendars
    get("calendars/", {"admin"}),
    get("calendars/new", {"admin"}),
    post("calendars/new", {"admin"}),
    get("calendars/template.xlsx", {"admin"}),
    get("calendars/<slug:code>/", {"admin"}, calendar_made),
    get("calendars/<slug:code>/week", {"admin"}, calendar_made),
    post("calendars/<slug:code>/week", {"admin"}, calendar_made),
    post("calendars/<slug:code>/day", {"admin"}, calendar_made),
    post("calendars/<slug:code>/holidays", {"admin"}, calendar_made),
    post("calendars/<slug:code>/upload", {"admin"}, calendar_made),
)
