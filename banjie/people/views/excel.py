"""Doors for workbooks: members in, members and log out."""

from __future__ import annotations

import base64

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from banjie.kernel.errors import FieldError, InvalidInput
from banjie.kernel.excel import MIME
from banjie.people.access import actor_of, needs
from banjie.people.permissions import Permission
from banjie.people.queries import members_for
from banjie.people.sheets import import_template, members_sheet, password_sheet
from banjie.people.verbs.import_members import MOST_BYTES, MOST_ROWS, import_members
from banjie.people.views.members import narrowing
from banjie.people.views.page import download, page
from banjie.ui.responses import is_htmx


@require_http_methods(["GET", "POST"])
@needs(Permission.MEMBER_MANAGE)
def members_import(request: HttpRequest) -> HttpResponse:
    """Import members, and hand out their one-time passwords as a workbook that is kept nowhere."""
    if request.method == "GET":
        return page(request, "people/members_import.html", "people:members", rows=MOST_ROWS, size=MOST_BYTES, shown=None)
    file = request.FILES.get("file")
    if file is None:
        raise InvalidInput(errors=[FieldError("file", _("Choose a file."))])
    imported = import_members(file, by=actor_of(request), at=timezone.now())
    workbook = base64.b64encode(password_sheet(imported)).decode()
    context = {"count": len(imported), "link": f"data:{MIME};base64,{workbook}", "shown": imported[:20]}
    response = (
        render(request, "people/_imported.html", context)
        if is_htmx(request)
        else page(request, "people/members_import.html", "people:members", rows=MOST_ROWS, size=MOST_BYTES, **context)
    )
    response["Cache-Control"] = "no-store"
    return response


@require_safe
@needs(Permission.MEMBER_MANAGE)
def members_template(request: HttpRequest) -> HttpResponse:  # every view takes it
    """Send the workbook to fill in."""
    return download(import_template(), "members")


@require_safe
@needs(Permission.MEMBER_MANAGE)
def members_export(request: HttpRequest) -> HttpResponse:
    """Send the list of members as it is filtered."""
    now = timezone.now()
    found = narrowing(request.GET).apply(members_for(actor_of(request), now), now)
    return download(members_sheet(found), "members")
