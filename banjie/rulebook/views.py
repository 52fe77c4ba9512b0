"""Pages of the rulebooks: thin doors, one call each."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from banjie.people.access import actor_of, needs
from banjie.people.permissions import Permission
from banjie.rulebook.forms import starting_time
from banjie.rulebook.language import json_schema
from banjie.rulebook.models import RulebookVersion
from banjie.rulebook.pages import list_page, seen_version, version_page
from banjie.rulebook.verbs.drafts import return_proposal
from banjie.rulebook.verbs.versions import activate, propose


@require_safe
@needs(Permission.RULEBOOK_READ)
def rulebooks(request: HttpRequest) -> HttpResponse:
    """List the rulebooks, what is active, drafted, and waits for approval."""
    return render(request, "rulebook/list.html", list_page(actor_of(request), timezone.now()))


@require_safe
@needs(Permission.RULEBOOK_READ)
def version(request: HttpRequest, version_id: int) -> HttpResponse:
    """Explain a version; with ?tab=, show its text, what it changes, or the versions beside it."""
    tab = request.GET.get("tab", "")
    return render(request, "rulebook/version.html", version_page(seen_version(version_id), tab, actor_of(request), timezone.now()))


@require_POST
@needs(Permission.RULEBOOK_EDIT)
def propose_version(request: HttpRequest, version_id: int) -> HttpResponse:
    """Ask for approval."""
    propose(version_id, by=actor_of(request), at=timezone.now())
    messages.success(request, _("The version waits for approval now."))
    return redirect("rulebook:version", version_id)


@require_POST
@needs(Permission.RULEBOOK_READ)
def activate_version(request: HttpRequest, version_id: int) -> HttpResponse:
    """Approve a version, and put it to work now or on its day."""
    it = activate(version_id, by=actor_of(request), at=timezone.now(), starts_at=starting_time(request.POST.get("starts_at", "")))
    waits = it.status == RulebookVersion.Status.APPROVED
    done = _("The version is approved and begins at its time.") if waits else _("The version is active: new tickets open under it.")
    messages.success(request, done)
    return redirect("rulebook:version", version_id)


@require_POST
@needs(Permission.RULEBOOK_READ)
def return_version(request: HttpRequest, version_id: int) -> HttpResponse:
    """Make a proposal a draft again, with a reason."""
    return_proposal(version_id, request.POST.get("reason", ""), by=actor_of(request), at=timezone.now())
    messages.success(request, _("The version is a draft again."))
    return redirect("rulebook:version", version_id)


@require_safe
@needs(Permission.RULEBOOK_READ)
def download(request: HttpRequest, version_id: int) -> HttpResponse:
    """Send the text of a version as a file."""
    it = seen_version(version_id)
    response = HttpResponse(it.source, content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{it.rulebook.slug}-v{it.number}.yaml"'
    return response


@require_safe
@needs(Permission.RULEBOOK_READ)
def schema(request: HttpRequest) -> HttpResponse:
    """Send the JSON Schema of the language, for editors."""
    return JsonResponse(json_schema(), json_dumps_params={"ensure_ascii": False, "indent": 2})
