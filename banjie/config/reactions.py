"""Which rooms react to a change, in order, in the same transaction; and where the verbs are."""

from __future__ import annotations

import importlib
import pkgutil

from banjie.deadlines import clockwork, fulfilment, limits
from banjie.tickets.registry import Reaction, set_reactions

VERB_ROOMS = ("intake", "dispatch", "handling", "verification")

REACTIONS = [
    Reaction("calendars", read=limits.CURRENT_CALENDARS, always=True),
    Reaction("clocks", clockwork.react, clockwork.READ),
    Reaction("duties", fulfilment.react, fulfilment.READ),
]


def install() -> None:
    """Import every verb and install the table; called once when the project starts."""
    for room in VERB_ROOMS:
        package = importlib.import_module(f"banjie.{room}.verbs")
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{package.__name__}.{module.name}")
    set_reactions(REACTIONS)
