"""Enter details, and fix class and level."""

from __future__ import annotations

from banjie.tickets.registry import verb
from banjie.tickets.step import Outcome, Step


@verb("register")
def register(step: Step) -> Outcome:
    """Enter or correct the details of the request; the timeline keeps what they were before (POS-07)."""
    return Outcome(notes=step.corrected())


@verb("classify")
def classify(step: Step) -> Outcome:
    """Fix what kind of matter it is and how grave (EXC-20, COM-09, BNK-18)."""
    return Outcome(notes=step.corrected())
