"""Doors of the place where rulebooks are written."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from banjie.authoring.bundles import bring_in, bundle, texts_of
from banjie.authoring.completion import propose
from banjie.authoring.forms import sent_files, sent_text, whole
from banjie.authoring.impact import impact_of
from banjie.authoring.panel import panel_page
from banjie.people.access import actor_of, needs
from banjie.people.permissions import Permission
from banjie.rulebook.check import check
from banjie.rulebook.models import RulebookVersion
from banjie.rulebook.pages import beginning, seen_draft, seen_version
from banjie.rulebook.verbs.drafts import change_draft
from banjie.rulebook.verbs.versions import save_draft
from banjie.ui.csp import HEADER, policy
from banjie.ui.live import live_url


@require_http_methods(["GET", "POST"])
@needs(Permission.RULEBOOK_EDIT)
def new(request: HttpRequest) -> HttpResponse:
    """Write a draft: an empty one, a copy of a version, or one of the shipped regulations."""
    if request.method == "GET":
        return _editor(request, beginning(request.GET), None)
    unfinished = request.POST.get("unfinished") == "yes"
    made = save_draft(sent_text(request), by=actor_of(request), at=timezone.now(), unfinished=unfinished)
    messages.success(request, _("The draft was saved as version %(n)d.") % {"n": made.number})
    return redirect("rulebook:version", made.pk)


@require_http_methods(["GET", "POST"])
@needs(Permission.RULEBOOK_EDIT)
def edit(request: HttpRequest, version_id: int) -> HttpResponse:
    """Change the text of a draft."""
    if request.method == "GET":
        it = seen_draft(version_id)
        return _editor(request, it.source, it)
    sent, unfinished = request.POST.get("expect", ""), request.POST.get("unfinished") == "yes"
    change_draft(version_id, sent_text(request), expect=sent, by=actor_of(request), at=timezone.now(), unfinished=unfinished)
    messages.success(request, _("The draft was saved."))
    return redirect("rulebook:version", version_id)


def _editor(request: HttpRequest, text: str, version: RulebookVersion | None) -> HttpResponse:
    """Draw the editor; its styles are made in the browser and carry a nonce."""
    nonce = secrets.token_urlsafe(18)
    page = panel_page(text, request.GET, actor_of(request), timezone.now(), get_language() or "")
    context: dict[str, Any] = {"version": version, "nonce": nonce, **page}
    response = render(request, "authoring/editor.html", context)
    response[HEADER] = policy(live_url(request), style_nonce=nonce)
    return response


@require_POST
@needs(Permission.RULEBOOK_EDIT)
def panel(request: HttpRequest) -> HttpResponse:
    """Check a text while it is written, and show the part of the panel that is open."""
    page = panel_page(sent_text(request), request.POST, actor_of(request), timezone.now(), get_language() or "")
    return render(request, "authoring/_panel.html", page)


@require_POST
@needs(Permission.RULEBOOK_EDIT)
def complete(request: HttpRequest) -> HttpResponse:
    """Say what may be written at a place of the text."""
    line, column = whole(request.POST.get("line", "")), whole(request.POST.get("column", ""))
    return JsonResponse(propose(sent_text(request), line=line, column=column, language=get_language() or "").json())


@require_safe
@needs(Permission.RULEBOOK_READ)
def impact(request: HttpRequest, version_id: int) -> HttpResponse:
    """Say whom the activation of a version would touch."""
    it, now = seen_version(version_id), timezone.now()
    report = check(it.source)
    found = impact_of(report.book, now) if report.book is not None and not report.errors else None
    return render(request, "authoring/impact.html", {"version": it, "impact": found, "part": "impact", "errors": len(report.errors)})


@require_safe
@needs(Permission.RULEBOOK_READ)
def take_out(request: HttpRequest) -> HttpResponse:
    """Send all active rulebooks as one file."""
    response = HttpResponse(bundle(), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="rulebooks-{timezone.localdate():%Y%m%d}.zip"'
    return response


@require_http_methods(["GET", "POST"])
@needs(Permission.RULEBOOK_EDIT)
def bring(request: HttpRequest) -> HttpResponse:
    """Bring in texts from files: each becomes a draft."""
    if request.method == "GET":
        return render(request, "authoring/bring.html", {})
    done = bring_in(texts_of(sent_files(request)), by=actor_of(request), at=timezone.now())
    drafts = [one for one in done if one.version is not None]
    same = len(done) - len(drafts)
    messages.success(request, ngettext("%(n)d draft was made.", "%(n)d drafts were made.", len(drafts)) % {"n": len(drafts)})
    if same:
        text = ngettext("%(n)d text is at work already and was left out.", "%(n)d texts are at work already and were left out.", same)
        messages.info(request, text % {"n": same})
    return redirect("rulebook:list")
