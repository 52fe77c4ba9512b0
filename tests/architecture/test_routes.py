"""Nobody goes through a door that is not his: every page and every REST operation, tried by every role of the cast."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module
from importlib.util import find_spec

import orjson
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone
from ninja import NinjaAPI

from banjie.people.grants import forget
from banjie.people.models import Member
from banjie.people.verbs.tokens import create_token
from tests.architecture.routes import PEOPLE, ROUTES, Route
from tests.architecture.walk import API_ROOT, filled, operations, pages
from tests.cast import Cast

API: NinjaAPI | None = import_module("banjie.config.api").api if find_spec("banjie.config.api") else None
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
OF_CHANGSHA = (
    "tickets/<", "customers/<", "customers/assets/<", "insight/findings/<", "api:tickets/{", "api:customers/{",
)  # fmt: skip
PAGES = sorted(set(pages(get_resolver().url_patterns)))


def test_every_page_is_listed() -> None:
    assert set(PAGES) == {route.path for route in ROUTES if not route.is_rest}


def test_every_rest_operation_is_listed() -> None:
    assert set(operations(API) if API else ()) == {(route.method, route.path.removeprefix("api:")) for route in ROUTES if route.is_rest}


def test_no_door_is_listed_twice() -> None:
    keys = [(route.method, route.path) for route in ROUTES]

    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("path", PAGES)
def test_a_method_that_is_not_listed_is_refused(path: str, people: Cast) -> None:
    listed = [route for route in ROUTES if route.path == path]
    who = min(listed[0].may - {"nobody"}, default="admin")

    with furnished(listed[0], people) as place:
        answers = {method: answer(Route(method, path, listed[0].may, listed[0].arguments), place, who, people) for method in METHODS}

    assert {method for method, response in answers.items() if response.status_code != 405} == {route.method for route in listed}


@pytest.mark.parametrize("route", ROUTES, ids=[f"{route.method} {route.path}" for route in ROUTES])
def test_a_door_lets_in_who_may_and_nobody_else(route: Route, people: Cast) -> None:
    with furnished(route, people) as place:
        let_in = {name for name in PEOPLE if is_let_in(answer(route, place, name, people))}

    assert let_in == route.may


@pytest.mark.req("POS-03", "PLT-09")
@pytest.mark.parametrize("route", [r for r in ROUTES if r.path.startswith(OF_CHANGSHA)], ids=lambda route: f"{route.method} {route.path}")
def test_no_door_to_a_thing_of_changsha_opens_for_another_district(route: Route, people: Cast) -> None:
    """Whoever holds a post elsewhere by which somebody of Hunan goes in is not even told that it exists."""
    path = filled(route.path, dict(route.arguments(people)))
    for name, counterpart in {"gu_gz": "chen_hn", "sun_gz": "zhao", "liu_hn": "zhao"}.items():
        response = rest(route, path, name, people) if route.is_rest else page(route, path, name, people)

        assert not is_let_in(response), name
        assert response.status_code == 404 or counterpart not in route.may, name


@pytest.fixture
def people(cast: Cast) -> Cast:
    """The cast, with passwords of their own: a one-time password opens no other page."""
    Member.objects.update(must_change_password=False)
    return cast


@contextmanager
def furnished(route: Route, cast: Cast) -> Iterator[str]:
    """Make what the door leads to; yield its path. Whatever was made is undone."""
    with transaction.atomic():
        yield filled(route.path, dict(route.arguments(cast)))
        transaction.set_rollback(True)


def answer(route: Route, path: str, name: str, cast: Cast) -> HttpResponseBase:
    """Return what the door answers; whatever it did is undone."""
    with transaction.atomic():
        response = rest(route, path, name, cast) if route.is_rest else page(route, path, name, cast)
        for close in response._resource_closers:  # type: ignore[attr-defined]
            close()  # a download's file; response.close() would close the database too
        transaction.set_rollback(True)
    forget()
    return response


def page(route: Route, path: str, name: str, cast: Cast) -> HttpResponseBase:
    client = Client()
    if name != "nobody":
        client.force_login(getattr(cast, name).member)
    if route.method == "POST":
        return client.post(f"/{path}", dict(route.body))
    return client.generic(route.method, f"/{path}")


def rest(route: Route, path: str, name: str, cast: Cast) -> HttpResponseBase:
    headers = {}
    if name != "nobody":
        now = timezone.now()
        token = create_token(name="walk", scope="write", expires_at=now + timedelta(hours=1), by=getattr(cast, name).actor, at=now)
        headers["authorization"] = f"Bearer {token.secret}"
    where = f"/{API_ROOT}{path.removeprefix('api:')}{route.query}"
    if any(isinstance(value, bytes) for value in route.body.values()):
        files = {key: SimpleUploadedFile("a.txt", value) for key, value in route.body.items() if isinstance(value, bytes)}
        return Client(headers=headers).post(where, files)
    body = orjson.dumps(dict(route.body))
    return Client(headers=headers).generic(route.method, where, data=body, content_type="application/json")


def is_let_in(response: HttpResponseBase) -> bool:
    """Tell whether the door was open: a refusal of the shape (422) or of the state (409) comes from behind it."""
    assert response.status_code not in {405, 500}, response.status_code
    sent_to_sign_in = response.status_code == 302 and "/login/" in response["Location"]
    return response.status_code not in {401, 403, 404} and not sent_to_sign_in
