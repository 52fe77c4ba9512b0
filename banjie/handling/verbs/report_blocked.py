"""Report a blocked ticket."""

from __future__ import annotations

from django.utils.translation import gettext as _

from banjie.handling.models import Blocker
from banjie.tickets.registry import verb
from banjie.tickets.step import Outcome, Step


@verb("report_blocked")
def report_blocked(step: Step) -> Outcome:
    """Report work that cannot be finished for an objective reason: side and reason are due, the ticket stays in follow-up (POS-15)."""
    side = step.need("blocked_side", _("Say on whose side the reason lies."))
    reason = step.need("blocked_reason", _("Write the objective reason; without one a ticket cannot be uncompleted."))
    return Outcome(rows=[Blocker(side=side, reason=reason, **step.stamp)])
