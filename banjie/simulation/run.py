"""One simulation: prepare a scratch database, run, and report by clause."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Q

from banjie.deadlines.models import DutyRun, Finding
from banjie.kernel.errors import InvalidInput
from banjie.rulebook.models import RulebookVersion
from banjie.rulebook.program import Program
from banjie.rulebook.queries import program_of
from banjie.rulebook.shipped import shipped_text, shipped_titles
from banjie.rulebook.verbs.versions import activate, propose, save_draft
from banjie.simulation.arrivals import Arrival, from_file, generated, must_fit
from banjie.simulation.demo import SHARES, terminals
from banjie.simulation.engine import Engine
from banjie.simulation.organisation import FOUNDER, build
from banjie.simulation.people import People
from banjie.simulation.scratch import scratch_database
from banjie.simulation.work import Work
from banjie.worktime.verbs.install_shipped import install_shipped_calendars

_MONDAY = datetime(2024, 6, 3)  # noqa: DTZ001 - a day, its zone is the installation's
_SHOWN = 20  # rows
_AFTER = 2  # days after the last arrival of a file


@dataclass(frozen=True, slots=True)
class Run:
    """What to simulate. Without `begin` and `days` the time is that of the arrivals, or a week of a generated one."""

    rulebook: str
    arrivals: Path | None
    tickets: int
    days: int | None
    begin: datetime | None
    seed: int
    demo_organisation: bool


def simulate(run: Run, progress: Callable[[datetime, int], None]) -> str:
    """Run and return the clause report as text.

    Raises:
        InvalidInput: there is no such rulebook, it has errors, or the arrivals' file is wrong.
    """
    text = _text(run.rulebook)
    zone = ZoneInfo(settings.TIME_ZONE)
    given = from_file(run.arrivals, zone) if run.arrivals else []
    begin, until = _span(run, given, zone)
    random = Random(run.seed)
    with scratch_database(copy=not run.demo_organisation):
        if run.demo_organisation:
            build(random, "-", at=begin - timedelta(days=30))
            install_shipped_calendars(by=FOUNDER, at=begin - timedelta(days=30))
        version = save_draft(text, by=FOUNDER, at=begin)
        propose(version.pk, by=FOUNDER, at=begin)
        program = program_of(activate(version.pk, by=FOUNDER, at=begin).pk)
        must_fit(given, program.types, begin, until)
        shares = {name: SHARES.get(name, 10.0) for name in program.types}
        made = generated(random, shares, terminals(), begin=begin, days=(until - begin).days, count=run.tickets)
        engine = Engine([Work(program)], People(until), random, until)
        engine.run(given or made, begin, progress)
        return _report(program, engine)


def _span(run: Run, given: list[Arrival], zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the midnights between which virtual time runs: some days more than arrivals need, so that deadlines come."""
    first = run.begin or (given[0].at.astimezone(zone) if given else _MONDAY)
    begin = first.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=zone)
    days = run.days or ((given[-1].at.astimezone(zone) - begin).days + 1 + _AFTER if given else 7)
    return begin, begin + timedelta(days=days)


def _text(name: str) -> str:
    """Return a rulebook's text: of a file, of the active version, or as shipped."""
    if Path(name).is_file():
        try:
            return Path(name).read_text(encoding="utf-8")
        except UnicodeDecodeError as wrong:
            raise InvalidInput(f"{name} is not written in UTF-8 (byte {wrong.start}); save it as UTF-8.") from wrong
    active = RulebookVersion.objects.filter(rulebook__slug=name, status=RulebookVersion.Status.ACTIVE).first()
    if active is not None:
        return active.source
    if name not in shipped_titles():
        raise InvalidInput(f"There is no rulebook {name!r}. Shipped are: {', '.join(sorted(shipped_titles()))}.")
    return shipped_text(name)


def _report(program: Program, engine: Engine) -> str:
    lines = [
        f"《{program.book.title}》 {engine.done['accept']} tickets, {sum(engine.done.values())} actions, {_refusals(engine)}",
        "",
    ]
    counted = (
        Finding.objects.filter(book=program.slug)
        .values("clause", "rule", "kind")
        .annotate(met=Count("id", filter=Q(outcome="met")), broken=Count("id", filter=Q(outcome="breached")))
        .order_by("clause", "rule")
    )
    titles = {name: d.title for p in program.book.processes.values() for name, d in p.deadlines.items()} | {
        n: d.title for n, d in program.book.duties.items()
    }
    for row in counted:
        total = row["met"] + row["broken"]
        rate = f"{row['met'] / total:6.1%}" if total else "     —"
        lines.append(f"{row['clause']:<6} {titles.get(row['rule'], row['rule'])}  kept {row['met']}  broken {row['broken']}  {rate}")
    for run in DutyRun.objects.filter(book=program.slug).order_by("duty", "period"):
        lines.append(f"  {run.period} {titles.get(run.duty, run.duty)}: {run.done}/{run.frame_size} (owed {run.required}) {run.state}")
    return "\n".join([*lines, *_turned_away(engine)])


def _turned_away(engine: Engine) -> list[str]:
    """Say of the first rows of a file that became no ticket why."""
    found = [
        (row, [f"{e.field}: {e.message}" for e in refused.errors] or [refused.message]) for row, refused in engine.turned_away[:_SHOWN]
    ]
    more = [f"and {len(engine.turned_away) - _SHOWN} rows more"] if len(engine.turned_away) > _SHOWN else []
    return [f"  row {row} became no ticket: {'; '.join(why)}" for row, why in found] + more


def _refusals(engine: Engine) -> str:
    reasons = ", ".join(f"{code} {count}" for code, count in engine.refused.most_common())
    return f"{sum(engine.refused.values())} refused" + (f" ({reasons})" if reasons else "")
