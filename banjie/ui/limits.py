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


def must_be_short(request: HttpRequest) -> None:
    """Refuse by the announced length a body that is larger than any upload; servers read no more than that.

    Raises:
        BodyTooLarge: it is, or its length is no number.
    """
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > settings.ENV.upload_limit + ROOM:
        megabytes = settings.ENV.upload_limit // (1024 * 1024) or 1
        raise BodyTooLarge(_("This is too large: at most %(n)d MB can be sent.") % {"n": megabytes})


class BodyLimitMiddleware:
    """Refuse bodies larger than the largest upload."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            must_be_short(request)
        except BodyTooLarge as refused:
            return refusal(request, refused)
        return self.get_response(request)
