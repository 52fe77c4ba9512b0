"""Content-Security-Policy of every page: our own files only, no inline code, the live-update process beside us."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from banjie.ui.live import live_url

HEADER = "Content-Security-Policy"


class CspMiddleware:
    """Add the policy to every response that does not carry one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault(HEADER, policy(live_url(request)))
        return response


def policy(live: str, *, style_nonce: str = "") -> str:
    """Return the policy text; `live` is the address of the live-update process, or empty.

    `style_nonce` lets the one script of a page that knows it write styles of its own: the text editor measures and builds them.
    `data:` pictures are the kit's form marks; `blob:` are previews of files about to be sent.
    """
    origin = "/".join(live.split("/", 3)[:3]) if live.startswith("http") else ""
    rules = {
        "default-src": "'self'",
        "connect-src": f"'self' {origin}".strip(),
        "img-src": "'self' data: blob:",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    if style_nonce:
        rules["style-src"] = f"'self' 'nonce-{style_nonce}'"
    return "; ".join(f"{name} {value}" for name, value in rules.items())
