"""Acknowledge a dispatch."""

from __future__ import annotations

from banjie.handling.models import Acknowledgement
from banjie.tickets.registry import verb
from banjie.tickets.step import Outcome, Step


@verb("acknowledge")
def acknowledge(step: Step) -> Outcome:
    """Confirm that the dispatch was read and understood (DSP-05, DSP-06)."""
    return Outcome(rows=[Acknowledgement(**step.stamp)])
