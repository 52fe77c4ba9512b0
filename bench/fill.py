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

from bench import paths, statements, vocabulary
from bench.organisation import BOOK

TEXTS = 6000
LINKED = 500
OPEN_SHARE = 0.10
OPEN_SHARE_OF_GROWTH = 0.01  # more tickets are more years of the same house: its people can only have so many open
_TABLES = (
    "tickets_ticket",
    "tickets_searchwords",
    "tickets_event",
    "tickets_identifier",
    "deadlines_clock",
    "deadlines_finding",
    "customers_customer",
    "customers_phone",
)


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
            for sql in (
                statements.TICKETS,
                statements.WORDS,
                statements.EVENTS,
                statements.IDENTIFIERS,
                statements.CLOCKS,
                statements.ENDED_CLOCKS,
                statements.FINDINGS,
            ):
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
        "openers": [row[0] for row in db.execute(statements.OPENER)],
        "version": _one(db, "select id from rulebook_rulebookversion where status = 'active'"),
        "calendar": _one(
            db,
            "select v.id from worktime_calendarversion v join worktime_calendar c on c.id = v.calendar_id where c.code = 'cn-24h' order by v.id desc limit 1",
        ),
        "book": BOOK,
    }
    db.execute("select setseed(0.42)")
    for sql in (statements.CALLERS, statements.STAGE, statements.RUNNING):
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
