"""Whom a ticket is about, and which unit serves it: by the asset's keys, else by the caller's phone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from banjie.customers.callers import upsert_caller
from banjie.customers.queries import match_asset
from banjie.kernel.errors import NotPermitted
from banjie.people.actor import Actor
from banjie.rulebook.program import ActionRule, Program
from banjie.tickets.step import Step


@dataclass(frozen=True, slots=True)
class Where:
    """Customer and asset of a ticket, and the unit that serves them."""

    unit_id: int
    unit_path: str
    customer_id: int | None = None
    asset_id: int | None = None


def identify(program: Program, rule: ActionRule, values: Mapping[str, Any], home: tuple[int, str], *, by: Actor) -> Where | None:
    """Return where the asset with the given keys belongs; None when no key is given or none is known (POS-01, POS-12).

    Raises:
        NotPermitted: the asset belongs to a district outside the actor's posts (POS-03).
    """
    keys = {name: values[name] for name in program.asset_keys if values.get(name)}
    match = match_asset(keys) if keys else None
    if match is None:
        return None
    if match.unit_id is None or not match.unit_path:
        return Where(*home, match.customer_id, match.asset_id)
    own = by.is_system or any(match.unit_path.startswith(g.unit_path) for g in by.grants if g.role in rule.roles)
    if not own:
        raise NotPermitted(
            _("This terminal belongs to another district. Hand the call to headquarters or to its branch."),
            clause=program.reference(rule.clause),
        )
    return Where(match.unit_id, match.unit_path, match.customer_id, match.asset_id)


def called(program: Program, values: Mapping[str, Any], home: tuple[int, str], *, at: datetime) -> Where:
    """Return the caller's place: the customer with the phone number, made when unknown (CUS-12), at the opener's unit."""
    name = program.columns.get("phone")
    phone = values.get(name) if name else None
    if not phone:
        return Where(*home)
    return Where(*home, upsert_caller(phone, str(values.get(program.columns.get("contact", ""), "")), home[0], at=at))


def identify_again(step: Step) -> None:
    """Find the asset anew when an action brings other keys; the unit follows until somebody works the ticket."""
    changed = [name for name in step.program.asset_keys if step.payload.get(name) and step.payload[name] != step.ticket.fields.get(name)]
    if not changed:
        return
    values = {**step.ticket.fields, **step.payload}
    where = identify(step.program, step.rule, values, (step.ticket.unit_id, step.ticket.unit_path), by=step.by)
    if where is None:
        return
    ticket = step.ticket
    step.changes |= {"customer_id": where.customer_id, "asset_id": where.asset_id}
    ticket.customer_id, ticket.asset_id = where.customer_id, where.asset_id
    if ticket.assignee_id is None:
        step.changes["unit_id"] = ticket.unit_id = where.unit_id
        ticket.unit_path = where.unit_path
