"""The statistics page and its workbook."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from banjie.insight import words
from banjie.insight.charts import charts
from banjie.insight.queries.rates import Rate
from banjie.insight.queries.statistics import Statistics, statistics
from banjie.insight.tables import Figure, tables, workbook
from banjie.insight.views.page import about, asked_by, download, must_ask, report
from banjie.people.access import actor_of, needs
from banjie.people.permissions import Permission

_TAB = "insight:overview"


@require_safe
@needs(Permission.INSIGHT_READ)
def overview(request: HttpRequest) -> HttpResponse:
    """Show the figures of a period."""
    asked = asked_by(request)
    if asked is None:
        return report(request, "insight/overview.html", _TAB, None, stats=None)
    stats = statistics(actor_of(request), asked)
    shown = {"tiles": tiles(stats), "charts": charts(stats), "tables": [table.page() for table in tables(stats)]}
    return report(request, "insight/overview.html", _TAB, asked, stats=stats, title=words.titled(stats.program.book), **shown)


@require_safe
@needs(Permission.INSIGHT_READ)
def overview_export(request: HttpRequest) -> HttpResponse:
    """Send the tables of the page as a workbook."""
    asked = must_ask(request)
    stats = statistics(actor_of(request), asked)
    content = workbook(tables(stats), about(request, asked, _("Statistics")))
    return download(content, f"statistics-{asked.period.first}-{asked.period.last}")


def tiles(stats: Statistics) -> list[dict[str, Any]]:
    """Return the figures at the head of the page, each with the period before."""
    t, before = stats.tickets, words.before_title(stats.asked.period)
    counts = [
        {
            "title": _("Tickets opened"),
            "value": t.opened.total,
            "trend": f"{before}: {t.before[0]}",
            "values": t.opened_steps,
            "tone": "accent",
            "clause": "",
        },
        {
            "title": _("Tickets ended"),
            "value": t.ended.total,
            "trend": f"{before}: {t.before[1]}",
            "values": t.ended_steps,
            "tone": "accent",
            "clause": "",
        },
        {"title": _("Open now"), "value": t.open_now.total, "trend": _("whenever opened"), "values": [], "tone": "accent", "clause": ""},
    ]
    return counts + [_tile(now, earlier, before) for now, earlier in zip(stats.rates, stats.rates_before, strict=True)]


def _tile(now: Rate, earlier: Rate, before: str) -> dict[str, Any]:
    share = Figure("", "share")
    target = _("target %(target)s") % {"target": now.spec.target} if now.spec.target else ""
    counted = f"{now.numerator} / {now.denominator}"
    points = _("%(points)s points deducted") % {"points": f"{now.deduction:g}"} if now.deduction else ""
    trend = " · ".join(part for part in (counted, target, points, f"{before}: {share.shown(earlier.value)}") if part)
    tone = {True: "ok", False: "bad", None: "neutral"}[now.is_reached]
    clause = now.spec.clause[0] if now.spec.clause else ""
    return {"title": words.titled(now.spec), "value": share.shown(now.value), "trend": trend, "values": [], "tone": tone, "clause": clause}
