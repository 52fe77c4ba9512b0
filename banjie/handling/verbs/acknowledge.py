"""Acknowledge a dispatch."""

from __future__ import annotations

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from banjie.dispatch.models import Assignment
from banjie.handling.models import Acknowledgement
from banjie.kernel.errors import Refused
from banjie.tickets.registry import verb
from banjie.tickets.step import Outcome, Step


class AcknowledgedAlready(Refused):
    """The last dispatch was confirmed before; whoever gets the ticket next confirms anew."""

    code = "acknowledged-already"


@verb("acknowledge")
def acknowledge(step: Step) -> Outcome:
    """Confirm, once for each dispatch, that it was read and understood (DSP-05, DSP-06)."""
    earlier = _since_last_dispatch(step)
    if earlier is not None:
        when = localtime(earlier.at).strftime("%Y-%m-%d %H:%M")
        message = _("%(name)s acknowledged this dispatch on %(when)s already. Go on with the work.") % {
            "name": earlier.by_name,
            "when": when,
        }
        raise step.refuse(message, AcknowledgedAlready)
    return Outcome(rows=[Acknowledgement(**step.stamp)])


def _since_last_dispatch(step: Step) -> Acknowledgement | None:
    dispatched = Assignment.objects.filter(ticket_id=step.ticket.id).order_by("-id").first()
    found = Acknowledgement.objects.filter(ticket_id=step.ticket.id, by_id=step.by.member_id)
    return (found.filter(at__gte=dispatched.at) if dispatched else found).order_by("-id").first()
