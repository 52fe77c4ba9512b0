"""A repeated contact about a ticket that is known."""

from __future__ import annotations

from django.utils.translation import gettext as _

from banjie.intake.models import Addition
from banjie.tickets.registry import verb
from banjie.tickets.step import Notice, Outcome, Step


@verb("append")
def append(step: Step) -> Outcome:
    """Add what the customer says now to the ticket that he has already, and urge whoever works it (HOT-10, HOT-11, HOT-14).

    `to` schedules it again, or takes up an ended one; every contact is kept, none opens a second ticket.
    """
    text = step.need("note", _("Write what the customer says."))
    people = [m for m in (step.ticket.assignee_id or step.ticket.responsible_id,) if m]
    return Outcome(rows=[Addition(note=text, **step.stamp)], notify=[Notice(m, "", "appended", step.clause) for m in people])
