"""Middleware that lets views stay plain: they raise refusals and return redirects, whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url

from banjie.kernel.errors import Refused
from banjie.ui.responses import is_htmx, refusal


class HtmxMiddleware:
    """Turn refusals into pages or fragments, and redirects of htmx requests into navigation.

    A redirect to the sign-in page becomes 401, on which the browser code opens its sign-in dialog and keeps what was typed.
    Other redirects become `HX-Redirect`: after a form was accepted the whole next page is shown.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if is_htmx(request) and response.status_code in (301, 302, 303) and not request.headers.get("HX-Boosted"):
            return _navigation(response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer expected failures; others stay errors."""
        return refusal(request, exception) if isinstance(exception, Refused) else None


def _navigation(response: HttpResponse) -> HttpResponse:
    location = response["Location"]
    if urlsplit(location).path == urlsplit(resolve_url(settings.LOGIN_URL)).path:
        answer = HttpResponse(status=401)
    else:
        answer = HttpResponse(status=204, headers={"HX-Redirect": location})
    answer.cookies = response.cookies
    return answer
