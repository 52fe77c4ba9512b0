"""The reaction that ticks off duties: an action done on a ticket of an open run counts, a failed attempt does not."""

from __future__ import annotations

from banjie.tickets.step import RawWrite, Step

# Open items of the locked ticket's runs: duty name, run id and item id.
READ = (
    "select coalesce(json_agg(json_build_object('item', i.id, 'duty', r.duty, 'take_all', r.size_rule = 'all')), '[]'::json) "
    "from deadlines_dutyitem i join deadlines_dutyrun r on r.id = i.run_id "
    "where i.ticket_id = t.id and i.done_at is null and i.moot_at is null and r.state = 'open'"
)
FAILED = "unreachable"


def react(step: Step) -> None:
    """Mark what this action fulfils; what left the duty's states undone is moot."""
    for item in step.ticket.extra.get("duties", []):
        duty = step.program.book.duties.get(item["duty"])
        if duty is None:
            continue
        if step.rule.name in duty.do or (duty.opens and step.kind.is_ended(step.to_state)):
            if step.outcome != FAILED:
                step.writes.append(
                    RawWrite(
                        "update deadlines_dutyitem set done_at = %s, done_by_id = %s, done_by_name = %s, result = %s where id = %s returning 1",
                        (step.at, step.by.member_id, step.by.name, step.outcome, item["item"]),
                    )
                )
        elif item["take_all"] and not duty.opens and step.moved and step.to_state not in duty.over.states:
            step.writes.append(RawWrite("update deadlines_dutyitem set moot_at = %s where id = %s returning 1", (step.at, item["item"])))
