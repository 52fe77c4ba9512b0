"""Complete the work."""

from __future__ import annotations

from django.utils.translation import gettext as _

from banjie.handling.models import Completion
from banjie.tickets.registry import verb
from banjie.tickets.step import Outcome, Step


@verb("complete")
def complete(step: Step) -> Outcome:
    """Report the result of a need that is completely solved; anything less is uncompleted or appointed (POS-17)."""
    result = step.need("result", _("Write the result."))
    step.need(
        "fully_solved", _("A ticket is completed only when the need is completely solved; otherwise report it uncompleted or book a visit.")
    )
    return Outcome(rows=[Completion(result=result, **step.stamp)])
