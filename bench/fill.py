# lint: allow file-budget: one long statement after another; split when it grows
"""Fill the tables with tickets as sets: a few thousand texts from Python, everything else in SQL, indexes made afterwards.

The rows are such as the verbs write: words with their weights, identifiers, events, clocks. The links of the hash chain
are random bytes but for the first `LINKED` tickets: nothing that is measured reads them, and each would cost a signature.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from random import Random
from typing import Any

import psycopg

from bench import paths, vocabulary
from bench.organisation import BOOK

TEXTS = 6000
LINKED = 500
PER_CALLER = 8
OPEN_SHARE = 0.10
OPEN_SHARE_OF_GROWTH = 0.01  # more tickets are more years of the same house: its people can only have so many open
_TABLES = (
    "tickets_ticket",
    "tickets_event",
    "tickets_identifier",
    "deadlines_clock",
    "deadlines_finding",
    "customers_customer",
    "customers_phone",
)

_STAGE = f"""
create unlogged table bench_new as
select d.*, case d.is_asset when true then a.customer_id else d.caller end as customer_id, a.asset_id, coalesce(a.unit_id, e.unit_id) as unit_id,
    case when d.state in ('registered', 'at_second_level', 'cancelled') then null else coalesce(a.engineer_id, e.engineer_id) end as assignee_id,
    x.letter || '-' || to_char(d.opened_at at time zone 'Asia/Shanghai', 'YYMMDD') || '-' || lpad(d.id::text, 5, '0') as number,
    coalesce(a.phone, d.caller_phone) as phone, a.terminal_no, a.merchant_no, a.barcode
from (
    select c.*, case when is_open then {paths.drawn(paths.OPEN_SHARES)} else {paths.drawn(paths.ENDED_SHARES)} end as state
    from (
        select %(first)s + n as id, n, n > %(count)s * (1 - %(open)s) as is_open, random() as r, random() < 0.4 as is_asset,
            1 + (random() * (%(texts)s - 1))::int as text, 1 + (random() * (%(assets)s - 1))::int as asset, 1 + (random() * (%(districts)s - 1))::int as district,
            %(callers)s + n / {PER_CALLER} as caller, '1' || (3000000000 + (%(callers)s + n / {PER_CALLER}))::text as caller_phone,
            (%(openers)s::bigint[])[1 + (random() * (cardinality(%(openers)s::bigint[]) - 1))::int] as opener,
            %(now)s::timestamptz - (case when n > %(count)s * (1 - %(open)s) then interval '2 days' * random()
                else interval '2 days' + interval '360 days' * (1 - n::float / %(count)s) end) as opened_at
        from generate_series(1, %(count)s) n
    ) c
) d
join bench_text x on x.n = d.text
join bench_district e on e.n = d.district
left join bench_asset a on d.is_asset and a.n = d.asset
"""
_FIELDS = """jsonb_strip_nulls(jsonb_build_object('source', x.source, 'urgency', x.urgency, 'terminal_no', b.terminal_no, 'merchant_no', b.merchant_no,
    'barcode', b.barcode, 'address', x.address, 'contact', x.contact, 'phone', b.phone, 'problem', x.problem))"""
_OPENER = "select id from people_member where username in ('li', 'zhang', 'qian', 'feng') or username like 'kf\\_%%'"

_TICKETS = f"""
insert into tickets_ticket (id, number, rulebook_version_id, type, state, stage, is_open, version, round, rank, unit_id, assignee_id, responsible_id,
    opened_by_id, customer_id, asset_id, summary, contact, phone, address, priority, level, source, fields, opened_at, entered_at, updated_at, ended_at,
    due_at, due_warn_at, due_clock, chain_length, chain_head, words)
