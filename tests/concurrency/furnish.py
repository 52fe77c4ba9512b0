"""Run beside a served home: `python -m tests.concurrency.furnish fill|check`. Prints one line of JSON.

`fill` builds the cast and activates the POS regulation with a dispatch limit of seconds; `check` looks for contradictions.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import django

BRISK = "3s"


def fill() -> dict[str, Any]:
    """Build what the load needs; return a token."""
    from banjie.people.access import actor_of_member
    from banjie.people.models import Member, Role, Unit
    from banjie.people.verbs.tokens import create_token
    from banjie.rulebook.shipped import shipped_text
    from banjie.worktime.verbs.install_shipped import install_shipped_calendars
    from tests.cast import BUILDER, LONG_AGO, Cast, Person, build_cast
    from tests.deadlines.books import activated
    from tests.pos import merchant

    passwords = build_cast()
    install_shipped_calendars(by=BUILDER, at=LONG_AGO)
    activated(shipped_text("pos-terminal-service").replace("within: 10m", f"within: {BRISK}"))
    people = {m.username: Person(m, actor_of_member(m.pk, LONG_AGO), passwords[m.username]) for m in Member.objects.all()}
    units, roles = {u.code: u for u in Unit.objects.all()}, {r.code: r for r in Role.objects.all()}
    merchant("老王火锅", "HN-CS", {"terminal_no": "T-88001"}, "zhao", Cast(**people, units=units, roles=roles))
    return {"token": create_token(name="load", scope="write", expires_at=None, by=people["li"].actor, at=LONG_AGO).secret}


def check() -> dict[str, Any]:
    """Return what contradicts, and how often each thing happened."""
    from django.db.models import Count

    from banjie.channels.models import Notification
    from banjie.deadlines.models import Finding
    from banjie.tickets.models import Event, RequestKey, Ticket
    from tests.tickets.observing import disagreements

    def twice(rows: Any, *by: str) -> list[Any]:
        return list(rows.values_list(*by).annotate(n=Count("id")).filter(n__gt=1))

    breached = Event.objects.filter(kind="breached")
    notes = Notification.objects.filter(kind="breached")
    return {
        "wrong": disagreements()[:20],
        "keys": dict(RequestKey.objects.values_list("key", "ticket__number")),
        "versions": dict(Ticket.objects.values_list("number", "version")),
        "guided": dict(Event.objects.filter(action="guide").values_list("ticket__number").annotate(n=Count("id"))),
        "breaches": Finding.objects.filter(outcome="breached", rule="dispatched").count(),
        "told": notes.filter(member__username="wang_sup").count(),
        "twice": twice(breached, "ticket_id", "payload__clock") + twice(notes, "ticket_number", "member_id"),
    }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "banjie.config.settings")
    django.setup()
    json.dump({"fill": fill, "check": check}[sys.argv[1]](), sys.stdout)
