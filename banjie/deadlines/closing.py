"""End a duty's period: what was not done becomes a breach of its clause (POS-25)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction

from banjie.channels.outbox import Message, insert_sql
from banjie.deadlines.models import DutyItem, DutyRun, Finding
from banjie.people.models import Unit
from banjie.rulebook.queries import program_of

LISTED = 200
WATCH_NAME = "duty-watch"
# "End of day" is the next midnight; the finding belongs to the day that it judges.
_LAST_MOMENT = timedelta(microseconds=1)


def close_due_runs(now: datetime) -> int:
    """Close every run whose time is over, each in a transaction of its own; return how many."""
    closed = 0
    while _close_one(now):
        closed += 1
    return closed


@transaction.atomic
def _close_one(now: datetime) -> bool:
    run = (
        DutyRun.objects.select_for_update(skip_locked=True)
        .filter(state=DutyRun.State.OPEN, due_at__lte=now)
        .order_by("due_at", "id")
        .first()
    )
    if run is None:
        return False
    duty = program_of(run.rulebook_version_id).book.duties[run.duty]
    items = DutyItem.objects.filter(run=run)
    done = items.filter(done_at__isnull=False).count()
    moot = items.filter(chosen=True, done_at=None, moot_at__isnull=False).count() if duty.take == "all" else 0
    required = run.required - moot
    if run.frame_size == 0 or required == 0:
        run.state, outcome = DutyRun.State.NOTHING_DUE, Finding.Outcome.VOID
    elif done >= required:
        run.state, outcome = DutyRun.State.KEPT, Finding.Outcome.MET
    else:
        run.state, outcome = DutyRun.State.BROKEN, Finding.Outcome.BREACHED
    run.done, run.closed_at = done, now
    run.save(update_fields=["state", "done", "closed_at"])
    missing = list(
        items.filter(chosen=True, done_at=None, moot_at=None).order_by("position").values_list("ticket__number", flat=True)[:LISTED]
    )
    _write_finding(
        run, outcome, now, {"run": run.pk, "frame": run.frame_size, "required": required, "done": done, "moot": moot, "missing": missing}
    )
    if run.state == DutyRun.State.BROKEN:
        _tell(run, now)
    return True


def _write_finding(run: DutyRun, outcome: str, now: datetime, evidence: dict[str, object]) -> None:
    program = program_of(run.rulebook_version_id)
    Finding.objects.create(
        book=run.book,
        clause=program.book.duties[run.duty].clause[0],
        rule=run.duty,
        kind="duty",
        outcome=outcome,
        rulebook_version_id=run.rulebook_version_id,
        type="",
        started_at=run.made_at,
        due_at=run.due_at,
        ended_at=now,
        at=run.due_at - _LAST_MOMENT,
        evidence=evidence,
        actor_name=WATCH_NAME,
    )


def _tell(run: DutyRun, now: datetime) -> None:
    program = program_of(run.rulebook_version_id)
    duty = program.book.duties[run.duty]
    roles = sorted({name for rung in duty.on_breach for name in rung.notify})
    root = Unit.objects.get(parent=None)
    message = Message(
        "", "duty_broken", f"{duty.title} {run.period}", program.reference(duty.clause[0]), WATCH_NAME, now, (), roles, root.path
    )
    sql, params = insert_sql(message)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
