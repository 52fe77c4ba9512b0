"""Excel in and out."""

from __future__ import annotations

from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from banjie.customers.forms import only_of
from banjie.customers.importing.table import MAX_BYTES, MAX_ROWS, template_workbook
from banjie.customers.verbs.export_table import export_table
from banjie.customers.verbs.import_table import import_table
from banjie.kernel.errors import FieldError, InvalidInput
from banjie.kernel.excel import MIME
from banjie.people.access import actor_of, needs
from banjie.people.permissions import Permission


@require_http_methods(["GET", "POST"])
@needs(Permission.CUSTOMER_IMPORT)
def import_page(request: HttpRequest) -> HttpResponse:
    """Take a workbook; everything that is wrong in it comes back as a table."""
    if request.method == "GET":
        return render(request, "customers/import.html", {"most_rows": MAX_ROWS, "most_megabytes": MAX_BYTES // (1024 * 1024)})
    file = request.FILES.get("file")
    if file is None:
        raise InvalidInput(errors=[FieldError("file", _("Choose an Excel file."))])
    try:
        done = import_table(file, file.name or "", by=actor_of(request), at=timezone.now())
    except InvalidInput as refused:
        response = render(request, "customers/_import_errors.html", {"refused": refused}, status=refused.status)
        response["X-Fragment"] = "refusal"
        return response
    counts = {"rows": done.rows, "customers": done.customers_added, "assets": done.assets_added}
    messages.success(request, _("Imported %(rows)d rows: %(customers)d new customers, %(assets)d new assets.") % counts)
    return redirect("customers:list")


@require_GET
@needs(Permission.CUSTOMER_IMPORT)
def template(request: HttpRequest) -> HttpResponse:
    """Give the empty table."""
    return _workbook(template_workbook(), _("customer-template.xlsx"))


@require_GET
@needs(Permission.CUSTOMER_READ)
def export(request: HttpRequest) -> HttpResponse:
    """Give the list as it is filtered."""
    at = timezone.now()
    content = export_table(only_of(request.GET), request.GET.get("q", "").strip(), by=actor_of(request), at=at)
    return _workbook(content, _("customers-%(day)s.xlsx") % {"day": timezone.localtime(at).strftime("%Y%m%d-%H%M")})


def _workbook(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=MIME)
    response.headers["Content-Disposition"] = "attachment; filename*=UTF-8''" + quote(name)
    return response
