"""The tables of the statistics page. Page and workbook show the same rows: the page as people read, the workbook as numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from banjie.deadlines.models import DutyRun
from banjie.insight import words
from banjie.insight.queries.duties import DutyDay
from banjie.insight.queries.statistics import Statistics
from banjie.insight.queries.tickets import TicketFigures
from banjie.kernel import excel
from banjie.ui import filters


@dataclass(frozen=True, slots=True)
class Figure:
    """A column: `kind` says how its values read. Shares are from 0 to 1, times are seconds; None reads as "not applicable"."""

    title: str
    kind: str = "text"

    def shown(self, value: Any) -> str:
        """Write a value for the page."""
        if value is None:
            return _("n/a")
        match self.kind:
            case "share":
                return filters.percent(value)
            case "seconds":
                return took(value)
            case "count":
                return filters.number(value)
        return str(value)

    def written(self, value: Any) -> Any:
        """Write a value for the workbook: shares as percent, times as minutes."""
        if value is None:
            return _("n/a")
        match self.kind:
            case "share":
                return round(value * 100, 1)
            case "seconds":
                return round(value / 60, 2)
        return value

    @property
    def heading(self) -> str:
        """The title in the workbook, with the unit of its numbers."""
        return self.title + {"share": " (%)", "seconds": _(" (min)")}.get(self.kind, "")


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its name for the page (`key`) and its title."""

    key: str
    title: str
    columns: tuple[Figure, ...]
    rows: list[tuple[Any, ...]]
    note: str = ""
    strong: frozenset[int] = frozenset()

    def page(self) -> dict[str, Any]:
        """Return it as `ui.data_table` wants it."""
        columns = [{"title": c.title, **({} if c.kind == "text" else {"align": "end"})} for c in self.columns]
        cells = [
            {"cells": [c.shown(v) for c, v in zip(self.columns, row, strict=True)], **({"tone": "info"} if n in self.strong else {})}
            for n, row in enumerate(self.rows)
        ]
        return {"key": self.key, "title": self.title, "columns": columns, "rows": cells, "note": self.note}

    def sheet(self) -> excel.Sheet:
        """Return it as a sheet of a workbook."""
        columns = [excel.Column(f"c{n}", c.heading, width=24 if n == 0 else 14) for n, c in enumerate(self.columns)]
        rows = [[c.written(v) for c, v in zip(self.columns, row, strict=True)] for row in self.rows]
        return excel.Sheet(self.title, columns, rows)


def took(seconds: float) -> str:
    """Write how long something took; below an hour to the second."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}" if seconds < 3600 else filters.duration(timedelta(seconds=seconds))


def tables(stats: Statistics) -> list[Table]:
    """Return all tables of the statistics, in the order of the page."""
    return [indicators(stats), levels(stats), units(stats), types(stats), states(stats), times(stats), duties(stats)]


def indicators(stats: Statistics) -> Table:
    """The regulation's indicators, each with what it counts."""
    rows = [
        (
            words.titled(r.spec),
            r.value,
            r.numerator,
            r.denominator,
            b.value,
            r.spec.target or "—",
            "—" if r.deduction is None else f"{r.deduction:g}",
            "、".join(r.spec.clause),
            words.formula(stats.program, r.spec),
        )
        for r, b in zip(stats.rates, stats.rates_before, strict=True)
    ]
    columns = (
        Figure(_("Indicator")), Figure(_("Value"), "share"), Figure(_("Numerator"), "count"), Figure(_("Denominator"), "count"),
        Figure(_("Before"), "share"), Figure(_("Target")), Figure(_("Points deducted")), Figure(_("Clause")), Figure(_("Formula")),
    )  # fmt: skip
    note = _("Indicators come from the rulebook, version %(number)d.") % {"number": stats.program.number}
    return Table("indicators", _("Indicators"), columns, rows, note)


def _by(tickets: TicketFigures, name: str, keys: Iterable[Any], title: Callable[[Any], tuple[str, ...]]) -> list[tuple[Any, ...]]:
    opened, ended, standing = (getattr(cube, name) for cube in (tickets.opened, tickets.ended, tickets.open_now))
    return [(*title(key), opened.get(key, 0), ended.get(key, 0), standing.get(key, 0)) for key in keys]


def _counts() -> tuple[Figure, ...]:
    return (Figure(_("Tickets opened"), "count"), Figure(_("Tickets ended"), "count"), Figure(_("Open now"), "count"))


def levels(stats: Statistics) -> Table:
    """Tickets by the level at which they were opened."""
    t = stats.tickets
    keys = sorted(
        {*t.opened.by_level, *t.ended.by_level, *t.open_now.by_level}, key=lambda level: (not level, level != "headquarters", level)
    )
    rows = _by(t, "by_level", keys, lambda level: (words.level_title(level),))
    return Table("levels", _("By level"), (Figure(_("Opened at")), *_counts()), [*rows, _total(stats, 1)], strong=frozenset({len(rows)}))


