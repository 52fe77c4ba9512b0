"""Random people do random things under every shipped regulation: no dead end, no lost clock, nothing that disagrees.

They also try what they are not offered, first of all to sign what no longer waits for them: that is refused with a sentence, and leaves no trace.
"""

from __future__ import annotations

import os
from datetime import timedelta
from random import Random

import pytest
from django.db import transaction

from banjie.deadlines.duties import run_duties
from banjie.deadlines.sweep import sweep
from banjie.kernel.errors import Refused, Unseen
from banjie.people.actor import Actor
from banjie.people.checks import UnitDraft
from banjie.people.models import Member, Unit
from banjie.people.verbs.delegations import DelegationDraft, name_deputy
from banjie.people.verbs.units import create_unit
from banjie.rulebook.program import ActionRule, Program, TypeProgram
from banjie.rulebook.queries import program_of
from banjie.simulation.filling import Sheet, payload
from banjie.simulation.others import shipped_others
from banjie.simulation.people import People
from banjie.simulation.staffing import staff
from banjie.tickets.lifecycle import perform
from banjie.tickets.models import Event, Ticket
from banjie.tickets.opening import Asked, open_ticket
from banjie.tickets.permitted import refusal_of
from banjie.tickets.possible import possible_actions
from banjie.tickets.snapshot import load
from tests.cast import BUILDER, LONG_AGO
from tests.regulation import Regulation, install
from tests.tickets.observing import disagreements
from tests.tickets.replaying import contradictions

# What says something about a ticket and brings it no further.
ASIDE = frozenset({"urge", "supervise", "comment", "verify", "append", "progress", "escalate", "transfer", "hand_over"})
# What cuts across the main way, and is chosen oftener than chance would.
ACROSS = frozenset({"cancel", "withdraw", "hand_over", "refuse", "send_back", "transfer", "reopen", "append", "urge", "extend"})
STEPS = 20
DEPUTIES = 4
TRIES = 2
Offer = tuple[str, str, Actor]  # a ticket's number, an action, and who was offered it
SPANS = (timedelta(minutes=1), timedelta(minutes=12), timedelta(hours=3), timedelta(days=1, hours=2), timedelta(days=9))


