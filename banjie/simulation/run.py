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
from banjie.rulebook.shipped import FOLDER
from banjie.rulebook.verbs.versions import activate, propose, save_draft
from banjie.simulation.arrivals import from_file, generated
from banjie.simulation.demo import SHARES, terminals
from banjie.simulation.engine import Engine
from banjie.simulation.organisation import FOUNDER, build
from banjie.simulation.people import People
from banjie.simulation.scratch import scratch_database
from banjie.worktime.verbs.install_shipped import install_shipped_calendars


@dataclass(frozen=True, slots=True)
class Run:
    """What to simulate."""

    rulebook: str
    arrivals: Path | None
    tickets: int
    days: int
    begin: datetime
    seed: int
    demo_organisation: bool


def simulate(run: Run, progress: Callable[[datetime, int], None]) -> str:
    """Run and return the clause report as text.

    Raises:
        InvalidInput: there is no such rulebook, it has errors, or the arrivals' file is wrong.
    """
    text = _text(run.rulebook)
    zone = ZoneInfo(settings.TIME_ZONE)
    begin = run.begin.replace(tzinfo=zone)
    until = begin + timedelta(days=run.days)
    random = Random(run.seed)
    with scratch_database(copy=not run.demo_organisation):
        if run.demo_organisation:
            build(random, "-", at=begin - timedelta(days=30))
            install_shipped_calendars(by=FOUNDER, at=begin - timedelta(days=30))
        version = save_draft(text, by=FOUNDER, at=begin)
        propose(version.pk, by=FOUNDER, at=begin)
        program = program_of(activate(version.pk, by=FOUNDER, at=begin).pk)
        shares = {name: SHARES.get(name, 10.0) for name in program.types}
        arrivals = (
            from_file(run.arrivals, zone)
            if run.arrivals
            else generated(random, shares, terminals(), begin=begin, days=run.days, count=run.tickets)
        )
        engine = Engine(program, People(until), random, until)
        engine.run(arrivals, begin, progress)
        return _report(program, engine)


def _text(name: str) -> str:
    """Return a rulebook's text: of a file, of the active version, or as shipped."""
    if Path(name).is_file():
        return Path(name).read_text(encoding="utf-8")
    active = RulebookVersion.objects.filter(rulebook__slug=name, status=RulebookVersion.Status.ACTIVE).first()
    if active is not None:
        return active.source
    shipped = FOLDER / f"{name}.yaml"
    if not name.replace("-", "").isalnum() or not shipped.is_file():
        raise InvalidInput(f"There is no rulebook {name!r}.")
    return shipped.read_text(encoding="utf-8")


def _report(program: Program, engine: Engine) -> str:
    lines = [
        f"《{program.book.title}》 {engine.done['accept']} tickets, {sum(engine.done.values())} actions, {sum(engine.refused.values())} refused",
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
    return "\n".join(lines)
