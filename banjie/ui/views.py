"""Doors of the face itself: the gallery, the sign-in check of open pages, error pages."""

from __future__ import annotations

import sys

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from banjie.kernel.errors import Refused
from banjie.kernel.outage import RETRY_AFTER, is_outage
from banjie.ui import gallery as examples
from banjie.ui.responses import error_page, refusal


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Show each component with neutral examples."""
    return render(request, "ui/gallery.html", examples.context(now=timezone.now()))


@require_safe
def session(request: HttpRequest) -> HttpResponse:
    """Tell an open page whether it is still signed in: 204 or 401. Its Date header also sets the page's clocks."""
    response = HttpResponse(status=204 if request.user.is_authenticated else 401)
    response["Cache-Control"] = "no-store"
    return response


class TooMuch(Refused):
    """More was sent than a form may hold."""

    status = 413
    code = "too-much"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Serve as `handler400`; a form that is too long gets a sentence of its own, and keeps what was typed."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent):
        return refusal(
            request, TooMuch(_("What was sent is far too long. Shorten the longest entry, then send again; nothing was changed."))
        )
    return error_page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Serve as `handler403`."""
    return error_page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Serve as `handler404`."""
    return error_page(request, 404)


def broken(request: HttpRequest) -> HttpResponse:
    """Serve as `handler500`; reads neither session nor database. While the database is away it answers 503: that passes."""
    if not is_outage(sys.exc_info()[1]):
        return error_page(request, 500)
    response = error_page(request, 503)
    response["Retry-After"] = RETRY_AFTER
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Serve as `CSRF_FAILURE_VIEW`: almost always a page that was open since before the last sign-in."""
    return error_page(request, 403, _("This page is older than your sign-in. Go back, reload it and send again."))
