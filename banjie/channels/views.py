"""Doors of the text messages: what was sent, what waits, what failed and why."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from banjie.channels.queries import texts_for
from banjie.channels.shown import text_rows
from banjie.channels.verbs.retry import retry_text
from banjie.people.access import actor_of, needs
from banjie.people.permissions import Permission

_PAGE = 50


@require_safe
@needs(Permission.MEMBER_MANAGE)
def texts(request: HttpRequest) -> HttpResponse:
    """List the text messages to the people whom one manages, the newest first, of one state if it is asked for."""
    now, asked = timezone.now(), request.GET.get("state", "")
    before = request.GET.get("before", "")
    number = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    found = list(texts_for(actor_of(request), now, state=asked, before=number)[: _PAGE + 1])
    context = text_rows(found[:_PAGE], asked, more=len(found) > _PAGE)
    return render(request, "channels/texts.html", {**context, "is_on": bool(settings.ENV.sms_url), "now": now})


@require_POST
@needs(Permission.MEMBER_MANAGE)
def text_retry(request: HttpRequest, message_id: int) -> HttpResponse:
    """Send a message that failed once more."""
    retry_text(message_id, by=actor_of(request), at=timezone.now())
    messages.success(request, _("It is sent again within a minute."))
    return redirect("channels:texts")
