"""Doors of the administration log."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.views.decorators.http import require_safe

from banjie.people.access import actor_of, needs
from banjie.people.events import in_words, title_of, titles
from banjie.people.forms import day
from banjie.people.permissions import Permission
from banjie.people.queries import LogFilter, admin_log
from banjie.people.sheets import log_sheet
from banjie.people.views.page import download, page
from banjie.ui.filters import format_datetime

_PAGE = 50


@require_safe
@needs(Permission.AUDIT_READ)
def log(request: HttpRequest) -> HttpResponse:
    """Show the administration log, newest first, fifty a page."""
    asked = request.GET
    entries = admin_log(_narrowing(asked), actor_of(request))
    before = asked.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        entries = entries.filter(pk__lt=int(before))
    shown = list(entries[: _PAGE + 1])
    next_url = ""
    if len(shown) > _PAGE:
        following = asked.copy()
        following["before"] = str(shown[_PAGE - 1].pk)
        next_url = f"?{following.urlencode()}"
    rows = [
        {"cells": [format_datetime(entry.at), entry.actor_name, title_of(entry.kind), entry.subject, in_words(entry.detail)]}
        for entry in shown[:_PAGE]
    ]
    return page(request, "people/log.html", "people:log", rows=rows, asked=asked, kinds=titles(), next_url=next_url, now=timezone.now())


@require_safe
@needs(Permission.AUDIT_READ)
def log_export(request: HttpRequest) -> HttpResponse:
    """Send the filtered log as a workbook."""
    return download(log_sheet(admin_log(_narrowing(request.GET), actor_of(request))), "administration-log")


def _narrowing(asked: QueryDict) -> LogFilter:
    text = asked.get("text", "").strip().replace("\x00", "")[:60]
    return LogFilter(asked.get("kind", "")[:60].replace("\x00", ""), text, day(asked, "since"), day(asked, "until"))