class Walk:
    """One walk through one regulation."""

    def __init__(self, law: Regulation, seed: int) -> None:
        self.law, self.random = law, Random(seed)
        staff(law.program, self.random, "x", at=LONG_AGO)
        self.represent()
        self.people = People(law.now)
        self.done = 0
        self.signing: list[Offer] = []
        self.owed = {duty.opens for duty in law.program.book.duties.values() if duty.opens}
        self.last = 0

    def represent(self) -> None:
        """Let some people be represented by others for as long as the walk lasts."""
        members = list(Member.objects.filter(posts__until=None).distinct().order_by("pk"))
        self.random.shuffle(members)
        for member, deputy in zip(members[:DEPUTIES], members[DEPUTIES:], strict=False):
            draft = DelegationDraft(member, deputy, self.law.now, self.law.now + timedelta(days=360))
            name_deputy(draft, by=BUILDER, at=self.law.now)

    def form(self, program: Program, kind: TypeProgram, rule: ActionRule, actor: Actor, ticket: Ticket | None) -> dict[str, object]:
        """Return a whole form; an empty one when no form could hold what the action demands."""
        opener, has_it = (ticket.opened_by_id, ticket.assignee_id) if ticket else (None, None)
        reach = self.people.reach(actor, rule, ticket.unit.path if ticket else "/", opener, has_it)
        standing = {"type": kind.name, "state": ticket.state if ticket else kind.spec.start, "round": ticket.round if ticket else 1}
        sheet = Sheet(program, kind, rule, ticket.fields if ticket else {}, standing, self.law.now, reach)
        return payload(self.random, sheet) or {}

    def open(self) -> None:
        """Open a ticket of any type by anybody who may."""
        name = self.random.choice(sorted(set(self.law.program.types) - self.owed) or sorted(self.law.program.types))
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
        if len([ticket for ticket in tickets if ticket.type not in self.owed]) < 2:
            self.open()
            return
        ticket = self.pick(tickets)
        program = program_of(ticket.rulebook_version_id)
        possible = self.possible(program, ticket)
        kind = program.types[ticket.type]
        leaving = [name for _actor, name in possible if leads(kind.actions[name]) - {ticket.state}]
        # “proposing” is left when there are two solutions: that takes an entry first
        entering = [name for _actor, name in possible if kind.actions[name].verb.keeps]
        conditional = [rule for rule in kind.by_state[ticket.state] if rule.spec.when and leads(rule) - {ticket.state}]
        assert leaving or (entering and conditional), (
            f"{ticket.number} ({ticket.type}) cannot leave “{ticket.state}”: {sorted({name for _actor, name in possible})}"
        )
        further = [one for one in possible if kind.actions[one[1]].spec.verb not in ASIDE or one[1] in leaving]
        across = [one for one in possible if kind.actions[one[1]].spec.verb in ACROSS or kind.actions[one[1]].spec.opens]
        chance = self.random.random()
        actor, name = self.random.choice(further if chance < 0.7 else across or possible if chance < 0.9 else possible)
        form = self.form(program, kind, kind.actions[name], actor, ticket)
        self.signing += [(ticket.number, one, by) for by, one in possible if kind.actions[one].spec.verb == "approve"]
        try:
            with transaction.atomic():
                perform(ticket.number, name, form, by=actor, at=self.law.now)
                self.done += 1
        except Refused as refusal:
            said = str(refusal.message)
        else:
            said = "done"
        assert said, f"{name}: refused without a word"
        self.try_in_vain(program, kind, ticket)

    def pick(self, tickets: list[Ticket]) -> Ticket:
        """Return the ticket to work on: mostly the last one again, so that it comes far, and seldom one that a duty opened."""
        asked = [ticket for ticket in tickets if ticket.type not in self.owed]
        again = [ticket for ticket in asked if ticket.pk == self.last]
        chance = self.random.random()
        ticket = self.random.choice(again if again and chance < 0.6 else asked if asked and chance < 0.9 else tickets)
        self.last = ticket.pk
        return ticket

    def try_in_vain(self, program: Program, kind: TypeProgram, ticket: Ticket) -> None:
        """Let people do what they are not, or no longer, offered: each is refused with a sentence, and nothing is written."""
        now = {(ticket.number, name, by) for by, name in self.possible(program, Ticket.objects.select_related("unit").get(pk=ticket.pk))}
        late = [one for one in self.signing if one[0] == ticket.number and one not in now]
        self.signing = [one for one in self.signing if one not in late]
        others = [
            (ticket.number, name, by) for name in kind.actions for by in self.people.actors.values() if not kind.actions[name].verb.opens
        ]
        wrong = [one for one in others if one not in now]
        for number, name, by in [*late[:TRIES], *self.random.sample(wrong, min(TRIES, len(wrong)))]:
            before = Event.objects.filter(ticket=ticket).count()
            with pytest.raises(Refused) as refused, transaction.atomic():
                perform(number, name, self.form(program, kind, kind.actions[name], by, ticket), by=by, at=self.law.now)
            assert isinstance(refused.value, Unseen) or str(refused.value.message), f"{name}: refused without a word"
            assert Event.objects.filter(ticket=ticket).count() == before

    def possible(self, program: Program, ticket: Ticket) -> list[tuple[Actor, str]]:
        """Return who is offered what; and demand that what is offered is permitted."""
        snapshot = load(ticket.number, lock=False)
        found = []
        for actor in self.people.actors.values():
            for action in possible_actions(actor, program, snapshot, "en"):
                assert refusal_of(actor, program, program.types[ticket.type].actions[action.name], snapshot) is None
                found.append((actor, action.name))
        return found


def leads(rule: ActionRule) -> set[str]:
    """Return the states to which an action may lead."""
    to = rule.spec.to
    return set(to.values()) if isinstance(to, dict) else {to} if to else set()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [int(one) for one in os.environ.get("SEEDS", "1").split(",")])
@pytest.mark.parametrize("slug", shipped_others(""))
def test_no_walk_through_a_regulation_ends_in_a_dead_end_or_breaks_anything(db: None, slug: str, seed: int) -> None:
    law = install(slug, {})
    for code in ("A", "B"):
        create_unit(UnitDraft(code, f"{code}分公司", Unit.Kind.BRANCH, code), parent=law.units["HQ"], by=BUILDER, at=LONG_AGO)
    walk = Walk(law, seed)

    for _n in range(STEPS):
        walk.step()

    assert disagreements() == []
    assert contradictions() == []
    assert walk.done >= STEPS // 4, "hardly anything could be done"
