"""What this room announces. `config/reactions.py` says who reacts; reactions run in the transaction of the change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from banjie.people import events as administration
from banjie.people.actor import Actor

administration.name_kinds({"calendar.saved": _("Calendar saved"), "calendar.retitled": _("Calendar renamed")})


@dataclass(frozen=True, slots=True)
class CalendarChanged:
    """A calendar has a new current version: clocks that still run are to be planned again, finished ones never.

    A clock that is opened while the change commits may still name `previous_id`. So look for every running clock whose
    version is not in `queries.current_version_ids()`, after the commit, instead of only for those of `previous_id`.
    """

    code: str
    version_id: int
    previous_id: int | None
    at: datetime
    by: Actor


#: Filled by `config/reactions.py`.
reactions: list[Callable[[CalendarChanged], None]] = []


def announce(change: CalendarChanged) -> None:
    """Call every reaction."""
    for react in reactions:
        react(change)