select b.id, b.number, %(version)s, x.type, b.state, p.stage, b.is_open, p.steps, 1, x.rank, b.unit_id, b.assignee_id, b.opener, b.opener, b.customer_id,
    b.asset_id, x.summary, x.contact, b.phone, x.address, x.urgency, '', x.source, {_FIELDS}, b.opened_at, b.opened_at + p.last, b.opened_at + p.last,
    case when not b.is_open then b.opened_at + p.last end, k.due_at, null, coalesce(k.name, ''), p.steps, sha256(convert_to(b.number || p.steps, 'UTF8')),
    (x.words || ' ''' || lower(b.number) || ''':1A ''' || lower(split_part(b.number, '-', 1)) || ''':1A ''' || b.phone || ''':2B'
        || coalesce(' ''' || lower(b.terminal_no) || ''':2B ''' || lower(b.merchant_no) || ''':2B ''' || lower(b.barcode) || ''':2B', ''))::tsvector
from bench_new b join bench_text x on x.n = b.text join bench_path p on p.state = b.state
left join lateral (select name, due_at from bench_clock k where k.ticket_id = b.id order by due_at limit 1) k on true
"""
# A share of the running clocks is overdue already: broken and told, as in life. None falls due while we measure.
_RUNNING = """
create unlogged table bench_clock as
select b.id as ticket_id, k.name, k.name = 'file_away' as is_timer, k.clause, k.minutes, b.assignee_id, b.opened_at as started_at,
    b.r < 0.2 and k.name <> 'file_away' as late,
    case when b.r < 0.2 and k.name <> 'file_away' then %(now)s::timestamptz - interval '30 days' * random()
         else %(now)s::timestamptz + interval '1 day' + interval '6 days' * random() end as due_at
from bench_new b join bench_rule k on k.state = b.state where b.is_open
"""
_CLOCKS = """
insert into deadlines_clock (ticket_id, name, is_timer, clause, state, rulebook_version_id, calendar_version_id, owner_id, limit_text, measure, amount,
    started_at, due_at, next_at, breached_at, rung)
select ticket_id, name, is_timer, clause, 'running', %(version)s, %(calendar)s, assignee_id, minutes || 'm', 'clock', minutes * 60, started_at, due_at,
    case when not late then due_at end, case when late then due_at end, case when late then 2 else 0 end
from bench_clock
"""
_ENDED_CLOCKS = """
insert into deadlines_clock (ticket_id, name, is_timer, clause, state, rulebook_version_id, calendar_version_id, owner_id, limit_text, measure, amount,
    started_at, due_at, stopped_at, rung)
select b.id, k.name, false, k.clause, case when b.r < 0.1 then 'missed' else 'met' end, %(version)s, %(calendar)s, b.assignee_id, k.minutes || 'm', 'clock',
    k.minutes * 60, b.opened_at, b.opened_at + k.minutes * interval '1 minute', b.opened_at + interval '5 minutes', 0
from bench_new b, bench_rule k where k.state in ('registered', 'unprocessed') and not b.is_open
"""
_FINDINGS = """
insert into deadlines_finding (book, clause, rule, kind, outcome, rulebook_version_id, calendar_version_id, ticket_id, type, unit_id, owner_id, started_at,
    due_at, ended_at, at, evidence, actor_name, reason)
select %(book)s, k.clause, k.name, 'deadline', case when b.r < 0.1 then 'breached' else 'met' end, %(version)s, %(calendar)s, b.id, x.type, b.unit_id,
    b.assignee_id, b.opened_at, b.opened_at + k.minutes * interval '1 minute', b.opened_at + interval '5 minutes', b.opened_at + interval '5 minutes',
    jsonb_build_object('ticket', b.number, 'limit', k.minutes || 'm'), '李娜', ''
from bench_new b join bench_text x on x.n = b.text, bench_rule k where k.state in ('registered', 'unprocessed') and not b.is_open
"""
_EVENTS = f"""
insert into tickets_event (ticket_id, seq, at, kind, action, outcome, actor_name, member_id, door, from_state, to_state, payload, digest)
select b.id, s.seq, b.opened_at + s.after, s.kind, s.action, s.outcome, m.name, m.id, 'session', s.from_state, s.to_state,
    case s.action when 'accept' then {_FIELDS}
        when 'dispatch' then case s.outcome when 'direct' then jsonb_build_object('assignee', b.assignee_id,
            'candidates', jsonb_build_array(jsonb_build_object('member', b.assignee_id, 'name', m.name, 'open', 12, 'excluded', '', 'chosen', true)))
            else jsonb_build_object('unit', b.unit_id, 'unit_name', '湖南分公司') end
        when 'book' then jsonb_build_object('visit_at', (b.opened_at + interval '9 hours')::text, 'agreed_with', x.contact)
        when 'report_blocked' then '{{"blocked_side": "merchant", "blocked_reason": "商户装修停业,无法处理"}}'
        when 'complete' then '{{"result": "现场更换配件并试刷三笔,签购单打印正常", "fully_solved": true}}'
        when 'call_back' then '{{"reached": "satisfied", "opinion": "师傅来得快,态度好"}}'
        when 'cancel' then '{{"reason": "商户自行恢复"}}' else '{{}}' end,
    sha256(convert_to(b.number || s.seq, 'UTF8'))
from bench_new b join bench_step s on s.state = b.state join bench_text x on x.n = b.text
join people_member m on m.id = case when s.who = 'assignee' then coalesce(b.assignee_id, b.opener) else b.opener end
order by b.id, s.seq
"""
_IDENTIFIERS = """
insert into tickets_identifier (value, ticket_id)
select v, b.id from bench_new b, unnest(array[b.number, '~' || reverse(b.number), b.phone, '~' || reverse(b.phone), b.terminal_no, b.merchant_no, b.barcode]) v
where v is not null order by b.id
"""
_CALLERS = f"""
with made as (
    insert into customers_customer (id, name, kind, grade, unit_id, address, note, is_active, created_at, updated_at)
    select %(callers)s + k, x.contact, 'person', 'normal', e.unit_id, '', '', true, %(now)s, %(now)s
    from generate_series(0, %(count)s / {PER_CALLER}) k join bench_text x on x.n = 1 + k %% %(texts)s join bench_district e on e.n = 1 + k %% %(districts)s
    returning id
)
insert into customers_phone (customer_id, number, kind, label, is_caller, is_active, created_at)
select id, '1' || (3000000000 + id)::text, 'mobile', '', true, true, %(now)s from made
"""


def fill(admin: str, count: int, *, now: datetime) -> float:
    """Add `count` tickets with everything that belongs to them; return how many seconds it took."""
    begun = time.monotonic()
    with psycopg.connect(admin, autocommit=True) as db:
        for setting in (
            "synchronous_commit = off",
            "session_replication_role = replica",
            "work_mem = '256MB'",
            "maintenance_work_mem = '1GB'",
        ):
            db.execute(f"set {setting}")
        _drop_stages(db)
        facts = _stage(db, count, now)
        with _without_indexes(db):
            for sql in (_TICKETS, _EVENTS, _IDENTIFIERS, _CLOCKS, _ENDED_CLOCKS, _FINDINGS):
                db.execute(sql, {name: value for name, value in facts.items() if f"%({name})s" in sql})
        for table in ("tickets_ticket", "customers_customer"):
            db.execute(f"select setval('{table}_id_seq', (select max(id) from {table}))")
        _link(db, facts["first"])
        _drop_stages(db)
        db.execute("vacuum (analyze)")
        db.execute("checkpoint")
    return time.monotonic() - begun


def _one(db: psycopg.Connection[Any], sql: str) -> Any:
    row = db.execute(sql).fetchone()
    assert row is not None
    return row[0]


def _stage(db: psycopg.Connection[Any], count: int, now: datetime) -> dict[str, Any]:
    """Make the staging tables: texts, assets, districts, paths, and the new tickets with all that was drawn for them."""
    first = _one(db, "select coalesce(max(id), 0) from tickets_ticket")
    _copy_texts(db, Random(first))
    _copy_paths(db)
    db.execute(
        "create unlogged table bench_asset as select row_number() over (order by a.id)::int as n, a.id as asset_id, a.customer_id, a.unit_id, a.engineer_id, "
        "(select number from customers_phone p where p.customer_id = a.customer_id limit 1) as phone, "
        + ", ".join(
            f"(select value from customers_assetkey k where k.asset_id = a.id and k.kind = '{kind}') as {kind}"
            for kind in ("terminal_no", "merchant_no", "barcode")
        )
        + " from customers_asset a where engineer_id is not null"
    )
    db.execute(
        "create unlogged table bench_district as select row_number() over (order by unit_id)::int as n, unit_id, max(engineer_id) as engineer_id from bench_asset group by unit_id"
    )
    facts: dict[str, Any] = {
        "first": first,
        "count": count,
        "now": now,
        "open": OPEN_SHARE_OF_GROWTH if first else OPEN_SHARE,
        "texts": TEXTS,
        "assets": _one(db, "select count(*) from bench_asset"),
        "districts": _one(db, "select count(*) from bench_district"),
        "callers": _one(db, "select max(id) + 1 from customers_customer"),
        "openers": [row[0] for row in db.execute(_OPENER)],
        "version": _one(db, "select id from rulebook_rulebookversion where status = 'active'"),
        "calendar": _one(
            db,
            "select v.id from worktime_calendarversion v join worktime_calendar c on c.id = v.calendar_id where c.code = 'cn-24h' order by v.id desc limit 1",
        ),
        "book": BOOK,
    }
    db.execute("select setseed(0.42)")
    for sql in (_CALLERS, _STAGE, _RUNNING):
        # literals: a set that is made once needs no prepared plan
        psycopg.ClientCursor(db).execute(sql, facts)
    for table, key in (("new", "id"), ("clock", "ticket_id"), ("text", "n")):
        db.execute(f"create index on bench_{table} ({key})")
        db.execute(f"analyze bench_{table}")
    return facts


def _copy_texts(db: psycopg.Connection[Any], random: Random) -> None:
    from banjie.rulebook.queries import active_program
    from banjie.tickets import words

    kinds = active_program(BOOK).types
    db.execute(
        "create unlogged table bench_text (n int, type text, letter text, rank int, source text, urgency text, summary text, contact text, address text, "
        "problem text, words text)"
    )
    with db.cursor().copy("copy bench_text from stdin") as out:
        for n in range(1, TEXTS + 1):
            kind, source = random.choice(paths.TYPES), random.choice(("bank", "merchant", "other"))
            problem, contact, address = vocabulary.problem(random), vocabulary.person(random), vocabulary.address(random)
            urgency = random.choice(("urgent", "normal", "normal", "normal"))
            vector = words.vector(f"{problem[:200]} {contact}", f"{source} {urgency} {address} {contact} {problem}")
            rank = kinds[kind].spec.rank * 10 + ("urgent", "normal").index(urgency)
            out.write_row((n, kind, kinds[kind].spec.letter, rank, source, urgency, problem[:200], contact, address, problem, vector))


def _copy_paths(db: psycopg.Connection[Any]) -> None:
    from banjie.rulebook.queries import active_program

    kind = active_program(BOOK).types["consumables"]
    db.execute("create unlogged table bench_path (state text, stage int, steps int, last interval)")
    db.execute(
        "create unlogged table bench_step (state text, seq int, action text, kind text, outcome text, from_state text, to_state text, after interval, who text)"
    )
    db.execute("create unlogged table bench_rule (state text, name text, clause text, minutes int, warn float)")
    for state, steps in paths.PATHS.items():
        db.execute(
            "insert into bench_path values (%s, %s, %s, make_interval(mins => %s))",
            (state, kind.stage_rank(state), len(steps), steps[-1][5]),
        )
        for seq, (action, event, outcome, before, after, minutes, who) in enumerate(steps, start=1):
            values = (state, seq, action, event, outcome, before, after, minutes, who)
            db.execute("insert into bench_step values (%s, %s, %s, %s, %s, %s, %s, make_interval(mins => %s), %s)", values)
        for rule in paths.CLOCKS.get(state, ()):
            db.execute("insert into bench_rule values (%s, %s, %s, %s, %s)", (state, *rule))


@contextmanager
def _without_indexes(db: psycopg.Connection[Any]) -> Iterator[None]:
    """Drop the indexes of our tables and make exactly the same ones afterwards; primary keys stay."""
    owned = "where conrelid::regclass::text = any(%s) and contype = 'u'"
    uniques = db.execute(
        f"select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint {owned}", [list(_TABLES)]
    ).fetchall()
    plain = db.execute(
        "select i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) from pg_index i where i.indrelid::regclass::text = any(%s) "
        "and not i.indisprimary and not exists (select 1 from pg_constraint c where c.conindid = i.indexrelid) order by 1",
        [list(_TABLES)],
    ).fetchall()
    for table, name, _made in uniques:
        db.execute(f'alter table {table} drop constraint "{name}"')
    for name, _made in plain:
        db.execute(f"drop index {name}")
    yield
    for table, name, made in uniques:
        db.execute(f'alter table {table} add constraint "{name}" {made}')
    for _name, made in plain:
        db.execute(made)


def _link(db: psycopg.Connection[Any], first: int) -> None:
    """Chain the events of the first tickets as `timeline.extend` does, so that a part of the data can be verified."""
    from django.conf import settings

    from banjie.kernel.chain import GENESIS, link
    from banjie.tickets.step import EventDraft
    from banjie.tickets.timeline import record

    heads: dict[int, bytes] = {}
    events = db.execute(
        "select e.id, t.id, t.number, e.seq, e.at, e.kind, e.payload, e.action, e.outcome, e.from_state, e.to_state, e.actor_name, e.member_id, e.door "
        "from tickets_event e join tickets_ticket t on t.id = e.ticket_id where t.id > %s and t.id <= %s order by t.id, e.seq",
        [first, first + LINKED],
    ).fetchall()
    for pk, ticket, number, seq, at, kind, payload, action, outcome, before, after, name, member, door in events:
        draft = EventDraft(kind, payload, action, outcome, before, after)
        heads[ticket] = link(settings.CHAIN_KEY, heads.get(ticket, GENESIS), record(number, seq, at, draft, (name, member, door)))
        db.execute("update tickets_event set digest = %s where id = %s", [heads[ticket], pk])
    with db.cursor() as cursor:
        cursor.executemany("update tickets_ticket set chain_head = %s where id = %s", [(head, pk) for pk, head in heads.items()])


def _drop_stages(db: psycopg.Connection[Any]) -> None:
    for name in ("new", "clock", "text", "asset", "district", "path", "step", "rule"):
        db.execute(f"drop table if exists bench_{name}")
