"""The one Jinja2 environment of all our pages."""

from __future__ import annotations

from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest
from jinja2 import Environment, StrictUndefined, nodes
from jinja2.compiler import CodeGenerator, Frame

from banjie.ui.filters import FILTERS
from banjie.ui.quick import gettext, ngettext, pgettext, printed, static, url
from banjie.ui.shell import shell, theme_of
from banjie.ui.texts import browser_texts


class Generator(CodeGenerator):
    """Jinja's, but what a template prints is escaped without being wrapped as markup: a list prints 1 600 values a page."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile and finalize.src is None:
            self.write("environment.printed(")
        else:
            super()._output_child_pre(node, frame, finalize)


class Pages(Environment):
    """Our environment. `printed` is what the generated code calls."""

    code_generator_class = Generator
    printed = staticmethod(printed)


def environment(**options: Any) -> Environment:
    """Build the environment: autoescaping, strict about undefined names, texts in the active language.

    Translated texts are format strings (newstyle): a literal percent sign is written `%%`.
    """
    options |= {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True, "extensions": ["jinja2.ext.i18n"]}
    env = Pages(**options)
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
