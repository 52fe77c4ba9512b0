"""Report upward and ask for support."""

from __future__ import annotations

from django.utils.translation import gettext as _

from banjie.handling.models import SupportRequest
from banjie.tickets.registry import verb
from banjie.tickets.step import Outcome, Step


@verb("escalate")
def escalate(step: Step) -> Outcome:
    """Report a problem upward and ask for support, with the reason; the rulebook's `tell` says who is asked (COM-13, EXC-04)."""
    return Outcome(rows=[SupportRequest(reason=step.need("reason", _("Write what you cannot solve and what you need.")), **step.stamp)])
