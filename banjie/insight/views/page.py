"""What all report pages share: tabs, the filter line, addresses of tickets and evidence."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from banjie.insight import words
from banjie.insight.access import seen_units
from banjie.insight.forms import asked_of, query_of
from banjie.insight.period import NAMES, period_named
from banjie.insight.queries.statistics import Asked
from banjie.kernel.errors import Unseen
from banjie.kernel.excel import MIME
from banjie.people.access import actor_of
from banjie.rulebook.own import own_first
from banjie.rulebook.queries import active_programs


def asked_by(request: HttpRequest) -> Asked | None:
    """Return what this request asks about; None while no rulebook is active."""
    return asked_of(request.GET, own_first(actor_of(request), active_programs()), timezone.localdate())


def must_ask(request: HttpRequest) -> Asked:
    """Return what this request asks about.

    Raises:
        Unseen: no rulebook is active, so that there is nothing to report on.
    """
    asked = asked_by(request)
    if asked is None:
        raise Unseen
    return asked


def report(request: HttpRequest, template: str, tab: str, asked: Asked | None, **context: Any) -> HttpResponse:
    """Render a report page with its tabs and, when there is something to ask about, its filters."""
    query = query_of(asked, type="") if asked else ""
    tabs = [
        {"title": title, "url": f"{reverse(name)}?{query}", "active": name == tab}
        for name, title in (("insight:overview", _("Statistics")), ("insight:clauses", _("Clauses")), ("insight:ledgers", _("Ledgers")))
    ]
    shared = {"tabs": tabs, "asked": asked, "now": timezone.now(), "filters": _filters(request, asked, tab) if asked else None}
    return render(request, template, {**shared, **context})


def _filters(request: HttpRequest, asked: Asked, tab: str) -> dict[str, Any]:
    programs = active_programs()
    program = next((p for p in programs if p.slug == asked.book), None)
    today = timezone.localdate()
    chips = [
        {"title": words.period_title(period), "url": f"?{query_of(asked, period=name)}", "active": asked.period.name == name}
        for name, period in ((name, period_named(name, today)) for name in NAMES if name != "custom")
    ]
    types = [(name, words.titled(kind.spec)) for name, kind in program.types.items()] if program else []
    return {
        "chips": chips,
        "books": [(p.slug, words.titled(p.book)) for p in programs] if len(programs) > 1 else [],
        "units": [(u.id, "　" * u.depth + u.name) for u in seen_units(actor_of(request))[:2000]],
        "types": types if tab == "insight:overview" else [],
        "period": words.period_title(asked.period),
        "days": asked.period.text,
        "before": words.before_title(asked.period),
    }


def download(content: bytes, name: str) -> HttpResponse:
    """Send a workbook."""
    response = HttpResponse(content, content_type=MIME)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}.xlsx"
    response["Cache-Control"] = "no-store"
    return response


def about(request: HttpRequest, asked: Asked, title: str) -> list[tuple[str, str]]:
    """Say on the first sheet what a workbook is about, when it was made and by whom (RPT-16)."""
    program = next(p for p in active_programs() if p.slug == asked.book)
    unit = next((u.name for u in seen_units(actor_of(request)) if u.id == asked.unit_id), _("all I may see"))
    kind = words.titled(program.types[asked.type_name].spec) if asked.type_name in program.types else _("all")
    return [
        (_("Report"), title),
        (_("Regulation"), f"《{words.titled(program.book)}》 v{program.number}"),
        (_("Period"), asked.period.text),
        (_("Unit"), unit),
        (_("Class"), kind),
        (_("Made at"), timezone.localtime().strftime("%Y-%m-%d %H:%M")),
        (_("Made by"), actor_of(request).name),
    ]


def ticket_url(number: str | None) -> str:
    """Return the address of a ticket's page, or "" for none."""
    if not number:
        return ""
    try:
        return reverse("console:ticket", args=[number])
    except NoReverseMatch:  # the console is a room above; a site may run without it
        return ""
