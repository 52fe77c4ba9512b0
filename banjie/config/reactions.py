"""Which rooms react to a change, in order, in the same transaction; and where the verbs are."""

from __future__ import annotations

import importlib
import pkgutil

from banjie.approval import deciding, entering, standing
from banjie.deadlines import clockwork, fulfilment, limits
from banjie.handling.verbs import acknowledge
from banjie.tickets.registry import Reaction, set_deciders, set_reactions

VERB_ROOMS = ("intake", "approval", "dispatch", "handling", "verification")

REACTIONS = [
    Reaction("calendars", read=limits.CURRENT_CALENDARS, always=True),
    Reaction("approval", entering.react, standing.READ),
    Reaction("acknowledged", read=acknowledge.READ),
    Reaction("clocks", clockwork.react, clockwork.READ),
    Reaction("duties", fulfilment.react, fulfilment.READ),
]
# Verbs whose actions are not a matter of the rulebook's `by` alone.
DECIDERS = {"approve": deciding.who_is_asked, "hand_over": deciding.who_is_asked}


def install() -> None:
    """Import every verb and install the table; called once when the project starts."""
    for room in VERB_ROOMS:
        package = importlib.import_module(f"banjie.{room}.verbs")
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{package.__name__}.{module.name}")
    set_reactions(REACTIONS)
    set_deciders(DECIDERS)
