"""Door of a ticket's printed sheets."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from banjie.console.printing import pdf_of
from banjie.console.queries.papers import paper_of
from banjie.console.queries.sheet import sheet
from banjie.people.access import actor_of, signed_in


@require_safe
@signed_in
def sheet_of(request: HttpRequest, number: str, name: str) -> HttpResponse:
    """Send the sheet of an action as PDF, to be looked at and printed."""
    page = sheet(actor_of(request), number, get_language() or "", timezone.now())
    content = pdf_of(paper_of(page, name, f"{request.scheme}://{request.get_host()}"))
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{page.number}-{name}.pdf"'
    response["Cache-Control"] = "no-store"
    return response
