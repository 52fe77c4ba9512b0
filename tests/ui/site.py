"""A small site for the browser tests: the gallery and one door whose answer each test chooses. Needs no database."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from types import SimpleNamespace
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.test import override_settings
from django.urls import include, path
from django.utils.translation import get_language

from banjie.kernel.errors import FieldError, InvalidInput
from banjie.ui.shell import NavItem, Shell, theme_of

ANSWERS: list[str] = []  # what the door answers next: refuse, signed-out, next, broken; the last one stays
SEEN: list[dict[str, str]] = []  # what it was sent
LIVE = SimpleNamespace(live_url="", live_port=0)


def door(request: HttpRequest) -> HttpResponse:
    """Answer as the test wants."""
    SEEN.append({name: str(value) for name, value in request.POST.items()})
    wanted = ANSWERS.pop(0) if len(ANSWERS) > 1 else ANSWERS[0]
    if wanted == "refuse":
        raise InvalidInput("有两处需要更正。", clause="五.3", errors=[FieldError("title", "请填写事项。"), FieldError("note", "太短。")])
    if wanted == "signed-out":
        return redirect("/accounts/login/?next=/door")
    if wanted == "broken":
        return HttpResponse(status=500)
    return redirect("/ui/gallery?done")


def with_shell(get_response: Any) -> Any:
    """Stand in for the upper room's middleware that fills the frame."""

    def middleware(request: HttpRequest) -> HttpResponse:
        nav = (
            NavItem("待办", "/ui/gallery?queue", "inbox", active=True, badge=128, key="q", group="工作"),
            NavItem("资料", "/ui/gallery", "users", group="工作"),
        )
        request.shell = Shell(  # type: ignore[attr-defined]
            user_name="王示例", post_titles=("坐席",), nav=nav, unread=3, search_url="/ui/gallery", inbox_url="#", sign_out_url="/out",
            live_url=request.COOKIES.get("live", ""), language=get_language() or "", theme=theme_of(request),
        )  # fmt: skip
        return get_response(request)  # type: ignore[no-any-return]

    return middleware


urlpatterns = [
    path("ui/", include("banjie.ui.urls")),
    path("door", door),
    path("accounts/login/", lambda _request: HttpResponse("sign in"), name="account_login"),
]

SETTINGS = {
    "ROOT_URLCONF": "tests.ui.site",
    "ALLOWED_HOSTS": ["127.0.0.1"],
    "SESSION_ENGINE": "django.contrib.sessions.backends.signed_cookies",
    "MESSAGE_STORAGE": "django.contrib.messages.storage.cookie.CookieStorage",
    "MIDDLEWARE": [
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.locale.LocaleMiddleware",
        "banjie.ui.csp.CspMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "tests.ui.site.with_shell",
        "banjie.ui.htmx.HtmxMiddleware",
    ],
}


class _Threads(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@contextmanager
def serving(**more: object) -> Iterator[str]:
    """Serve the site on a free local port; yield its address."""
    with override_settings(**SETTINGS, **more):
        server = make_server("127.0.0.1", 0, StaticFilesHandler(WSGIHandler()), server_class=_Threads, handler_class=_Quiet)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
