"""Check on the spot."""

from __future__ import annotations

from django.utils.translation import gettext as _

from banjie.tickets.registry import verb
from banjie.tickets.step import Outcome, Step
from banjie.verification.models import Inspection


@verb("inspect")
def inspect(step: Step) -> Outcome:
    """Look on the spot whether it is right: passed or failed. Nobody inspects his own work."""
    finding = step.need("finding", _("Say whether it passed."))
    return Outcome(finding, rows=[Inspection(passed=finding == "passed", note=step.payload.get("note", ""), **step.stamp)])
