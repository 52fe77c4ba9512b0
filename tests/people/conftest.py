"""Pages are tested through the middleware that turns refusals into answers."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from pytest_django import Settings

_NEEDED = "banjie.ui.htmx.HtmxMiddleware"


@pytest.fixture(autouse=True)
def _refusals_are_pages(settings: Settings, request: pytest.FixtureRequest) -> None:
    if _NEEDED not in settings.MIDDLEWARE:
        settings.MIDDLEWARE = [*settings.MIDDLEWARE, _NEEDED]
    if "db" in request.fixturenames or "cast" in request.fixturenames:
        request.getfixturevalue("db")
        cache.clear()
