"""The WSGI application: pages and REST, with a health check in front that needs no host name, session or language."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "banjie.config.settings")

from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError, close_old_connections, connection

from banjie.server.processes import follow_parent

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

if "BANJIE_SUPERVISED" in os.environ:
    follow_parent()  # the web server's workers: nobody else ends them when their master is killed

_pages = get_wsgi_application()


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer /healthz here and everything else with Django."""
    if environ.get("PATH_INFO") != "/healthz":
        return _pages(environ, start_response)
    close_old_connections()
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
        status, body = "200 OK", b"ok\n"
    except DatabaseError:
        status, body = "503 Service Unavailable", b"no database\n"
    start_response(status, [("Content-Type", "text/plain"), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")])
    return [body]
