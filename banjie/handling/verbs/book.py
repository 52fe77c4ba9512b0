"""Agree a visit, or another one after a missed visit."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from banjie.handling.models import Appointment
from banjie.kernel.errors import FieldError, InvalidInput
from banjie.tickets.registry import verb
from banjie.tickets.step import Outcome, Step

FURTHEST = timedelta(days=366)


def agreed_visit(step: Step) -> datetime:
    """Return the agreed time, which lies ahead and within a year (POS-16).

    Raises:
        InvalidInput: it is missing, past, or further away.
    """
    visit_at = datetime.fromisoformat(step.need("visit_at", _("Enter the day and time agreed with the customer.")))
    step.need("agreed_with", _("Enter with whom the visit was agreed."))
    if not step.at < visit_at <= step.at + FURTHEST:
        message = _("The agreed time must lie ahead, within a year.")
        raise InvalidInput(message, clause=step.clause, errors=[FieldError("visit_at", message)])
    return visit_at


@verb("book")
def book(step: Step) -> Outcome:
    """Record the visit agreed with the customer: when and with whom (POS-16)."""
    row = Appointment(visit_at=agreed_visit(step), agreed_with=step.payload["agreed_with"], **step.stamp)
    return Outcome(rows=[row])


@verb("miss")
def miss(step: Step) -> Outcome:
    """Record that a visit was missed, why, and the new time agreed (PLT-19)."""
    reason = step.need("reason", _("Write why the visit was missed."))
    row = Appointment(
        visit_at=agreed_visit(step), agreed_with=step.payload["agreed_with"], replaces_missed=True, missed_reason=reason, **step.stamp
    )
    return Outcome(rows=[row])
