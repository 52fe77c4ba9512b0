"""Middleware that refuses a body before it is read: nobody fills the disk with an upload that would be refused anyway."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from banjie.kernel.errors import Refused
from banjie.ui.responses import refusal

# Boundaries and the other fields of a form that carries a file.
ROOM = 1024 * 1024


class BodyTooLarge(Refused):
    """The request is larger than any upload may be."""

    status = 413
    code = "body-too-large"


class BodyLimitMiddleware:
    """Refuse bodies larger than the largest upload by the length that they announce; servers read no more than that."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        limit = settings.ENV.upload_limit + ROOM
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) > limit:
            megabytes = settings.ENV.upload_limit // (1024 * 1024) or 1
            return refusal(request, BodyTooLarge(_("This is too large: at most %(n)d MB can be sent.") % {"n": megabytes}))
        return self.get_response(request)
