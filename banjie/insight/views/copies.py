"""Frozen copies of ledgers: the list, freezing, one copy, signing it, and taking it away."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from banjie.insight import copies as say
from banjie.insight.forms import number, text
from banjie.insight.frozen import columns_in, counts_in_head, file_of
from banjie.insight.ledgers import ledger_head
from banjie.insight.models import FrozenCopy
from banjie.insight.period import closed_periods, whole_title
from banjie.insight.printing import copy_pdf
from banjie.insight.queries.copies import (
    PAGE,
    cells_of_copy,
    copies_of,
    difference,
    get_copy,
    lines_of,
    must_be_intact,
    problems_of,
    roles_over_all,
    signatures_of,
)
from banjie.insight.queries.signing import may_sign, waiting_for
from banjie.insight.queries.statistics import program_for
from banjie.insight.verbs.export_ledger import log_export
from banjie.insight.verbs.freeze_ledger import freeze_ledger
from banjie.insight.verbs.sign_copy import sign_copy
from banjie.insight.views.page import download, ticket_url
from banjie.kernel.errors import FieldError, InvalidInput, Unseen
from banjie.people.access import actor_of, needs
from banjie.people.permissions import Permission

_OFFERED = 12


@require_safe
@needs(Permission.INSIGHT_READ)
def copies(request: HttpRequest, book: str, ledger: str) -> HttpResponse:
    """Show the frozen copies of a ledger, and the periods that may be frozen."""
    actor, program = actor_of(request), program_for(book)
    spec = program.book.ledgers.get(ledger)
    if spec is None or spec.freeze is None:
        raise Unseen
    found = list(copies_of(actor, book, ledger))
    frozen = {copy.first for copy in found}
    may_freeze = bool(roles_over_all(actor, spec.freeze.by)) and not actor.read_only
    periods = closed_periods(spec.freeze.every, timezone.localdate(), _OFFERED) if may_freeze else []
    context: dict[str, Any] = {
        "ledger": ledger_head(program, spec),
        "back": reverse("insight:ledgers", query={"book": book, "ledger": ledger}),
        "freeze_url": reverse("insight:freeze", args=[book, ledger]),
        "rows": [_row(copy) for copy in found],
        "periods": [(p.first, whole_title(p) + (_(" (frozen already)") if p.first in frozen else "")) for p in periods],
        "next_period": next((p.first for p in periods if p.first not in frozen), periods[0].first if periods else ""),
    }
    return render(request, "insight/copies.html", context)


def _row(copy: FrozenCopy) -> dict[str, Any]:
    signatures = list(copy.signatures.all())
    missing = say.missing_titles(copy, signatures)
    signed = "、".join(one.member_name for one in signatures) or "—"
    state = _("signed") if not missing else _("to be signed by %(roles)s") % {"roles": "、".join(missing)}
    at = timezone.localtime(copy.at).strftime("%Y-%m-%d %H:%M")
    cells = [say.period_of(copy), copy.number, copy.rows, f"{at} {copy.by_name}", signed, state]
    return {"cells": cells, "url": reverse("insight:copy", args=[copy.pk])}


@require_safe
@needs(Permission.INSIGHT_READ)
def to_sign(request: HttpRequest) -> HttpResponse:
    """Show the copies, of all ledgers, that wait for the person's signature."""
    waiting = waiting_for(actor_of(request))
    rows = [{**row, "cells": [copy.head["title"], *row["cells"]]} for copy, row in ((one, _row(one)) for one in waiting)]
    return render(request, "insight/copies_to_sign.html", {"rows": rows})


@require_POST
@needs(Permission.INSIGHT_READ)
def freeze(request: HttpRequest, book: str, ledger: str) -> HttpResponse:
    """Freeze a ledger of a period."""
    try:
        first = parse_date(request.POST.get("first", ""))
    except ValueError:
        first = None
    if first is None:
        raise InvalidInput(errors=[FieldError("first", _("Choose one of the periods of the list."))])
    copy = freeze_ledger(book, ledger, first, by=actor_of(request), at=timezone.now())
    messages.success(request, _("The ledger is frozen. Whoever signs it has been told."))
    return redirect("insight:copy", copy_id=copy.pk)


