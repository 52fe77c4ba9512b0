"""Phone guidance."""

from django.utils.translation import gettext as _

from banjie.intake.models import Guidance
from banjie.tickets.registry import verb
from banjie.tickets.step import Outcome, Step


@verb("guide")
def guide(step: Step) -> Outcome:
    """Record that phone guidance was tried: solved ends the ticket without dispatch, failed opens the way to it (POS-05, POS-06, POS-07)."""
    result = step.need("guided", _("Say whether the guidance solved the request."))
    text = step.need("guidance", _("Write what guidance was given; without it a ticket cannot go on."))
    return Outcome(result, rows=[Guidance(solved=result == "solved", text=text, **step.stamp)])
