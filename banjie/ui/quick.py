"""The functions that templates call hundreds of times on a page, remembered: texts, static files, plain addresses.

Nothing here changes while a process runs: catalogues, the manifest of static files and the table of addresses.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.templatetags import static as django_static
from django.urls import get_script_prefix, reverse
from django.utils import translation
from markupsafe import Markup, escape

MOST_TEXTS = 20_000


def printed(value: object) -> str:
    """Return a value as it goes into a page."""
    kind = type(value)
    if kind is str:
        return html.escape(value)  # type: ignore[arg-type]
    return str(value) if kind is Markup or kind is int else str(escape(value))


def gettext(text: str, /, **values: object) -> Markup:
    """Return the translation, a format string of markup, with the values escaped and filled in."""
    language = translation.get_language()
    return _translated("", text, language) % values if values else _filled("", text, language)


def pgettext(context: str, text: str, /, **values: object) -> Markup:
    """Return the translation of a text that means different things in different places."""
    language = translation.get_language()
    return _translated(context, text, language) % values if values else _filled(context, text, language)


def ngettext(one: str, many: str, n: int, /, **values: object) -> Markup:
    """Return the translation for a number of things; `num` is the number."""
    return Markup(translation.ngettext(one, many, n)) % {"num": n, **values}  # noqa: S704  our own catalogues


@lru_cache(MOST_TEXTS)
def _translated(context: str, text: str, _language: str | None) -> Markup:
    return Markup(translation.pgettext(context, text) if context else translation.gettext(text))  # noqa: S704


@lru_cache(MOST_TEXTS)
def _filled(context: str, text: str, language: str | None) -> Markup:
    """Return a text without values: `%%` becomes a percent sign."""
    return _translated(context, text, language) % {}


@lru_cache(1000)
def static(path: str) -> str:
    """Return the address of a static file."""
    return django_static.static(path)


def url(name: str, *args: object, query: Mapping[str, Any] | None = None, fragment: str | None = None, **kwargs: object) -> str:
    """Return the address of a named page, with a query string if given."""
    if args or kwargs or query or fragment:
        return reverse(name, args=args or None, kwargs=kwargs or None, query=query, fragment=fragment)
    return _address(name, get_script_prefix())


@lru_cache(1000)
def _address(name: str, _prefix: str) -> str:
    return reverse(name)
