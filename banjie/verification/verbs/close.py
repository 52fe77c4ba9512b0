"""End a ticket, withdraw it, or put it back to work."""

from __future__ import annotations

from django.utils.translation import gettext as _

from banjie.kernel.errors import Refused
from banjie.tickets.registry import verb
from banjie.tickets.step import Outcome, Step
from banjie.verification.models import Callback, Closure, Reopening


class CustomerDissatisfied(Refused):
    """The customer's last word about the present state was that he is not satisfied."""

    code = "customer-dissatisfied"


@verb("close")
def close(step: Step) -> Outcome:
    """End a completed ticket; refused while the customer's last word is dissatisfaction (invariant 8)."""
    _customer_is_not_dissatisfied(step)
    return Outcome(rows=[Closure(kind=Closure.Kind.CLOSED, reason=step.payload.get("note", ""), **step.stamp)])


@verb("archive")
def archive(step: Step) -> Outcome:
    """File a ticket after its work (EXC-27, LTR-04); refused, like closing, while the customer is dissatisfied."""
    _customer_is_not_dissatisfied(step)
    return Outcome(rows=[Closure(kind=Closure.Kind.ARCHIVED, reason=step.payload.get("note", ""), **step.stamp)])


def _customer_is_not_dissatisfied(step: Step) -> None:
    last = (
        Callback.objects.filter(ticket_id=step.ticket.id, at__gte=step.ticket.entered_at)
        .exclude(result=Callback.Result.UNREACHABLE)
        .order_by("-id")
        .first()
    )
    if last is not None and last.result == Callback.Result.DISSATISFIED:
        raise step.refuse(_("The customer is dissatisfied; the ticket goes back to handling and cannot be closed."), CustomerDissatisfied)


@verb("cancel")
def cancel(step: Step) -> Outcome:
    """Withdraw a ticket, with a reason."""
    reason = step.need("reason", _("Write why the ticket is withdrawn."))
    return Outcome(rows=[Closure(kind=Closure.Kind.CANCELLED, reason=reason, **step.stamp)])


@verb("reopen")
def reopen(step: Step) -> Outcome:
    """Put an ended or completed ticket back to work, with a reason."""
    reason = step.need("reason", _("Write why the ticket is taken up again."))
    return Outcome(rows=[Reopening(reason=reason, **step.stamp)], changes={"assignee_id": None})
