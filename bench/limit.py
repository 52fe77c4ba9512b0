"""The limit: what a script written by hand for one purpose gets out of the same server, driver and tables.

It knows no permissions, no rulebook, no signatures, no HTTP and no JSON; each operation is one statement wherever that is
the faster way. Run as processes of their own, because the interpreter lets one thread of a process compute at a time.
"""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count, cycle
from random import Random
from typing import Any

import psycopg

from bench import vocabulary
from bench.load import Measured

Connection = psycopg.Connection[Any]
# (processes, threads in each): eight connections either way; the better one counts.
SHAPES = ((2, 4), (1, 8))

_CREATE = """
with known as (
    select customer_id from customers_phone where number = %(phone)s and is_caller and is_active
), claimed as (
    insert into customers_phone (customer_id, number, kind, label, is_caller, is_active, created_at)
    select nextval('customers_customer_id_seq'), %(phone)s, 'mobile', '', true, true, %(at)s where not exists (select from known)
    on conflict (number) where is_caller and is_active do nothing returning customer_id
), made as (
    insert into customers_customer (id, name, kind, grade, unit_id, address, note, is_active, created_at, updated_at)
    select customer_id, %(contact)s, 'person', 'normal', %(unit)s, '', '', true, %(at)s, %(at)s from claimed
), t as (
    insert into tickets_ticket (id, number, rulebook_version_id, type, state, stage, is_open, version, round, rank, unit_id, responsible_id, opened_by_id,
        customer_id, summary, contact, phone, address, priority, level, source, fields, opened_at, entered_at, updated_at, due_at, due_clock,
        chain_length, chain_head)
    select n.id, 'LM-' || %(day)s || '-' || n.id, %(version)s, 'consumables', 'registered', 1, true, 1, 1, 51, %(unit)s, %(member)s, %(member)s,
        coalesce((select customer_id from known), (select customer_id from claimed)), %(summary)s, %(contact)s, %(phone)s, %(address)s, 'normal', '',
        'merchant', %(fields)s::jsonb, %(at)s, %(at)s, %(at)s, %(due)s, 'dispatched', 2, %(link)s
    from (select nextval('tickets_ticket_id_seq') as id) n
    returning id, number
), w as (
    insert into tickets_searchwords (ticket_id, words) select t.id, %(words)s::tsvector from t
), e as (
    insert into tickets_event (ticket_id, seq, at, kind, action, outcome, actor_name, member_id, door, from_state, to_state, payload, digest)
    select t.id, s, %(at)s, 'opened', 'accept', '', 'limit', %(member)s, 'token', '', 'registered', %(fields)s::jsonb, %(link)s
    from t, generate_series(1, 2) s
), k as (
    insert into deadlines_clock (ticket_id, name, is_timer, clause, state, rulebook_version_id, calendar_version_id, limit_text, measure, amount,
        started_at, due_at, next_at, rung)
    select t.id, n, false, '五.3', 'running', %(version)s, %(calendar)s, '10m', 'clock', 600, %(at)s, %(due)s, %(due)s, 0
    from t, unnest(array['passed_on', 'dispatched', 'handled']) n
), j as (
    insert into channels_notification (member_id, ticket_number, kind, title, clause, actor_name, at, email_state, email_error)
    select %(member)s, t.number, 'opened', %(summary)s, '', 'limit', %(at)s, '', '' from t
)
select id from t
"""
_ACT = """
with t as (
    select id, number, chain_length from tickets_ticket where id = %(id)s for update
), u as (
    update tickets_ticket set state = 'appointed', stage = 3, version = version + 1, entered_at = %(at)s, updated_at = %(at)s, due_at = %(due)s,
        due_clock = 'visited', chain_length = t.chain_length + 1, chain_head = %(link)s
    from t where tickets_ticket.id = t.id
), e as (
    insert into tickets_event (ticket_id, seq, at, kind, action, outcome, actor_name, member_id, door, from_state, to_state, payload, digest)
    select t.id, t.chain_length + 1, %(at)s, 'action', 'book', '', 'limit', %(member)s, 'token', 'unprocessed', 'appointed', %(fields)s::jsonb, %(link)s from t
), k as (
    insert into deadlines_clock (ticket_id, name, is_timer, clause, state, rulebook_version_id, calendar_version_id, limit_text, measure, amount,
        started_at, due_at, next_at, rung)
    select t.id, %(clock)s, false, '一.5', 'running', %(version)s, %(calendar)s, '1d', 'clock', 86400, %(at)s, %(due)s, %(due)s, 0 from t
), j as (
    insert into channels_notification (member_id, ticket_number, kind, title, clause, actor_name, at, email_state, email_error)
    select %(member)s, t.number, 'booked', '', '', 'limit', %(at)s, '', '' from t
)
select id from t
"""
ROW = (
    "t.id, t.number, t.type, t.state, t.is_open, t.version, t.rank, t.summary, t.contact, t.phone, t.address, t.priority, u.name, m.name, t.opened_at, "
    "t.updated_at, t.due_at, t.due_clock"
)
_NAMED = "tickets_ticket t join people_unit u on u.id = t.unit_id left join people_member m on m.id = t.assignee_id"
DUE = "coalesce(t.due_at, '9999-12-31 00:00:00+00'::timestamptz)"
_QUEUE = f"select {ROW} from {_NAMED} where t.is_open and (t.rank, {DUE}, t.id) > (%s, %s, %s) order by t.rank, {DUE}, t.id limit 50"
_TICKET = (
    f"select {ROW}, t.fields::text, (select json_agg(json_build_array(e.seq, e.at, e.kind, e.action, e.outcome, e.actor_name, e.from_state, e.to_state, "
    f"e.payload) order by e.seq desc)::text from tickets_event e where e.ticket_id = t.id) from {_NAMED} where t.number = %s"
)
_NEWEST = f"select {ROW} from {_NAMED} where t.id = any(%s) order by t.id desc limit 20"
_BY_IDENTIFIER = "select ticket_id from tickets_identifier where value = %s limit 2001"


