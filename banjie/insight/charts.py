"""Charts as ECharts options: data only, colours come from the theme."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from banjie.insight import tables, words
from banjie.insight.queries.duties import DutyDay
from banjie.insight.queries.statistics import Distribution, Statistics

Chart = dict[str, Any]
_MOST_BARS = 20


def charts(stats: Statistics) -> list[Chart]:
    """Return the page's charts: id, title, option, and the same numbers as rows for those who read."""
    drawn = [_flow(stats), _types(stats), _states(stats)]
    drawn += [_distribution(stats, d) for d in stats.distributions if d.bars]
    drawn += [_duty(stats, name) for name in stats.program.book.duties if any(d.duty == name for d in stats.days)]
    return drawn


def _chart(key: str, title: str, option: Chart, rows: list[list[Any]]) -> Chart:
    return {"id": f"chart-{key}", "title": title, "option": {"tooltip": {"trigger": "axis"}, **option}, "table": rows}


def _flow(stats: Statistics) -> Chart:
    days = [str(day)[5:] for day in stats.asked.period.steps()]
    opened, ended = stats.tickets.opened_steps, stats.tickets.ended_steps
    series = [
        {"type": "bar", "name": name, "data": data, "barMaxWidth": 24}
        for name, data in ((_("Tickets opened"), opened), (_("Tickets ended"), ended))
    ]
    option = {"legend": {}, "xAxis": {"type": "category", "data": days}, "yAxis": {"type": "value", "minInterval": 1}, "series": series}
    rows: list[list[Any]] = [[_("Day"), _("Tickets opened"), _("Tickets ended")]]
    rows += [[day, began, over] for day, began, over in zip(days, opened, ended, strict=True)]
    return _chart("flow", _("Opened and ended"), option, rows)


def _types(stats: Statistics) -> Chart:
    counts = {name: n for name, n in stats.tickets.opened.by_type.items() if n}
    pairs = sorted(
        ((words.titled(stats.program.types[k].spec) if k in stats.program.types else k, n) for k, n in counts.items()), key=lambda p: p[1]
    )
    return _bars("types", _("Opened by class"), pairs[-_MOST_BARS:])


def _states(stats: Statistics) -> Chart:
    titles = tables.state_titles(stats)
    pairs = [(titles[key], n) for key in reversed(titles) if (n := stats.tickets.opened.by_state.get(key))]
    return _bars("states", _("Opened, by state now"), pairs)


def _bars(key: str, title: str, pairs: list[tuple[str, int]]) -> Chart:
    names, counts = [name for name, _n in pairs], [n for _name, n in pairs]
    option = {
        "xAxis": {"type": "value", "minInterval": 1},
        "yAxis": {"type": "category", "data": names},
        "series": [{"type": "bar", "data": counts, "barMaxWidth": 22, "label": {"show": True, "position": "right"}}],
    }
    return _chart(key, title, option, [[name, n] for name, n in reversed(pairs)])


def _distribution(stats: Statistics, d: Distribution) -> Chart:
    names = [tables.took(edge) if edge is not None else _("more") for edge, _n in d.bars]
    names = [name if edge is None else f"≤ {name}" for name, (edge, _n) in zip(names, d.bars, strict=True)]
    counts = [n for _edge, n in d.bars]
    late = d.limit or 0
    data = [{"value": n, **({"itemStyle": {"color": "#d63939"}} if edge is None or edge > late else {})} for edge, n in d.bars]
    option = {
        "xAxis": {"type": "category", "data": names},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [{"type": "bar", "data": data, "barMaxWidth": 40, "label": {"show": True, "position": "top"}}],
    }
    title = _("Time taken: %(deadline)s") % {"deadline": words.titled(d.spec)}
    return _chart(
        f"time-{d.rule}",
        f"{title} ({words.limit_of(stats.program, d.spec)})",
        option,
        [list(row) for row in zip(names, counts, strict=True)],
    )


def _duty(stats: Statistics, name: str) -> Chart:
    days: list[DutyDay] = [day for day in stats.days if day.duty == name]
    shares = [None if day.rate is None else round(day.rate * 100, 1) for day in days]
    target = next((r.target for r in stats.rates if r.spec.of.duty == name and r.target is not None), None)
    line: Chart = {"type": "line", "data": shares, "connectNulls": False, "symbolSize": 7}
    if target is not None:
        line["markLine"] = {
            "symbol": "none",
            "data": [{"yAxis": round(target * 100, 1), "name": _("Target")}],
            "label": {"formatter": "{c}%", "position": "insideEndTop"},
        }
    option = {
        "xAxis": {"type": "category", "data": [str(day.period)[5:] for day in days]},
        "yAxis": {"type": "value", "min": 0, "axisLabel": {"formatter": "{value}%"}},
        "series": [line],
    }
    rows = [[str(day.period), tables.Figure("", "share").shown(day.rate), f"{day.done} / {day.owed}"] for day in days]
    return _chart(f"duty-{name}", words.titled(stats.program.book.duties[name]), option, rows)
