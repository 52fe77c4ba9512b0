"""What the page of text messages shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from banjie.channels.models import TextMessage
from banjie.channels.words import sentence

State = TextMessage.State
_TONES = {State.WAITING: "info", State.SENT: "ok", State.FAILED: "bad"}


@dataclass(frozen=True, slots=True)
class ShownText:
    """A text message in the list. `said` is what it tells, without the number of the ticket."""

    row: TextMessage
    said: str
    tone: str
    may_retry: bool


def text_rows(rows: Sequence[TextMessage], asked: str, *, more: bool) -> dict[str, Any]:
    """Return the rows of a page with the tabs of the states and the address of the next page."""
    here = reverse("channels:texts")
    tabs = [("", _("All")), *State.choices]
    query = f"state={asked}&" if asked in State.values else ""
    return {
        "rows": [ShownText(row, sentence(row.kind, row.actor_name), _TONES[State(row.state)], row.state == State.FAILED) for row in rows],
        "tabs": [{"title": title, "url": f"{here}?state={key}" if key else here, "active": key == asked} for key, title in tabs],
        "next_url": f"{here}?{query}before={rows[-1].pk}" if more else "",
    }
