"""Record a step of the procedure."""

from __future__ import annotations

from banjie.tickets.registry import verb
from banjie.tickets.step import Outcome, Step


@verb("record")
def record(step: Step) -> Outcome:
    """Record a step that the regulation asks for, with what it needs; what is entered becomes part of the ticket (PLT-01)."""
    return Outcome(notes=step.corrected())
