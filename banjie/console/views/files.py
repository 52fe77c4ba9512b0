"""Doors of a ticket's files."""

from __future__ import annotations

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from banjie.console.forms import name_of
from banjie.kernel.errors import Unseen
from banjie.people.access import actor_of, signed_in
from banjie.tickets.attachments import attach, attachments_of, get_attachment
from banjie.tickets.filefields import keep_upload, reference
from banjie.tickets.payload import MAX_FILES
from banjie.ui.responses import is_htmx


@require_POST
@signed_in
def add(request: HttpRequest, number: str) -> HttpResponse:
    """Keep a file with the ticket."""
    upload = request.FILES.get("file")
    kept = attach(number, upload if isinstance(upload, UploadedFile) else None, by=actor_of(request), at=timezone.now())
    if not is_htmx(request):
        return redirect("console:ticket", number)
    context = {
        "ticket": {"number": number},
        "files": list(attachments_of(kept.ticket_id or 0)),
        "may_add_files": True,
        "upload_limit": settings.ENV.upload_limit,
        "now": timezone.now(),
    }
    return render(request, "console/_files.html", context)


@require_POST
@signed_in
def upload(request: HttpRequest) -> HttpResponse:
    """Keep files for a field of a form that is still being filled, and name them in it."""
    field = name_of(request.GET.get("field", ""))
    sent = request.FILES.getlist(f"upload-{field}")[:MAX_FILES]
    kept = [keep_upload(one, field=field, by=actor_of(request), at=timezone.now()) for one in sent or (None,)]
    return render(request, "console/_uploaded.html", {"field": field, "files": [reference(one) for one in kept]})


@require_safe
@signed_in
def download(request: HttpRequest, number: str, attachment_id: int) -> HttpResponse:
    """Send a file, never to be shown as a page of ours."""
    kept = get_attachment(actor_of(request), number, attachment_id)
    if not default_storage.exists(kept.stored_as):
        raise Unseen
    response = FileResponse(default_storage.open(kept.stored_as), as_attachment=True, filename=kept.name, content_type=kept.media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=3600"
    return response  # type: ignore[return-value]  # a streaming response is one to Django, not to its types
