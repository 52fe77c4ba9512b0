"""Random people do random possible things under every shipped regulation: no dead end, no lost clock, nothing that disagrees."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from django.db import transaction

from banjie.deadlines.duties import run_duties
from banjie.deadlines.sweep import sweep
from banjie.kernel.errors import Refused
from banjie.people.actor import Actor
from banjie.people.checks import UnitDraft
from banjie.people.models import Unit
from banjie.people.verbs.units import create_unit
from banjie.rulebook.program import ActionRule, Program, TypeProgram
from banjie.rulebook.queries import program_of
from banjie.simulation.filling import Sheet, payload
from banjie.simulation.others import shipped_others
from banjie.simulation.people import People
from banjie.simulation.staffing import staff
from banjie.tickets.lifecycle import perform
from banjie.tickets.models import Ticket
from banjie.tickets.opening import Asked, open_ticket
from banjie.tickets.permitted import refusal_of
from banjie.tickets.possible import possible_actions
from banjie.tickets.snapshot import load
from tests.cast import BUILDER, LONG_AGO
from tests.regulation import Regulation, install
from tests.tickets.observing import disagreements

# What says something about a ticket and brings it no further.
ASIDE = frozenset({"urge", "supervise", "comment", "verify", "append", "progress", "escalate", "transfer", "hand_over"})
STEPS = 24
SPANS = (timedelta(minutes=1), timedelta(minutes=12), timedelta(hours=3), timedelta(days=1, hours=2), timedelta(days=9))


class Walk:
    """One walk through one regulation."""

    def __init__(self, law: Regulation, seed: int) -> None:
        self.law, self.random = law, Random(seed)
        staff(law.program, self.random, "x", at=LONG_AGO)
        self.people = People(law.now)
        self.done = 0

    def form(self, program: Program, kind: TypeProgram, rule: ActionRule, actor: Actor, ticket: Ticket | None) -> dict[str, object]:
        """Return a whole form; an empty one when no form could hold what the action demands."""
        reach = self.people.reach(
            actor, rule, ticket.unit.path if ticket else "/", (ticket.opened_by_id, ticket.assignee_id) if ticket else ()
        )
        standing = {"type": kind.name, "state": ticket.state if ticket else kind.spec.start, "round": ticket.round if ticket else 1}
        sheet = Sheet(program, kind, rule, ticket.fields if ticket else {}, standing, self.law.now, reach)
        return payload(self.random, sheet) or {}

    def open(self) -> None:
        """Open a ticket of any type by anybody who may."""
        name = self.random.choice(sorted(self.law.program.types))
        kind = self.law.program.types[name]
        rule = kind.open_action
        able = [actor for role in sorted(rule.roles) for actor in self.people.by_role.get(role, [])]
        assert able, f"nobody may open {name}"
        try:
            with transaction.atomic():
                actor = self.random.choice(able)
                form = self.form(self.law.program, kind, rule, actor, None)
                open_ticket(self.law.program, name, form, by=actor, at=self.law.now, asked=Asked(is_new=True))
        except Refused:
            return

    def step(self) -> None:
        """Do one possible thing on one open ticket; time goes on before it."""
        self.law.now += self.random.choice(SPANS)
        sweep(self.law.now)
        run_duties(self.law.now)
        tickets = list(Ticket.objects.filter(is_open=True).select_related("unit").order_by("pk"))
        if len(tickets) < 3:
            self.open()
            return
        ticket = self.random.choice(tickets)
        program = program_of(ticket.rulebook_version_id)
        possible = self.possible(program, ticket)
        kind = program.types[ticket.type]
        further = [one for one in possible if kind.actions[one[1]].spec.verb not in ASIDE]
        assert further, f"{ticket.number} ({ticket.type}) cannot leave “{ticket.state}”: {sorted({name for _actor, name in possible})}"
        actor, name = self.random.choice(further if self.random.random() < 0.85 else possible)
        try:
            with transaction.atomic():
                perform(ticket.number, name, self.form(program, kind, kind.actions[name], actor, ticket), by=actor, at=self.law.now)
                self.done += 1
        except Refused:
            return

    def possible(self, program: Program, ticket: Ticket) -> list[tuple[Actor, str]]:
        """Return who is offered what; and demand that what is offered is permitted."""
        snapshot = load(ticket.number, lock=False)
        found = []
        for actor in self.people.actors.values():
            for action in possible_actions(actor, program, snapshot, "en"):
                assert refusal_of(actor, program, program.types[ticket.type].actions[action.name], snapshot) is None
                found.append((actor, action.name))
        return found


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1])
@pytest.mark.parametrize("slug", shipped_others(""))
def test_no_walk_through_a_regulation_ends_in_a_dead_end_or_breaks_anything(db: None, slug: str, seed: int) -> None:
    law = install(slug, {})
    for code in ("A", "B"):
        create_unit(UnitDraft(code, f"{code}分公司", Unit.Kind.BRANCH, code), parent=law.units["HQ"], by=BUILDER, at=LONG_AGO)
    walk = Walk(law, seed)

    for _n in range(STEPS):
        walk.step()

    assert disagreements() == []
    assert walk.done >= STEPS // 4, "hardly anything could be done"