def create(db: Connection, facts: dict[str, Any], random: Random) -> Iterator[Callable[[], None]]:
    """Open tickets: customer, words, two events, three clocks, a job."""
    from banjie.tickets import words

    due, link = timedelta(minutes=10), bytes(32)
    texts = [(vocabulary.person(random), vocabulary.address(random), vocabulary.problem(random)) for _ in range(1500)]

    def once(contact: str, address: str, problem: str) -> None:
        at, phone = datetime.now(UTC), vocabulary.phone(random)
        vector = words.vector(f"{problem[:200]} {contact}", f"{address} {phone} {problem}")
        fields = f'{{"source":"merchant","contact":"{contact}","phone":"{phone}","address":"{address}","problem":"{problem}"}}'
        values = {"phone": phone, "at": at, "contact": contact, "day": f"{at:%y%m%d}", "summary": problem[:200], "address": address}
        db.execute(_CREATE, facts["ids"] | values | {"fields": fields, "due": at + due, "link": link, "words": vector})

    for text in cycle(texts):
        yield lambda text=text: once(*text)  # type: ignore[misc]


def act(db: Connection, facts: dict[str, Any], random: Random) -> Iterator[Callable[[], None]]:
    """Move tickets on: lock, update, event, clock, job."""
    own = facts["pool"][facts["part"] :: facts["parts"]]
    random.shuffle(own)
    link, names = bytes(32), count()
    for ticket in cycle(own):

        def once(ticket: int = ticket) -> None:
            at = datetime.now(UTC)
            values = {
                "id": ticket,
                "at": at,
                "due": at + timedelta(days=30),
                "link": link,
                "clock": f"limit-{facts['round']}-{facts['part']}-{next(names)}",
            }
            db.execute(_ACT, facts["ids"] | values | {"fields": '{"visit_at":"2030-01-01T09:00:00+08:00","agreed_with":"王老板"}'})

        yield once


