"""Comment."""

from __future__ import annotations

from django.utils.translation import gettext as _

from banjie.tickets.registry import verb
from banjie.tickets.step import Outcome, Step


@verb("comment")
def comment(step: Step) -> Outcome:
    """Add a remark to the timeline."""
    step.need("note", _("Write the remark."))
    return Outcome()
