"""Middleware: refusals, redirects of htmx requests, the security policy."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.http import HttpResponse, HttpResponseRedirect
from django.test import RequestFactory
from django.urls import reverse
from pytest_django.fixtures import Settings

from banjie.kernel.errors import FieldError, InvalidInput, Unseen
from banjie.ui.csp import CspMiddleware
from banjie.ui.htmx import HtmxMiddleware
from banjie.ui.live import live_url

HTMX = {"HTTP_HX_REQUEST": "true"}


def answer(response: HttpResponse, rf: RequestFactory, **headers: str) -> HttpResponse:
    return HtmxMiddleware(lambda _request: response)(rf.post("/x", **headers))  # type: ignore[arg-type]


def test_a_refusal_becomes_a_fragment_for_htmx(rf: RequestFactory) -> None:
    refused = InvalidInput("有一处需要更正。", clause="五.3", errors=[FieldError("phone", "请填写<电话>。")])

    response = HtmxMiddleware(HttpResponse).process_exception(rf.post("/x", **HTMX), refused)  # type: ignore[arg-type]

    assert response is not None
    assert (response.status_code, response["X-Fragment"]) == (422, "refusal")
    html = response.content.decode()
    assert "<html" not in html
    assert 'data-field-error="phone">请填写&lt;电话&gt;。' in html
    assert "五.3" in html


def test_a_refusal_becomes_a_page_otherwise(rf: RequestFactory) -> None:
    response = HtmxMiddleware(HttpResponse).process_exception(rf.get("/x"), Unseen())

    assert response is not None
    assert response.status_code == 404
    assert "<html" in response.content.decode()


def test_an_unexpected_error_stays_an_error(rf: RequestFactory) -> None:
    assert HtmxMiddleware(HttpResponse).process_exception(rf.get("/x"), ZeroDivisionError()) is None


def test_a_redirect_after_a_form_becomes_navigation(rf: RequestFactory) -> None:
    redirect = HttpResponseRedirect("/next")
    redirect.set_cookie("messages", "kept")

    response = answer(redirect, rf, **HTMX)

    assert (response.status_code, response["HX-Redirect"]) == (204, "/next")
    assert response.cookies["messages"].value == "kept"


def test_a_session_that_ended_becomes_401_so_that_the_page_stays(rf: RequestFactory) -> None:
    response = answer(HttpResponseRedirect(reverse("account_login") + "?next=/x"), rf, **HTMX)

    assert response.status_code == 401
    assert "HX-Redirect" not in response


def test_a_plain_redirect_stays_one(rf: RequestFactory) -> None:
    assert answer(HttpResponseRedirect("/next"), rf).status_code == 302


@pytest.mark.parametrize(
    ("url", "port", "host", "expected"),
    [
        ("https://desk.example/events", 0, "desk.example", "https://desk.example/events"),
        ("", 8001, "127.0.0.1:8000", "http://127.0.0.1:8001/events"),
        ("", 8001, "[::1]:8000", "http://[::1]:8001/events"),
        ("", 0, "127.0.0.1:8000", ""),
    ],
)
def test_live_updates_are_found_behind_a_proxy_and_without_one(
    rf: RequestFactory, settings: Settings, url: str, port: int, host: str, expected: str
) -> None:
    settings.ENV = SimpleNamespace(live_url=url, live_port=port)
    settings.ALLOWED_HOSTS = ["*"]

    assert live_url(rf.get("/", HTTP_HOST=host)) == expected


def test_the_policy_allows_our_own_files_and_the_live_process_only(rf: RequestFactory, settings: Settings) -> None:
    settings.ENV = SimpleNamespace(live_url="", live_port=8001)

    policy = CspMiddleware(lambda _request: HttpResponse())(rf.get("/", HTTP_HOST="127.0.0.1:8000"))["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "connect-src 'self' http://127.0.0.1:8001;" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
