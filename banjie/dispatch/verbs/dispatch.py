"""Dispatch a ticket."""

from __future__ import annotations

from banjie.dispatch.choosing import (
    choose_person,
    chosen_field,
    considered,
    engineer_of_asset,
    evidence,
    match_of,
    must_be_registered,
    relay_target,
)
from banjie.dispatch.models import Assignment
from banjie.tickets.registry import verb
from banjie.tickets.step import Notice, Outcome, Step


@verb("dispatch")
def dispatch(step: Step) -> Outcome:
    """Send the ticket to the engineer chosen or matched directly, else to the second-level service of its region.

    The person named by the customer's asset gets it at once (POS-12); without such a match, or when that person may
    not take it, the region's second level chooses (POS-13). Who was considered, and why not, is kept.
    """
    field = chosen_field(step)
    wanted = step.payload.get(field) if field else None
    direct = engineer_of_asset(step) if match_of(step).direct and not wanted else None
    people = considered(step, [m for m in (wanted, direct) if m])
    if wanted:
        person = choose_person(step, wanted, people)
        return _to_person(
            step, person.member_id, person.unit_id, person.unit_path, Assignment.Kind.CHOSEN, evidence(people, person, "chosen")
        )
    for person in people:
        if person.member_id == direct and not person.excluded:
            return _to_person(
                step, person.member_id, person.unit_id, person.unit_path, Assignment.Kind.DIRECT, evidence(people, person, "asset")
            )
    return _to_unit(step, evidence(people, None, "no-direct-match"))


def _to_person(step: Step, member_id: int, unit_id: int | None, unit_path: str, kind: str, why: list[dict[str, object]]) -> Outcome:
    assert unit_id is not None
    must_be_registered(step, unit_id, unit_path)
    row = Assignment(kind=kind, assignee_id=member_id, unit_id=unit_id, candidates=why, **step.stamp)
    return Outcome(
        "direct",
        rows=[row],
        changes={"assignee_id": member_id, "unit_id": unit_id},
        unit_path=unit_path,
        notes={"assignee": member_id, "candidates": why},
        notify=[Notice(member_id, "", "dispatched", step.clause)],
    )


def _to_unit(step: Step, why: list[dict[str, object]]) -> Outcome:
    unit_id, path, name = relay_target(step)
    must_be_registered(step, unit_id, path)
    row = Assignment(kind=Assignment.Kind.RELAY, unit_id=unit_id, candidates=why, **step.stamp)
    return Outcome(
        "relay",
        rows=[row],
        changes={"assignee_id": None, "unit_id": unit_id},
        unit_path=path,
        notes={"unit": unit_id, "unit_name": name, "candidates": why},
        notify=[Notice(None, match_of(step).relay or "", "relayed", step.clause)],
    )
