"""Duties: what is owed every period over a set of tickets, drawn so that an auditor can draw it again.

POS-22, POS-23, POS-25; PLT-12: each period once, whatever restarts, and missed periods are caught up.
"""

from __future__ import annotations

import hmac
import math
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction

from banjie.deadlines.closing import close_due_runs
from banjie.deadlines.limits import current_calendar
from banjie.deadlines.models import DutyItem, DutyRun
from banjie.deadlines.opened import open_owed
from banjie.deadlines.periods import CATCH_UP_DAYS, due_at, period_start
from banjie.rulebook import due
from banjie.rulebook.language import Duty
from banjie.rulebook.models import RulebookVersion
from banjie.rulebook.program import Program
from banjie.rulebook.queries import active_programs
from banjie.worktime.arithmetic import add

_LENGTH = {"yesterday": timedelta(days=1), "last_week": timedelta(days=7), "last_month": timedelta(days=31)}

# Tickets that entered one of the states within a time.
_ENTERED = """
select distinct e.ticket_id, t.number from tickets_event e join tickets_ticket t on t.id = e.ticket_id
join rulebook_rulebookversion v on v.id = t.rulebook_version_id join rulebook_rulebook r on r.id = v.rulebook_id
where e.at >= %(begin)s and e.at < %(end)s and e.to_state = any(%(states)s) and e.from_state <> e.to_state and e.action <> ''
  and r.slug = %(book)s and (%(types)s::text[] = '{}' or t.type = any(%(types)s))
order by t.number
"""
# Tickets that stood in one of the states at a moment: where the first move after it starts from, else where they are now.
_STANDING = """
select t.id, t.number from tickets_ticket t
join rulebook_rulebookversion v on v.id = t.rulebook_version_id join rulebook_rulebook r on r.id = v.rulebook_id
where t.state = any(%(states)s) and t.opened_at < %(opened)s and r.slug = %(book)s and (%(types)s::text[] = '{}' or t.type = any(%(types)s))
  and (t.entered_at < %(end)s or not exists (  -- booked again since: the state is entered anew, and never was left
       select from tickets_event e where e.ticket_id = t.id and e.at >= %(end)s and e.from_state <> e.to_state))
union
select t.id, t.number from (
    select distinct on (e.ticket_id) e.ticket_id, e.from_state from tickets_event e
    where e.at >= %(end)s and e.from_state <> e.to_state order by e.ticket_id, e.seq) first
join tickets_ticket t on t.id = first.ticket_id
join rulebook_rulebookversion v on v.id = t.rulebook_version_id join rulebook_rulebook r on r.id = v.rulebook_id
where first.from_state = any(%(states)s) and t.opened_at < %(opened)s and r.slug = %(book)s and (%(types)s::text[] = '{}' or t.type = any(%(types)s))
order by 2
"""
# What people did in the period before its run was opened, because no worker ran: it counts.
_DONE_ALREADY = """
update deadlines_dutyitem i set done_at = e.at, done_by_id = e.member_id, done_by_name = e.actor_name, result = e.outcome
from (select distinct on (ticket_id) ticket_id, at, member_id, actor_name, outcome from tickets_event
      where at >= %(begin)s and at <= %(end)s and action = any(%(actions)s) and outcome <> 'unreachable' order by ticket_id, seq) e
where i.run_id = %(run)s and i.ticket_id = e.ticket_id
"""
# What left the duty's states before its run was opened, undone, is moot as it would have been with the run open.
_MOOT_ALREADY = """
update deadlines_dutyitem i set moot_at = e.at
from (select distinct on (ticket_id) ticket_id, at from tickets_event
      where at >= %(begin)s and at <= %(end)s and from_state <> to_state and to_state <> all(%(states)s) order by ticket_id, seq) e
where i.run_id = %(run)s and i.ticket_id = e.ticket_id and i.done_at is null
"""


def run_duties(now: datetime) -> int:
    """Open the runs of every period that has begun, close those that are over; return how many there were."""
    return sum(_open_runs(program, now) + _let_join(program, now) for program in active_programs()) + close_due_runs(now)


def _open_runs(program: Program, now: datetime) -> int:
    zone = ZoneInfo(settings.TIME_ZONE)
    today = now.astimezone(zone).date()
    made = 0
    for name, duty in program.book.duties.items():
        made += sum(_open_run(program, name, duty, period, now, zone) for period in _periods(program, name, duty, today))
    return made


def _periods(program: Program, name: str, duty: Duty, today: date) -> list[date]:
    """Return the first days of the periods that have no run yet: the present one, and missed ones since activation."""
    last = DutyRun.objects.filter(book=program.slug, duty=name).order_by("-period").values_list("period", flat=True).first()
    current = period_start(duty, today)
    if last is not None and last >= current:
        return []
    if last is None:
        begun = (
            RulebookVersion.objects.filter(rulebook__slug=program.slug, activated_at__isnull=False)
            .order_by("activated_at")
            .values_list("activated_at", flat=True)[0]
        )
        assert begun is not None
        last = period_start(duty, begun.astimezone(ZoneInfo(settings.TIME_ZONE)).date()) - timedelta(days=1)
    earliest = max(last + timedelta(days=1), today - timedelta(days=CATCH_UP_DAYS.get(duty.every, 31)))
    days = ((earliest + timedelta(days=n)) for n in range((today - earliest).days + 1))
    return sorted({start for day in days if (start := period_start(duty, day)) > last and _is_due_on(program, duty, start)})


