"""The one Jinja2 environment of all our pages."""

from __future__ import annotations

from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest
from jinja2 import Environment, StrictUndefined

from banjie.ui.filters import FILTERS
from banjie.ui.quick import gettext, ngettext, pgettext, static, url
from banjie.ui.shell import shell, theme_of
from banjie.ui.texts import browser_texts


def environment(**options: Any) -> Environment:
    """Build the environment: autoescaping, strict about undefined names, texts in the active language.

    Translated texts are format strings (newstyle): a literal percent sign is written `%%`.
    """
    options |= {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True, "extensions": ["jinja2.ext.i18n"]}
    env = Environment(**options)  # noqa: S701  Django's backend passes autoescape=True
    env.policies["ext.i18n.trimmed"] = True
    env.newstyle_gettext = True  # type: ignore[attr-defined]  # added by the i18n extension, as is `_`
    env.globals |= {
        "browser_texts": browser_texts,
        "gettext": gettext,
        "messages_of": messages_of,
        "ngettext": ngettext,
        "pgettext": pgettext,
        "shell_of": shell,
        "static": static,
        "theme_of": theme_of,
        "url": url,
    }
    env.filters |= FILTERS
    return env


def messages_of(request: HttpRequest | None) -> list[dict[str, str]]:
    """Return the one-time messages of this session as toasts, and drop them."""
    if request is None or not hasattr(request, "_messages"):
        return []
    tones = {"success": "ok", "warning": "warn", "error": "bad"}
    return [{"text": str(one.message), "tone": tones.get(one.level_tag, "info")} for one in get_messages(request)]
