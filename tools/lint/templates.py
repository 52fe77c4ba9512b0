"""Rules about templates: what the content security policy forbids, and what belongs elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tools.lint.source import Finding, Source, rule

HANDLER = re.compile(r"<[a-zA-Z][^<>]*?\s(?P<name>on[a-z]+|hx-on[:\w-]*)\s*=\s*[\"']", re.DOTALL)
SCRIPT = re.compile(r"<script\b(?P<attributes>[^>]*)>", re.IGNORECASE | re.DOTALL)
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)


def _without_comments(source: Source) -> str:
    """The text with Jinja comments blanked, line by line, so that positions stay."""
    return COMMENT.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), source.text)


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


@rule("inline-handler", reads="templates")
def inline_handler(source: Source) -> Iterator[Finding]:
    """Refuse onclick= and hx-on=: the page's security policy forbids inline code, and nobody finds it there."""
    text = _without_comments(source)
    for match in HANDLER.finditer(text):
        yield source.finding(
            _line(text, match.start("name")), "inline-handler", f"{match['name']}= : listen from a script file (data attributes)"
        )


@rule("inline-script", reads="templates")
def inline_script(source: Source) -> Iterator[Finding]:
    """Refuse a script without src; blocks of data (type application/json) are data, not code."""
    text = _without_comments(source)
    for match in SCRIPT.finditer(text):
        if not re.search(r"\bsrc\s*=|type\s*=\s*[\"']application/(?:ld\+)?json", match["attributes"]):
            yield source.finding(_line(text, match.start()), "inline-script", "move the code into the bundle")


@rule("unsafe-markup", reads="templates")
def unsafe_markup(source: Source) -> Iterator[Finding]:
    """Refuse |safe and autoescape off: one of them is enough for a customer's text to run as code."""
    text = _without_comments(source)
    for match in re.finditer(r"\|\s*safe\b|autoescape\s+false|\bMarkup\(", text):
        yield source.finding(_line(text, match.start()), "unsafe-markup", "let Jinja escape; pass markup as a macro")


@rule("query-in-template", reads="templates")
def query_in_template(source: Source) -> Iterator[Finding]:
    """Refuse query calls in templates: the page's query budget is spent in its view."""
    text = _without_comments(source)
    for match in re.finditer(r"\.(?:objects|filter|all|exists|count|order_by|select_related)\b\s*(?:\(|\.)", text):
        yield source.finding(_line(text, match.start()), "query-in-template", f"{match[0].strip()} : pass the rows from the view")


@rule("whole-fragment", reads="templates")
def whole_fragment(source: Source) -> Iterator[Finding]:
    """Refuse a fragment (_name.html) that extends a page: what htmx swaps in must not bring a second <html>."""
    if source.name.startswith("_") and re.search(r"\{%-?\s*extends\b", source.text):
        yield source.finding(1, "whole-fragment", "a fragment extends nothing; the page includes it")
