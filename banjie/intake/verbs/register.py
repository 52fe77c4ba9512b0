"""Register details."""

from banjie.tickets.registry import verb
from banjie.tickets.step import Outcome, Step


@verb("register")
def register(step: Step) -> Outcome:
    """Enter or correct the details of the request; the timeline keeps what they were before (POS-07)."""
    before = {name: step.ticket.fields.get(name) for name in step.payload if step.ticket.fields.get(name) != step.payload[name]}
    return Outcome(notes={"before": before} if before else {})
