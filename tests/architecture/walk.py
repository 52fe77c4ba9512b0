"""Walk every door: each URL pattern, and each operation of the REST API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver
from ninja import NinjaAPI

# Pages of libraries, tested by them; ours only signs people in through them.
FOREIGN = ("accounts/", "static/")
API_ROOT = "api/v1/"


def pages(patterns: list[Any], prefix: str = "") -> Iterator[str]:
    """Yield the route of every page of ours, as written in urls.py: "units/<int:unit_id>/move"."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if route.startswith(FOREIGN):
            continue
        if isinstance(pattern, URLResolver):
            if pattern.app_name != "ninja":
                yield from pages(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route


def operations(api: NinjaAPI) -> Iterator[tuple[str, str]]:
    """Yield method and path of every REST operation: ("GET", "tickets/{number}")."""
    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                for method in operation.methods:
                    yield method, "/".join(part.strip("/") for part in (prefix, path) if part.strip("/"))


def filled(route: str, arguments: dict[str, object]) -> str:
    """Return the route with its <converter:name> and {name} places filled."""
    for name, value in arguments.items():
        for converter in ("", "int:", "str:", "slug:", "uuid:", "path:"):
            route = route.replace(f"<{converter}{name}>", str(value)).replace(f"{{{converter}{name}}}", str(value))
    assert "<" not in route, f"{route}: give every argument an example"
    assert "{" not in route, f"{route}: give every argument an example"
    return route
