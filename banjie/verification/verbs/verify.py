"""Verify an open ticket."""

from __future__ import annotations

from django.utils.translation import gettext as _

from banjie.tickets.registry import verb
from banjie.tickets.step import Outcome, Step
from banjie.verification.models import Verification


@verb("verify")
def verify(step: Step) -> Outcome:
    """Check one appointed or uncompleted ticket and write what was found (POS-23)."""
    return Outcome(rows=[Verification(text=step.need("verified", _("Write what the verification found.")), **step.stamp)])
