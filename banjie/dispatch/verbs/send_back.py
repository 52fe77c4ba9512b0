"""Send a ticket back."""

from __future__ import annotations

from django.utils.translation import gettext as _

from banjie.dispatch.candidates import relay_unit
from banjie.dispatch.models import Assignment
from banjie.tickets.registry import verb
from banjie.tickets.step import Notice, Outcome, Step


@verb("send_back")
def send_back(step: Step) -> Outcome:
    """Give a dispatched ticket back, with a reason, to those who choose the person (POS-13).

    The first taker stays responsible (FQR-02).
    """
    reason = step.need("reason", _("Write why the ticket goes back."))
    role = step.rule.spec.match.relay if step.rule.spec.match else None
    found = relay_unit(role, step.ticket.unit_path) if role else None
    unit_id, path, _name = found or (step.ticket.unit_id, step.ticket.unit_path, "")
    row = Assignment(kind=Assignment.Kind.SENT_BACK, unit_id=unit_id, reason=reason, **step.stamp)
    return Outcome(
        rows=[row],
        changes={"assignee_id": None, "unit_id": unit_id},
        unit_path=path,
        notify=[Notice(None, role or "", "sent_back", step.clause)] if role else [],
    )
