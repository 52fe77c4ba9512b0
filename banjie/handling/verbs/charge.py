"""Take or give back money."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from banjie.handling.models import Charge
from banjie.tickets.registry import verb
from banjie.tickets.step import Outcome, Step


@verb("charge")
def charge(step: Step) -> Outcome:
    """Record an amount that was taken, or given back where it is negative."""
    amount = Decimal(step.need("amount", _("Enter the amount.")))
    return Outcome(rows=[Charge(amount=amount, note=step.payload.get("note", ""), **step.stamp)])
