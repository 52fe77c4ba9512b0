"""Write a finished step: one statement for the ticket, its chain, its outcome rows, reactions, notices and the live signal."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from banjie.channels.outbox import Message, Occasion, deputies_sql, insert_sql, sends_texts, texts_sql
from banjie.kernel.errors import StaleVersion
from banjie.tickets import timeline, words
from banjie.tickets.step import Step
from banjie.tickets.writer import Statement, jsonb

LIVE_CHANNEL = "banjie_live"
# What a change tells because a clock ran out by it is no matter of the action.
_OF_CLOCKS = {"breached"}


def write_change(step: Step, *, counts: bool = True) -> None:
    """Write a step on an existing ticket. With `counts` false the version stays: nobody's open form becomes stale by a mere note.

    Raises:
        StaleVersion: the row changed although it was locked (a bug elsewhere), nothing is written.
    """
    ticket = step.ticket
    statement = Statement()
    rows, length, head = timeline.extend(
        (ticket.id, ticket.number, ticket.chain_length, ticket.chain_head), step.events, by=step.by, at=step.at
    )
    columns = {**step.changes, "updated_at": step.at, "chain_length": length, "chain_head": head, "version": ticket.version + int(counts)}
    if "fields" in columns:
        columns["fields"] = jsonb(columns["fields"])
    setters = ", ".join(f'"{name}" = %s' for name in columns)
    statement.add(
        f"update tickets_ticket set {setters} where id = %s and version = %s returning id", [*columns.values(), ticket.id, ticket.version]
    )
    _add_rest(statement, step, rows)
    if "fields" in step.changes:
        _add_words(statement, step)
        _add_identifiers(statement, step)
    changed = _run(statement, step)
    if changed != 1:
        raise StaleVersion(_("The ticket has changed meanwhile."))


def write_opening(step: Step, request_key: tuple[str, bytes] | None) -> None:
    """Write a new ticket with everything that belongs to it."""
    ticket = step.ticket
    statement = Statement()
    rows, length, head = timeline.extend((ticket.id, ticket.number, 0, ticket.chain_head), step.events, by=step.by, at=step.at)
    columns: dict[str, Any] = {
        "id": ticket.id,
        "number": ticket.number,
        "rulebook_version_id": ticket.rulebook_version_id,
        "type": ticket.type,
        "state": ticket.state,
        "stage": ticket.stage,
        "is_open": ticket.is_open,
        "version": 1,
        "round": 1,
        "unit_id": ticket.unit_id,
        "assignee_id": ticket.assignee_id,
        "responsible_id": ticket.responsible_id,
        "opened_by_id": ticket.opened_by_id,
        "customer_id": ticket.customer_id,
        "asset_id": ticket.asset_id,
        "opened_at": step.at,
        "entered_at": step.at,
        "updated_at": step.at,
        "due_at": None,
        "due_warn_at": None,
        "due_clock": "",
        **step.changes,
        "chain_length": length,
        "chain_head": head,
    }
    columns["fields"] = jsonb(columns["fields"])
    statement.insert("tickets_ticket", list(columns), [list(columns.values())])
    _add_rest(statement, step, rows)
    _add_words(statement, step)
    _add_identifiers(statement, step)
    if request_key:
        key, digest = request_key
        statement.insert(
            "tickets_requestkey", ("member_id", "key", "digest", "ticket_id", "at"), [(step.by.member_id, key, digest, ticket.id, step.at)]
        )
    _run(statement, step)


def _add_rest(statement: Statement, step: Step, events: list[tuple[Any, ...]]) -> None:
    if events:
        statement.insert("tickets_event", timeline.COLUMNS, events)
    statement.insert_models(step.rows)
    statement.raw(step.writes)


def _add_words(statement: Statement, step: Step) -> None:
    fields = step.changes.get("fields", step.ticket.fields)
    texts = [str(v) for v in fields.values() if isinstance(v, str)]
    found = words.vector(f"{step.ticket.number} {step.changes.get('summary', '')} {step.changes.get('contact', '')}", " ".join(texts))
    insert = "insert into tickets_searchwords (ticket_id, words) values (%s, %s::tsvector)"
    update = "" if step.opening else " on conflict (ticket_id) do update set words = excluded.words"
    statement.add(f"{insert}{update} returning 1", [step.ticket.id, found])


def _add_identifiers(statement: Statement, step: Step) -> None:
    fields = step.changes.get("fields", step.ticket.fields)
    keys = [str(fields[name]) for name in step.program.asset_keys if fields.get(name)]
    values = words.identifiers(step.ticket.number, str(step.changes.get("phone", "")), keys)
    statement.add(
        "insert into tickets_identifier (value, ticket_id) select v, %s from unnest(%s::text[]) v "
        "where not exists (select 1 from tickets_identifier i where i.ticket_id = %s and i.value = v) returning 1"
        if not step.opening
        else "insert into tickets_identifier (value, ticket_id) select v, %s from unnest(%s::text[]) v returning 1",
        [step.ticket.id, values, step.ticket.id] if not step.opening else [step.ticket.id, values],
    )


def _run(statement: Statement, step: Step) -> int:
    """Execute; tell the live process which topics changed. Ids only: the reader fetches what he may see."""
    messages = _messages(step)
    told_by = [(statement.add(*insert_sql(message)), message.kind) for message in messages]
    told_by += [
        (statement.add(*deputies_sql(message)), message.kind) for message in messages if message.kind == "to_sign" and message.roles
    ]
    reached = [name for name, _kind in told_by]
    _add_texts(statement, step, [(name, kind) for name, kind in told_by if kind not in _OF_CLOCKS])
    told = " || ".join(["%s::text[]", *(f"coalesce((select array_agg('member:' || member_id) from {name}), '{{}}')" for name in reached)])
    row = statement.run(
        f"(select count(*) from w0), pg_notify('{LIVE_CHANNEL}', json_build_object('topics', {told}, 'data', json_build_object('ticket', %s::text))::text)",
        [topics(step), step.ticket.number],
    )
    return int(row[0])


def _add_texts(statement: Statement, step: Step, reached: list[tuple[str, str]]) -> None:
    """Add text messages to whom the change tells, where the rulebook says so and a gateway is set up (HOT-16)."""
    if step.rule.spec.sms and reached and sends_texts():
        occasion = Occasion(step.ticket.number, step.ticket.chain_length + 1, step.kind.spec.title, step.by.name, step.at)
        statement.add(*texts_sql(occasion, reached))


def topics(step: Step) -> list[str]:
    """Return the live topics that a change concerns: the ticket, each unit above it, the people on it."""
    people = {m for m in (step.ticket.assignee_id, step.changes.get("assignee_id")) if m is not None}
    units = {u for path in (step.ticket.unit_path, step.unit_path) for u in path.strip("/").split("/") if u}
    return [f"ticket:{step.ticket.number}", *(f"unit:{u}" for u in sorted(units)), *(f"member:{m}" for m in sorted(people))]


def _messages(step: Step) -> list[Message]:
    """Merge the notices of one kind into one message."""
    by_kind: dict[tuple[str, str], tuple[set[int], set[str]]] = {}
    for notice in step.notices:
        members, roles = by_kind.setdefault((notice.kind, notice.clause), (set(), set()))
        if notice.member_id:
            members.add(notice.member_id)
        if notice.role:
            roles.add(notice.role)
    fields = step.changes.get("fields", step.ticket.fields)
    summary = str(fields.get(step.program.columns.get("summary", ""), ""))[:200]
    path = step.unit_path or step.ticket.unit_path
    return [
        Message(step.ticket.number, kind, summary, clause, step.by.name, step.at, sorted(members), sorted(roles), path, step.by.member_id)
        for (kind, clause), (members, roles) in by_kind.items()
    ]
