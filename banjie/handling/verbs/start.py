"""Begin the work."""

from __future__ import annotations

from banjie.handling.models import WorkStart
from banjie.tickets.registry import verb
from banjie.tickets.step import Outcome, Step


@verb("start")
def start(step: Step) -> Outcome:
    """Record that work on site began (COM-11)."""
    return Outcome(rows=[WorkStart(**step.stamp)])