def units(stats: Statistics) -> Table:
    """Tickets and results by unit; a unit with others below shows its subtotal first."""
    rows: list[tuple[Any, ...]] = []
    strong = set()
    for line in stats.units:
        if line.is_subtotal:
            strong.add(len(rows))
        name = "　" * line.unit.depth + line.unit.name + (_(" (subtotal)") if line.is_subtotal else "")
        rows.append((name, line.opened, line.ended, line.open_now, line.tally.kept, line.tally.broken, line.tally.rate))
    columns = (
        Figure(_("Unit")), *_counts(), Figure(_("Deadlines kept"), "count"), Figure(_("Deadlines broken"), "count"), Figure(_("Rate kept"), "share"),
    )  # fmt: skip
    note = _("Tickets count where they stand now, deadlines where the ticket stood when it was judged.")
    return Table("units", _("By district"), columns, rows, note, frozenset(strong))


def types(stats: Statistics) -> Table:
    """Tickets by class."""
    t, kinds = stats.tickets, stats.program.types
    old = sorted({*t.opened.by_type, *t.ended.by_type, *t.open_now.by_type} - kinds.keys())
    keys = [*([stats.asked.type_name] if stats.asked.type_name else kinds), *old]
    rows = _by(t, "by_type", keys, lambda key: (words.titled(kinds[key].spec), kinds[key].spec.group) if key in kinds else (key, ""))
    columns = (Figure(_("Class")), Figure(_("Group")), *_counts())
    return Table("types", _("By class"), columns, [*rows, _total(stats, 2)], strong=frozenset({len(rows)}))


def states(stats: Statistics) -> Table:
    """Tickets by state."""
    titles = state_titles(stats)
    t = stats.tickets
    keys = [key for key in titles if t.opened.by_state.get(key) or t.open_now.by_state.get(key)]
    rows = [(titles[key], t.opened.by_state.get(key, 0), t.open_now.by_state.get(key, 0)) for key in keys]
    columns = (Figure(_("State now")), Figure(_("Opened in the period"), "count"), Figure(_("Open now, whenever opened"), "count"))
    return Table("states", _("By state"), columns, rows)


def state_titles(stats: Statistics) -> dict[str, str]:
    """Return the titles of all states; those of earlier versions by their names."""
    titles = {name: words.titled(s) for p in stats.program.book.processes.values() for name, s in p.states.items()}
    seen = {*stats.tickets.opened.by_state, *stats.tickets.open_now.by_state}
    return titles | {name: name for name in sorted(seen - titles.keys())}


def times(stats: Statistics) -> Table:
    """How long each deadline's cases took; the first of them are the two stamps of dispatch (section 5, no. 8)."""
    rows = [
        (words.titled(d.spec), d.spec.clause[0], words.limit_of(stats.program, d.spec), d.times.count if d.times else 0,
         *((d.times.median, d.times.ninetieth, d.times.longest) if d.times else (None, None, None)), d.tally.kept, d.tally.judged, d.tally.rate)
        for d in stats.distributions
    ]  # fmt: skip
    columns = (
        Figure(_("Deadline")), Figure(_("Clause")), Figure(_("Limit")), Figure(_("Cases"), "count"), Figure(_("Half took at most"), "seconds"),
        Figure(_("90 % took at most"), "seconds"), Figure(_("Longest"), "seconds"), Figure(_("Kept"), "count"), Figure(_("Judged"), "count"),
        Figure(_("Share within the limit"), "share"),
    )  # fmt: skip
    return Table("times", _("Time taken"), columns, rows, _("Elapsed time from start to end, pauses included."))


def duties(stats: Statistics) -> Table:
    """What the daily duties owed and got."""
    titles = {name: words.titled(spec) for name, spec in stats.program.book.duties.items()}
    rows = [(str(d.period), titles.get(d.duty, d.duty), d.owed, d.required, d.done, d.rate, verdict(d)) for d in reversed(stats.days)]
    columns = (
        Figure(_("Day")), Figure(_("Duty")), Figure(_("Tickets"), "count"), Figure(_("Required"), "count"), Figure(_("Done"), "count"),
        Figure(_("Rate"), "share"), Figure(_("Result")),
    )  # fmt: skip
    note = "" if stats.scope.is_whole else _("Duties are judged for the whole organisation; here stands what belongs to the chosen part.")
    return Table("duties", _("Callbacks and checks by day"), columns, rows, note)


def verdict(day: DutyDay) -> str:
    """Say what came of a duty's period."""
    if day.state is None:
        return "—"
    return {
        DutyRun.State.KEPT: _("kept"),
        DutyRun.State.BROKEN: _("broken"),
        DutyRun.State.OPEN: _("still running"),
    }.get(DutyRun.State(day.state), _("n/a"))


def _total(stats: Statistics, names: int) -> tuple[Any, ...]:
    t = stats.tickets
    return (_("Total"), *[""] * (names - 1), t.opened.total, t.ended.total, t.open_now.total)


def workbook(sheets: Sequence[Table], about: Sequence[tuple[str, str]]) -> bytes:
    """Return the tables as a workbook; the first sheet says what the report is about."""
    columns = [excel.Column("name", _("Report"), width=20), excel.Column("value", "", width=60)]
    return excel.write_workbook([excel.Sheet(_("About this report"), columns, about), *(table.sheet() for table in sheets)])