def _is_due_on(program: Program, duty: Duty, day: date) -> bool:
    return duty.every != "working_day" or current_calendar(program.book.calendar).is_working_day(day)


def seed_of(book: str, duty: str, period: date) -> str:
    """Return the seed of a draw. The chain key, the duty and the period fix it long before any frame is known."""
    return hmac.digest(settings.CHAIN_KEY, f"{book}|{duty}|{period}".encode(), sha256).hex()


def draw(seed: str, frame: list[str], size: int) -> list[str]:
    """Return the `size` tickets of `frame` with the smallest SHA-256 of seed and number."""
    return sorted(sorted(frame), key=lambda number: sha256(f"{seed}|{number}".encode()).hexdigest())[:size]


def sample_size(duty: Duty, frame: int) -> int:
    """Return how many of a frame are owed: all, or the share rounded up and at least `at_least`; none of an empty frame."""
    if duty.take == "all":
        return frame
    share = Decimal(duty.take.rstrip("%")) / 100
    return min(frame, max(duty.at_least, math.ceil(share * frame))) if frame else 0


@transaction.atomic
def _open_run(program: Program, name: str, duty: Duty, period: date, now: datetime, zone: ZoneInfo) -> int:
    begin = datetime.combine(period, datetime.min.time(), zone)
    if DutyRun.objects.filter(book=program.slug, duty=name, period=period).exists():
        return 0  # before anything is opened for it; two workers at once are told apart below
    frame = open_owed(program, name, duty, now) if duty.opens else _frame(program, duty, begin)
    numbers = [number for _pk, number in frame]
    seed = seed_of(program.slug, name, period)
    required = sample_size(duty, len(frame))
    run, created = DutyRun.objects.get_or_create(
        book=program.slug,
        duty=name,
        period=period,
        defaults={
            "rulebook_version_id": program.version_id,
            "made_at": now,
            "due_at": due_at(duty, begin, current_calendar(program.book.calendar)),
            "size_rule": f"{duty.take}, >= {duty.at_least}" if duty.take != "all" else "all",
            "seed": seed,
            "frame": numbers,
            "frame_size": len(frame),
            "required": required,
        },
    )
    if not created:
        transaction.set_rollback(True)  # with what was opened for it: the other worker's run is the one that counts
        return 0
    place = {number: i for i, number in enumerate(draw(seed, numbers, len(numbers)))}
    DutyItem.objects.bulk_create(
        [DutyItem(run=run, ticket_id=pk, position=place[number] + 1, chosen=place[number] < required) for pk, number in frame],
        batch_size=2000,
    )
    with connection.cursor() as cursor:
        since: dict[str, Any] = {"run": run.pk, "begin": begin, "end": run.due_at}
        cursor.execute(_DONE_ALREADY, {**since, "actions": duty.do})
        if duty.take == "all" and not duty.opens:
            cursor.execute(_MOOT_ALREADY, {**since, "states": duty.over.states})
    return 1


def _let_join(program: Program, now: datetime) -> int:
    """Let tickets that have come of age since join the open runs of duties that are about all tickets of an age (FQR-03)."""
    joined = 0
    for name, duty in program.book.duties.items():
        if duty.over.older_than is None or duty.take != "all":
            continue
        for run in DutyRun.objects.filter(book=program.slug, duty=name, state=DutyRun.State.OPEN, due_at__gt=now)[: CATCH_UP_DAYS["day"]]:
            joined += _join(program, duty, run.pk, now)
    return joined


@transaction.atomic
def _join(program: Program, duty: Duty, run_id: int, now: datetime) -> int:
    run = DutyRun.objects.select_for_update().get(pk=run_id)
    known = set(run.frame)
    fresh = [(pk, number) for pk, number in _frame(program, duty, now) if number not in known]
    if run.state != DutyRun.State.OPEN or not fresh:
        return 0
    DutyItem.objects.bulk_create(
        [DutyItem(run=run, ticket_id=pk, position=len(known) + n, chosen=True) for n, (pk, _number) in enumerate(fresh, start=1)]
    )
    run.frame += [number for _pk, number in fresh]
    run.frame_size, run.required = run.frame_size + len(fresh), run.required + len(fresh)
    run.save(update_fields=["frame", "frame_size", "required"])
    return len(fresh)


def _before(program: Program, duty: Duty, at: datetime) -> datetime:
    """Return before when a ticket must have been opened to be older than the duty says."""
    if duty.over.older_than is None:
        return at
    return add(at, -due.duration(duty.over.older_than), current_calendar(program.book.calendar))


def _frame(program: Program, duty: Duty, begin: datetime) -> list[tuple[int, str]]:
    length = _LENGTH.get(duty.over.entered)
    values: dict[str, Any] = {
        "states": duty.over.states,
        "types": duty.over.types,
        "book": program.slug,
        "end": begin,
        "begin": begin - length if length else begin,
        "opened": _before(program, duty, begin),
    }
    with connection.cursor() as cursor:
        cursor.execute(_ENTERED if length else _STANDING, values)
        return [(pk, number) for pk, number in cursor.fetchall()]
