"""A hundred thousand clocks fall due at once, and the sweep of the worker handles them with all effects."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

import psycopg

# Two in five break, one climbs to the next rung of its escalation, two are warned of. The tickets are closed ones, put back to work by nobody:
# the sweep does not ask, and there are enough of them.
_DUE = """
insert into deadlines_clock (ticket_id, name, is_timer, clause, state, rulebook_version_id, calendar_version_id, owner_id, limit_text, measure, amount,
    started_at, due_at, warn_at, next_at, warned_at, breached_at, rung)
select t.id, k.name, false, k.clause, 'running', t.rulebook_version_id, %(calendar)s, t.assignee_id, '10m', 'clock', 600, %(begun)s,
    case k.kind when 'warn' then %(now)s + interval '1 day' when 'break' then %(now)s - interval '1 minute' else %(now)s - interval '30 minutes' end,
    case k.kind when 'warn' then %(now)s - interval '1 minute' end, %(now)s - interval '1 minute',
    case when k.kind <> 'warn' then %(begun)s end, case when k.kind = 'climb' then %(now)s - interval '30 minutes' end, case k.kind when 'climb' then 1 else 0 end
from (select *, row_number() over (order by id desc) as n from tickets_ticket where state = 'closed' and assignee_id is not null order by id desc limit %(count)s) t
join (values (0, 'break', 'dispatched', '五.3'), (1, 'break', 'handled', '五.4'), (2, 'climb', 'dispatched', '五.3'), (3, 'warn', 'dispatched', '五.3'),
    (4, 'warn', 'handled', '五.4')) k(n, kind, name, clause) on k.n = t.n %% 5
"""


def swept(dsn: str, count: int, now: datetime) -> tuple[int, float, int]:
    """Make `count` clocks due, sweep, and return how many were handled, in how many seconds, and how many messages that sent."""
    from django.db import connection

    from banjie.deadlines.sweep import sweep

    sweep(now)  # what the creations before have left behind is not what we count
    with psycopg.connect(dsn, autocommit=True) as db:
        calendar = _one(db, "select calendar_version_id from deadlines_clock limit 1")
        psycopg.ClientCursor(db).execute(_DUE, {"calendar": calendar, "begun": now - timedelta(hours=1), "now": now, "count": count})
        db.execute("analyze deadlines_clock")
        before = _one(db, "select count(*) from channels_notification")
        begun = time.perf_counter()
        done = sweep(now)
        seconds = time.perf_counter() - begun
        connection.close()
        return done, seconds, _one(db, "select count(*) from channels_notification") - before


def _one(db: psycopg.Connection[Any], sql: str) -> Any:
    row = db.execute(sql).fetchone()
    assert row is not None
    return row[0]
