"""Content-Security-Policy of every page: our own files only, no inline code, the live-update process beside us."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

HEADER = "Content-Security-Policy"


class CspMiddleware:
    """Add the policy to every response that does not carry one.

    Settings: `LIVE_URL` (public address of the live-update process, may be empty) and `LIVE_PORT` (its port on the
    same host when there is no such address; 0 or missing: none).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault(HEADER, policy(live_origin(request)))
        return response


def live_origin(request: HttpRequest) -> str:
    """Return scheme, host and port of the live-update process as the browser reaches it, or the empty string."""
    public = urlsplit(getattr(settings, "LIVE_URL", "") or "")
    if public.scheme and public.netloc:
        return f"{public.scheme}://{public.netloc}"
    port = getattr(settings, "LIVE_PORT", 0)
    if not port:
        return ""
    host = urlsplit(f"//{request.get_host()}").hostname or ""
    return f"{request.scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def policy(live: str) -> str:
    """Return the policy text. `data:` pictures are the kit's form marks; `blob:` are previews of files about to be sent."""
    rules = {
        "default-src": "'self'",
        "connect-src": f"'self' {live}".strip(),
        "img-src": "'self' data: blob:",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())
