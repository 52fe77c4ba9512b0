"""Say how far it is."""

from __future__ import annotations

from django.utils.translation import gettext as _

from banjie.handling.models import Progress
from banjie.tickets.registry import verb
from banjie.tickets.step import Outcome, Step


@verb("progress")
def progress(step: Step) -> Outcome:
    """Record how far the work is, for whoever asked for it (COM-12, DSP-10, REV-13)."""
    return Outcome(rows=[Progress(note=step.need("note", _("Write how far it is.")), **step.stamp)])
