"""What the duties of each day owed and what was done: callback rate and verification rate (POS-22, POS-23, POS-25)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from banjie.deadlines.models import DutyRun
from banjie.insight.access import Scope
from banjie.insight.period import Period
from banjie.insight.queries.sql import asked, rows
from banjie.rulebook.program import Program

# The whole organisation: what the run itself recorded; a run that is still open is counted from its items.
_WHOLE = """
select r.id, r.duty, r.period, r.state, r.frame_size, r.required,
    case when r.state = 'open' then (select count(*) from deadlines_dutyitem i where i.run_id = r.id and i.done_at is not null) else r.done end,
    case when r.state = 'open'
        then (select count(*) from deadlines_dutyitem i where i.run_id = r.id and i.done_at is null and i.moot_at is not null)
        else coalesce((select (f.evidence->>'moot')::int from deadlines_finding f
            where f.book = r.book and f.rule = r.duty and f.at = r.due_at and f.kind = 'duty' and f.corrects_id is null limit 1), 0) end
from deadlines_dutyrun r where r.book = %(book)s and r.period between %(first)s and %(last)s order by r.period, r.duty
"""
# A part of it: the items whose ticket stands in these units and is of these types.
_PART = """
select r.id, r.duty, r.period, r.state, count(i.id), null, count(i.done_at), count(*) filter (where i.done_at is null and i.moot_at is not null)
from deadlines_dutyrun r left join (
    deadlines_dutyitem i join tickets_ticket t on t.id = i.ticket_id
        and (%(units)s::bigint[] is null or t.unit_id = any(%(units)s)) and (%(types)s::text[] = '{}' or t.type = any(%(types)s))
) on i.run_id = r.id
where r.book = %(book)s and r.period between %(first)s and %(last)s
group by r.id order by r.period, r.duty
"""


@dataclass(frozen=True, slots=True)
class DutyDay:
    """One period of a duty. `owed` is the number of tickets that it is about, `done` those that were called back or verified.

    `required` and `state` are the judgement over the whole organisation, None in a report about a part of it.
    """

    run: int
    duty: str
    period: date
    owed: int
    done: int
    required: int | None
    state: str | None

    @property
    def rate(self) -> float | None:
        """Done of owed, from 0 to 1; None when nothing was owed: "not applicable" (section 5, no. 9)."""
        return self.done / self.owed if self.owed else None


def duty_days(program: Program, period: Period, scope: Scope) -> list[DutyDay]:
    """Return the runs of a rulebook's duties whose period begins within `period`, oldest first."""
    found = rows(_WHOLE if scope.is_whole else _PART, asked(program.slug, period, scope))
    days = []
    for pk, duty, on, state, frame, required, done, moot in found:
        spec = program.book.duties.get(duty)
        owed = frame - moot if spec is not None and spec.take == "all" else frame
        judged = state if scope.is_whole else None
        days.append(DutyDay(pk, duty, on, owed, done, required, judged))
    return days


def is_running(day: DutyDay) -> bool:
    """Tell whether the period's time is not over yet."""
    return day.state == DutyRun.State.OPEN
