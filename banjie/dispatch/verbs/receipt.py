"""Sign for a dispatched ticket, or refuse to."""

from __future__ import annotations

from django.utils.translation import gettext as _

from banjie.dispatch.candidates import relay_unit
from banjie.dispatch.models import Receipt
from banjie.tickets.registry import verb
from banjie.tickets.step import Notice, Outcome, Step


@verb("sign")
def sign(step: Step) -> Outcome:
    """Sign for a ticket as one's own (HOT-17). Of a ticket that a whole unit was given, the signer becomes the one who works it."""
    row = Receipt(signed=True, **step.stamp)
    taken = {} if step.ticket.assignee_id or step.by.member_id is None else {"assignee_id": step.by.member_id}
    return Outcome(rows=[row], changes=taken, notes={"assignee": step.by.member_id} if taken else {})


@verb("refuse")
def refuse(step: Step) -> Outcome:
    """Refuse to sign for a ticket that is not one's own, with a reason: it goes back to those who dispatch (HOT-18, HOT-19).

    The first taker stays responsible (FQR-02). `match.relay` names the role whose unit dispatches anew.
    """
    reason = step.need("reason", _("Write why the ticket is not yours."))
    role = step.rule.spec.match.relay if step.rule.spec.match else None
    found = relay_unit(role, step.ticket.unit_path) if role else None
    unit_id, path, _name = found or (step.ticket.unit_id, step.ticket.unit_path, "")
    return Outcome(
        rows=[Receipt(signed=False, reason=reason, **step.stamp)],
        changes={"assignee_id": None, "unit_id": unit_id},
        unit_path=path,
        notes={"from": step.ticket.assignee_id, "from_unit": step.ticket.unit_id},
        notify=[Notice(None, role, "sent_back", step.clause)] if role else [],
    )
