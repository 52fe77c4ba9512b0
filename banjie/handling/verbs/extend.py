"""Grant more time."""

from __future__ import annotations

from django.utils.translation import gettext as _

from banjie.kernel.errors import NotPermitted
from banjie.tickets.registry import verb
from banjie.tickets.step import Outcome, Step


@verb("extend")
def extend(step: Step) -> Outcome:
    """Grant more time on a running limit, with the reason; the deadline's reaction keeps the caps (PLT-04).

    Nobody extends his own limit.
    """
    step.need("reason", _("Write why more time is needed."))
    if step.by.member_id is not None and step.by.member_id == step.ticket.assignee_id:
        raise NotPermitted(_("Nobody extends his own limit. Ask your superior."), clause=step.clause)
    return Outcome()
