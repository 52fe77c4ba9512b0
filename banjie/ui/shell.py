"""What the frame around every page shows: who is signed in, where one can go, what is unread.

A middleware of an upper room sets `request.shell`; without one the frame is bare but whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

THEMES = ("auto", "light", "dark")


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the left navigation, or of the account menu. `key` is the letter after `g` that goes there; `group` heads a section.

    `count_url` is where the mark with its count is fetched from, which then keeps itself fresh.
    """

    title: str
    url: str
    icon: str
    active: bool = False
    badge: int = 0
    count_url: str = ""
    key: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Shell:
    """Everything the page frame draws that does not come from the page itself.

    Empty urls leave their control out. `live_url` is the address of the live-update process, `live_topic` the
    topic that refreshes the unread count, `bell_url` where `ui/_bell.html` is fetched again.
    """

    user_name: str = ""
    post_titles: tuple[str, ...] = ()
    nav: tuple[NavItem, ...] = ()
    unread: int = 0
    home_url: str = "/"
    search_url: str = ""
    inbox_url: str = ""
    bell_url: str = ""
    profile_url: str = ""
    account: tuple[NavItem, ...] = ()
    sign_out_url: str = ""
    live_url: str = ""
    live_topic: str = ""
    language: str = field(default_factory=lambda: get_language() or settings.LANGUAGE_CODE)
    theme: str = "auto"


def shell(request: HttpRequest | None) -> Shell:
    """Return the request's shell, or the bare one.

    The theme always follows the browser's cookie, so that no room needs to read it.
    """
    given = getattr(request, "shell", None)
    return given if isinstance(given, Shell) else Shell(theme=theme_of(request))


def theme_of(request: HttpRequest | None) -> str:
    """Return the theme that the person chose in this browser: auto, light or dark."""
    chosen = request.COOKIES.get("theme", "auto") if request is not None else "auto"
    return chosen if chosen in THEMES else "auto"
