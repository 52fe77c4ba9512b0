"""Where the browser finds the live-update process."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest


def live_url(request: HttpRequest) -> str:
    """Return the address of server-sent events as this browser reaches it, or the empty string when there is none.

    Behind a reverse proxy it is `BANJIE_LIVE_URL`; without one the same host under `BANJIE_LIVE_PORT`, which `banjie serve` sets.
    """
    if settings.ENV.live_url:
        return str(settings.ENV.live_url)
    if not settings.ENV.live_port:
        return ""
    host = urlsplit(f"//{request.get_host()}").hostname or ""
    return f"{request.scheme}://{f'[{host}]' if ':' in host else host}:{settings.ENV.live_port}/events"
