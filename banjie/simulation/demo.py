"""Fill an empty installation with the demonstration: the POS regulation, its organisation, and some weeks of work."""

from __future__ import annotations

import heapq
import os
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from django.db import transaction

from banjie.customers.models import Asset
from banjie.rulebook.queries import active_program
from banjie.rulebook.shipped import install_shipped
from banjie.simulation.arrivals import Terminal, generated
from banjie.simulation.engine import Engine
from banjie.simulation.organisation import FOUNDER, build
from banjie.simulation.others import employ, requests, shipped_others
from banjie.simulation.people import People
from banjie.simulation.showing import choose_shown, write_shown
from banjie.simulation.work import Work
from banjie.worktime.verbs.install_shipped import install_shipped_calendars

SEED = 20240603
WEEKS = 3
TICKETS = 560
BOOK = "pos-terminal-service"
SHARES = {
    "device_fault": 40.0,
    "question": 16.0,
    "operation_guidance": 12.0,
    "consumables": 14.0,
    "install_remove_replace": 8.0,
    "information_change": 4.0,
    "document_collection": 3.0,
    "routine_inspection": 3.0,
}


def password_file(home: Path) -> Path:
    """Return where the demonstration's password is kept."""
    return home / "secrets" / "demo-password"


def demo_password(home: Path) -> str:
    """Return the demonstration's password, made at the first call and readable by its owner only."""
    file = password_file(home)
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as out:
            out.write(f"banjie-{secrets.token_hex(4)}")
    return file.read_text()


def terminals() -> list[Terminal]:
    """Return every active asset as something that requests can be about. Two queries."""
    found = (
        Asset.objects.filter(is_active=True)
        .select_related("customer")
        .prefetch_related("keys", "customer__contacts", "customer__phones")
        .order_by("id")[:5000]
    )
    result = []
    for asset in found:
        contacts, phones = list(asset.customer.contacts.all()), list(asset.customer.phones.all())
        keys = {key.kind: key.value for key in asset.keys.all()}
        result.append(
            Terminal(
                keys,
                asset.address or asset.customer.address,
                contacts[0].name if contacts else "店主",
                phones[0].number if phones else "13800000000",
            )
        )
    return result


@transaction.atomic
def fill(home: Path, *, now: datetime, tell: Callable[[str], None]) -> None:
    """Build the organisation and let it work for three weeks that end at `now`; all of it or nothing."""
    begin = now - timedelta(weeks=WEEKS)
    random = Random(SEED)
    tell("Founding headquarters, six branches and 2 000 merchants …")
    build(random, demo_password(home), at=begin)
    install_shipped_calendars(by=FOUNDER, at=begin)
    install_shipped(BOOK, by=FOUNDER, at=begin)
    works = [Work(active_program(BOOK)), *(employ(slug, random, demo_password(home), at=begin) for slug in shipped_others(BOOK))]
    tell(f"Working three weeks of tickets under {len(works)} regulations …")
    arrivals = [generated(random, SHARES, terminals(), begin=begin, days=WEEKS * 7 + 1, count=TICKETS)]
    arrivals += [requests(work, random, begin=begin, until=now) for work in works[1:]]
    engine = Engine(works, People(now), random, until=now)
    engine.run((a for a in heapq.merge(*arrivals, key=lambda a: a.at) if a.at <= now), begin)
    tell(f"{engine.done['accept']} tickets, {sum(engine.done.values())} actions.")
    for work in works:
        tell(f"  {work.program.book.title}: {engine.actions_of[work.program.slug]} actions.")
    write_shown(home, choose_shown([work.program for work in works[1:]], engine.people))
