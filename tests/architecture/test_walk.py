"""The walk finds every door."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from ninja import NinjaAPI, Router

from tests.architecture.walk import filled, operations, pages


def view(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.method)


def one(request: HttpRequest, number: str) -> str:
    return number


def two(request: HttpRequest, number: str, name: str) -> str:
    return number + name


def three(request: HttpRequest) -> str:
    return ""


def some_api() -> NinjaAPI:
    api, router, inner = NinjaAPI(urls_namespace="walked"), Router(), Router()
    router.get("/{number}")(one)
    router.post("/{number}/actions/{name}")(two)
    inner.delete("/")(three)
    api.add_router("tickets", router)
    router.add_router("files", inner)
    return api


def test_pages_are_found_in_included_patterns_but_not_those_of_libraries() -> None:
    units = [path("", view), path("<int:unit_id>/move", view)]
    patterns = [
        path("", view),
        path("units/", include(units)),
        path("accounts/", include([path("login/", view)])),
        path("api/v1/", some_api().urls),
    ]

    assert list(pages(patterns)) == ["", "units/", "units/<int:unit_id>/move"]


def test_operations_are_found_in_nested_routers() -> None:
    api = some_api()
    _ = api.urls  # nested routers are joined here

    assert set(operations(api)) == {("GET", "tickets/{number}"), ("POST", "tickets/{number}/actions/{name}"), ("DELETE", "tickets/files")}


def test_places_in_a_path_are_filled() -> None:
    assert filled("units/<int:unit_id>/posts/{post}", {"unit_id": 7, "post": "a"}) == "units/7/posts/a"


def test_a_place_without_an_example_is_named() -> None:
    with pytest.raises(AssertionError, match="give every argument an example"):
        filled("units/<int:unit_id>/", {})