def queue(db: Connection, facts: dict[str, Any], random: Random) -> Iterator[Callable[[], None]]:
    """Read fifty tickets in queue order, from anywhere in it."""
    while True:
        after = random.choice(facts["places"])
        yield lambda after=after: db.execute(_QUEUE, after).fetchall()  # type: ignore[misc]


def ticket(db: Connection, facts: dict[str, Any], random: Random) -> Iterator[Callable[[], None]]:
    """Read a ticket with its history."""
    while True:
        number = random.choice(facts["numbers"])
        yield lambda number=number: db.execute(_TICKET, (number,)).fetchall()  # type: ignore[misc]


def search(db: Connection, facts: dict[str, Any], random: Random) -> Iterator[Callable[[], None]]:
    """Find the newest twenty tickets in two steps: by identifier, or by a word."""
    for text in cycle(random.sample(facts["texts"], len(facts["texts"]))):
        yield (lambda text=text: _words(db, text)) if facts["words"] else (lambda text=text: _identifier(db, text))  # type: ignore[misc]


def _identifier(db: Connection, text: str) -> None:
    found = [row[0] for row in db.execute(_BY_IDENTIFIER, (text,))]
    db.execute(_NEWEST, (found,)).fetchall()


def _words(db: Connection, word: str) -> None:
    # Literals: a prepared plan would walk the whole table.
    found = [
        row[0]
        for row in db.execute(
            f"select ticket_id from tickets_searchwords where words @@ '''{word}'''::tsquery offset 0 limit 2001", prepare=False
        )
    ]
    if len(found) <= 2000:
        db.execute(_NEWEST, (found,)).fetchall()
        return
    db.execute(
        f"select {ROW} from {_NAMED} where exists (select from tickets_searchwords s where s.ticket_id = t.id and s.words @@ '''{word}'''::tsquery) order by t.id desc limit 20",
        prepare=False,
    ).fetchall()


OPERATIONS = {"create": create, "act": act, "queue": queue, "ticket": ticket, "search": search}


def measure(dsn: str, operation: str, facts: dict[str, Any], seconds: float, shape: tuple[int, int]) -> Measured:
    """Run an operation of the limit over eight connections for `seconds`; all begin at the same moment."""
    processes, threads = shape
    context = multiprocessing.get_context("spawn")
    results: Any = context.Queue()
    together: Any = context.Barrier(processes * threads)
    parts = [facts | {"part": n * threads, "parts": processes * threads, "threads": threads} for n in range(processes)]
    running = [context.Process(target=_process, args=(dsn, operation, part, seconds, together, results), daemon=True) for part in parts]
    for process in running:
        process.start()
    found = [results.get(timeout=seconds + 60) for _ in running]
    for process in running:
        process.join()
    times = [t for own, _used in found for t in own]
    return Measured(len(times), seconds, times, sum(used for _own, used in found))


def _process(dsn: str, operation: str, facts: dict[str, Any], seconds: float, together: Any, results: Any) -> None:
    times: list[float] = []
    used: list[float] = []
    working = [
        threading.Thread(target=_work, args=(dsn, operation, facts | {"part": facts["part"] + n}, seconds, together, (times, used)))
        for n in range(facts["threads"])
    ]
    for thread in working:
        thread.start()
    for thread in working:
        thread.join()
    results.put((times, max(used) - min(used)))


def _work(dsn: str, operation: str, facts: dict[str, Any], seconds: float, together: Any, kept: tuple[list[float], list[float]]) -> None:
    times, used = kept
    with psycopg.connect(dsn, autocommit=True, prepare_threshold=2) as db:
        steps = OPERATIONS[operation](db, facts, Random(f"{facts['round']} {facts['part']}"))
        for _ in range(5):
            next(steps)()
        together.wait()
        used.append(time.process_time())
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            once = next(steps)
            begun = time.perf_counter()
            once()
            times.append(time.perf_counter() - begun)
        used.append(time.process_time())
