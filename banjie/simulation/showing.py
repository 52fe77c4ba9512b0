"""Whom to show a visitor of the demonstration: for each regulation two people of different roles who have something to do."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import orjson

from banjie.people.models import Member
from banjie.rulebook.program import Program
from banjie.simulation.organisation import FOUNDER
from banjie.simulation.people import People
from banjie.tickets.access import visible_tickets
from banjie.tickets.lifecycle import holds
from banjie.tickets.snapshot import load

LOOKED_AT = 60  # open tickets of a regulation, the newest


def shown_file(home: Path) -> Path:
    """Return where it stands whom to show."""
    return home / "demo-people.json"


def choose_shown(programs: list[Program], people: People) -> dict[str, list[str]]:
    """Return sign-in names by regulation: the one with most to work on, and of another role the one with most to sign, else to work on.

    A role that several regulations know counts the less: who works by one of them sees that one.
    """
    sharing = Counter(role for program in programs for role in program.book.roles)
    names = dict(Member.objects.filter(pk__in=people.actors).values_list("pk", "username"))
    shown: dict[str, list[str]] = {}
    for program in programs:
        taken = {name for found in shown.values() for name in found}
        to_do, to_sign = _waiting(program, people)

        def busiest(count: Counter[tuple[int, str]], but: str, taken: set[str] = taken) -> tuple[int, str]:
            able = [who for who in count if who[1] != but]
            return min(able, key=lambda who: (-count[who] / sharing[who[1]] if count[who] else 1, names[who[0]] in taken, names[who[0]]))

        first = busiest(to_do, "")
        second = busiest(to_sign if any(to_sign.values()) else to_do, first[1])
        shown[program.slug] = [names[first[0]], names[second[0]]]
    return shown


def _waiting(program: Program, people: People) -> tuple[Counter[tuple[int, str]], Counter[tuple[int, str]]]:
    """Return what waits for each member in each of his roles: steps on the main way of open tickets, and signatures."""
    roles = program.book.roles
    nothing = {(actor.member_id, role): 0 for role in roles for actor in people.by_role.get(role, []) if actor.member_id is not None}
    to_do: Counter[tuple[int, str]] = Counter(nothing)
    to_sign: Counter[tuple[int, str]] = Counter(nothing)
    tickets = visible_tickets(FOUNDER).filter(rulebook_version=program.version_id, is_open=True).order_by("-pk")
    for number in tickets.values_list("number", flat=True)[:LOOKED_AT]:
        ticket = load(number, lock=False)
        for rule in program.types[ticket.type].by_state[ticket.state]:
            if rule.spec.style != "primary" or (rule.spec.when and not holds(program, rule.spec.when, ticket)):
                continue
            count = to_sign if rule.spec.verb == "approve" else to_do
            for actor in people.able(program, rule, ticket):
                role = next((grant.role for grant in actor.grants if grant.role in roles), "")
                if actor.member_id is not None and role:
                    count[actor.member_id, role] += 1
    return to_do, to_sign


def write_shown(home: Path, shown: dict[str, list[str]]) -> None:
    """Keep whom to show beside the data."""
    shown_file(home).write_bytes(orjson.dumps(shown))


def read_shown(home: Path) -> dict[str, list[str]]:
    """Return whom to show; nobody where there is no demonstration, or one that was made before this was kept."""
    file = shown_file(home)
    return orjson.loads(file.read_bytes()) if file.exists() else {}
