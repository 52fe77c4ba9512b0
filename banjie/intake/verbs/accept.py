"""Accept a request."""

from banjie.tickets.registry import verb
from banjie.tickets.step import Outcome, Step


@verb("accept")
def accept(step: Step) -> Outcome:
    """Take a request as a ticket; whoever takes it first is responsible for it to the end (POS-04, FQR-01)."""
    return Outcome()
