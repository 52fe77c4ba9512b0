"""What all pages of this room share: tabs, the moment, secrets shown once."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from banjie.kernel.excel import MIME
from banjie.people.access import actor_of
from banjie.people.certificates import may_see_certificates
from banjie.people.permissions import Permission
from banjie.ui.responses import is_htmx

# Whoever examines sees the certificates, too, without any permission of his role: hence no permission there.
_TABS = (
    ("people:units", gettext_lazy("Units"), Permission.UNIT_MANAGE),
    ("people:members", gettext_lazy("Members"), Permission.MEMBER_MANAGE),
    ("people:certificates", gettext_lazy("Certificates"), None),
    ("people:roles", gettext_lazy("Roles"), Permission.ROLE_MANAGE),
    ("people:tokens", gettext_lazy("Tokens"), Permission.TOKEN_MANAGE),
    ("people:log", gettext_lazy("Administration log"), Permission.AUDIT_READ),
)


def page(request: HttpRequest, template: str, tab: str, **context: Any) -> HttpResponse:
    """Render an administration page with the tabs that this person may open."""
    actor = actor_of(request)
    tabs = [
        {"title": title, "url": reverse(name), "active": name == tab}
        for name, title, needed in _TABS
        if (actor.may(needed) if needed else may_see_certificates(actor))
    ]
    return render(request, template, {"tabs": tabs, "now": timezone.now(), **context})


def secret(request: HttpRequest, title: str, text: str, **context: Any) -> HttpResponse:
    """Show a password or token once: into the form's place, or as a page of its own; never from a cache."""
    template = "people/_secret.html" if is_htmx(request) else "people/secret.html"
    response = render(request, template, {"title": title, "secret": text, "note": "", "back": "", **context})
    response["Cache-Control"] = "no-store"
    return response


def download(content: bytes, name: str) -> HttpResponse:
    """Send a workbook."""
    response = HttpResponse(content, content_type=MIME)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}.xlsx"
    response["Cache-Control"] = "no-store"
    return response


def shown_once() -> str:
    """Return the sentence beside each secret."""
    return _("It is shown only now. Copy it or write it down before you leave this page.")