@require_safe
@needs(Permission.INSIGHT_READ)
def copy(request: HttpRequest, copy_id: int) -> HttpResponse:
    """Show a frozen copy, whether it is intact, and what is different today."""
    actor = actor_of(request)
    found = get_copy(actor, copy_id)
    signatures, is_intact = signatures_of(found), not problems_of(found)
    context: dict[str, Any] = {
        "copy": found,
        "title": say.copy_title(found),
        "list_url": reverse("insight:copies", args=[found.book, found.ledger]),
        "facts": say.copy_facts(found, signatures),
        "history": say.history_of(found, signatures),
        "now": timezone.now(),
        "is_intact": is_intact,
        "may_sign": may_sign(actor, found, signatures),
        "can_export": actor.may(Permission.TICKET_EXPORT),
    }
    if is_intact:
        context |= _content(found, number(request.GET, "after") or 0)
    return render(request, "insight/copy.html", context)


def _content(found: FrozenCopy, after: int) -> dict[str, Any]:
    """Return what an intact copy says, and how the ledger differs today."""
    lines, other = cells_of_copy(found, after=after), difference(found)
    return {
        "other": other,
        "other_table": say.other_numbers(other.lines).page() if other and other.lines else None,
        "counts": [one.table().page() for one in counts_in_head(found.head) if one.lines],
        "columns": [column.head() for column in columns_in(found.head)],
        "rows": [{"cells": cells, "url": ticket_url(cells[0])} for cells in say.copy_rows(found, [line for _seq, line in lines[:PAGE]])],
        "next_url": f"?after={lines[PAGE - 1][0]}" if len(lines) > PAGE else "",
    }


@require_POST
@needs(Permission.INSIGHT_READ)
def sign(request: HttpRequest, copy_id: int) -> HttpResponse:
    """Sign a copy."""
    sign_copy(copy_id, text(request.POST, "sha256", 64), by=actor_of(request), at=timezone.now())
    messages.success(request, _("Signed. Your name stands under this copy."))
    return redirect("insight:copy", copy_id=copy_id)


@require_safe
@needs(Permission.INSIGHT_READ)
def copy_print(request: HttpRequest, copy_id: int) -> HttpResponse:
    """Send a copy as PDF, to be looked at and printed."""
    actor = actor_of(request)
    found = get_copy(actor, copy_id)
    must_be_intact(found)
    response = HttpResponse(copy_pdf(say.copy_paper(found, signatures_of(found), actor, timezone.now())), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{_file_name(found)}.pdf"'
    response["Cache-Control"] = "no-store"
    return response


@require_safe
@needs(Permission.TICKET_EXPORT)
def copy_export(request: HttpRequest, copy_id: int) -> HttpResponse:
    """Send a copy as a workbook."""
    actor = actor_of(request)
    found = get_copy(actor, copy_id)
    must_be_intact(found)
    content = say.copy_workbook(found, signatures_of(found))
    log_export(found.book, found.ledger, found.rows, by=actor, at=timezone.now())
    return download(content, _file_name(found))


@require_safe
@needs(Permission.TICKET_EXPORT)
def copy_file(request: HttpRequest, copy_id: int) -> HttpResponse:
    """Send the file whose SHA-256 was signed."""
    actor = actor_of(request)
    found = get_copy(actor, copy_id)
    log_export(found.book, found.ledger, found.rows, by=actor, at=timezone.now())
    response = HttpResponse(b"".join(file_of(found.head, lines_of(found))), content_type="application/jsonl; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_file_name(found)}.jsonl"'
    response["Cache-Control"] = "no-store"
    return response


def _file_name(found: FrozenCopy) -> str:
    return f"{found.ledger}-{found.first}-{found.last}-{found.number}"
