"""The REST API's own way in. It knows tokens only, so it goes past the sessions, cookies, messages and forms of pages."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.translation import gettext as _

from banjie.kernel.answers import problem, refusal
from banjie.kernel.errors import Refused
from banjie.ui.limits import must_be_short

PREFIX = "/api/v1/"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Vary": "Authorization, Accept-Language",
}


class ApiDoor:
    """Middleware, the first of all: answers REST itself and leaves everything else to the rest."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        with translation.override(translation.get_language_from_request(request)):
            response = _answer(request)
            response.headers["Content-Language"] = translation.get_language()
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if not response.streaming:
            response.headers["Content-Length"] = str(len(response.content))
        return response


def _answer(request: HttpRequest) -> HttpResponse:
    try:
        request.get_host()
        must_be_short(request)
        match = request.resolver_match = resolve(request.path_info)
        answer: HttpResponse = match.func(request, *match.args, **match.kwargs)
    except DisallowedHost:
        return problem(400, "unknown-host", _("This site has another name."))
    except Refused as refused:
        return refusal(refused)
    except Resolver404:
        return problem(404, "not-found", _("Nothing is here, or it is not yours to see."))
    return answer
