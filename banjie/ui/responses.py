"""How a refusal looks: a fragment inside the form for htmx, a whole page otherwise."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from banjie.kernel.errors import Refused


def is_htmx(request: HttpRequest) -> bool:
    """Tell whether htmx asks for a fragment."""
    return request.headers.get("HX-Request") == "true"


def refusal(request: HttpRequest, refused: Refused) -> HttpResponse:
    """Render a refusal with its own status, clause and field errors.

    The browser code puts a fragment (header `X-Fragment: refusal`) into the form's error area and marks its fields.
    """
    if not is_htmx(request):
        return error_page(request, refused.status, refused.message, clause=refused.clause, errors=refused.errors)
    response = render(request, "ui/_refusal.html", {"refused": refused}, status=refused.status)
    response["X-Fragment"] = "refusal"
    return response


def error_page(request: HttpRequest, status: int, message: str = "", *, clause: str = "", errors: tuple[object, ...] = ()) -> HttpResponse:
    """Render the whole-page form of an error in plain words."""
    title, advice = _words(status)
    context = {"status": status, "title": title, "message": message or advice, "clause": clause, "errors": errors}
    return render(request, "ui/error.html", context, status=status)


def _words(status: int) -> tuple[str, str]:
    return {
        400: (_("The request was not understood"), _("Go back and try again.")),
        403: (_("Your role does not allow this"), _("Ask your administrator for the permission.")),
        404: (_("Nothing is here"), _("It was moved, or it is not yours to see. Check the number, or search for it.")),
        409: (_("This is not possible now"), _("Somebody was faster, or a rule forbids it. Reload and look again.")),
        413: (_("This is too large"), _("Go back, shorten it or choose a smaller file, and send again.")),
        422: (_("Some entries are missing or wrong"), _("Go back and correct them.")),
        503: (_("Not available for a moment"), _("Nothing was changed. Try again in a minute.")),
    }.get(status, (_("Something went wrong on our side"), _("Nothing was changed. Try again; if it stays, tell your administrator.")))
