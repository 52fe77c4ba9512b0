"""Put a verb's outcome into the step: state, columns, rows and the event."""

from __future__ import annotations

from typing import Any

from banjie.rulebook.language import STAGES
from banjie.rulebook.program import Program
from banjie.tickets.conditions import computed
from banjie.tickets.copies import give_copies
from banjie.tickets.step import EventDraft, Outcome, Step
from banjie.tickets.telling import tell

# Ticket columns that repeat a field of the form, and how long they may be.
COLUMN_SIZES = {"contact": 60, "phone": 30, "address": 200, "summary": 200, "priority": 40, "level": 40, "source": 40}

# What is done and only waits for its check stands behind everything that still has to be done.
AFTER_WORK = 100
VERIFICATION = STAGES.index("verification")


def record_fields(step_program: Program, step_type: str) -> frozenset[str]:
    """Return the fields that belong to the ticket itself: what the verbs that keep their form ask."""
    kind = step_program.types[step_type]
    return frozenset(kind.spec.asks).union(*(rule.fields for rule in kind.actions.values() if rule.verb.keeps))


def apply(step: Step, outcome: Outcome) -> None:
    """Move the ticket as the rulebook maps the outcome, keep its form, and draft the event."""
    step.outcome = str(step.value(step.rule.spec.decided_by)) if step.rule.spec.decided_by else outcome.outcome
    step.rows += outcome.rows
    kept = record_fields(step.program, step.ticket.type)
    if kept & step.payload.keys() or outcome.record or step.opening:
        fields = {**step.ticket.fields, **{k: v for k, v in step.payload.items() if k in kept}, **outcome.record}
        fields = {k: v for k, v in fields.items() if v != ""}
        step.changes.update(form_columns(step.program, step.ticket.type, fields))
        step.ticket.fields = fields
    step.changes.update(outcome.changes)
    step.unit_path = outcome.unit_path or step.ticket.unit_path
    step.notices += outcome.notify
    if not step.opening:
        target = step.rule.target(step.outcome)
        if target is not None:
            step.to_state = target
        if step.moved or target is not None:
            _move(step)
    step.events.insert(
        0,
        EventDraft(
            kind="opened" if step.opening else "action",
            action=step.rule.name,
            outcome=step.outcome,
            from_state=step.from_state,
            to_state=step.to_state,
            payload={**step.payload, **outcome.notes},
        ),
    )
    give_copies(step)
    tell(step)


def _move(step: Step) -> None:
    ended = step.kind.is_ended(step.to_state)
    stage = step.kind.stage_rank(step.to_state)
    rank = step.changes.get("rank", step.ticket.rank) % AFTER_WORK + (AFTER_WORK if stage >= VERIFICATION else 0)
    step.changes |= {"state": step.to_state, "stage": stage, "rank": rank, "is_open": not ended, "entered_at": step.at}
    if ended and step.ticket.is_open:
        step.changes["ended_at"] = step.at
    elif not ended and not step.ticket.is_open:
        step.changes |= {"ended_at": None, "round": step.ticket.round + 1}


def form_columns(program: Program, type_name: str, fields: dict[str, Any]) -> dict[str, Any]:
    """Return the ticket columns that repeat the form, and the rank in queues: type first, then urgency (BNK-16, POS-18)."""
    fields.update(computed(program, fields))
    columns: dict[str, Any] = {"fields": fields}
    for column, size in COLUMN_SIZES.items():
        name = program.columns.get(column)
        columns[column] = str(fields.get(name, "") if name else "")[:size]
    priority = program.columns.get("priority")
    choices = list(program.field(priority).choices) if priority else []
    urgency = choices.index(columns["priority"]) if columns["priority"] in choices else len(choices)
    columns["rank"] = program.types[type_name].spec.rank * 10 + urgency
    return columns
