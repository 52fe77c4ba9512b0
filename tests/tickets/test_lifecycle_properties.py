"""Whatever people do, in whatever order, legal or not, with sweeps and days passing in between: everything still agrees."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from banjie.deadlines.duties import run_duties
from banjie.deadlines.models import DutyItem, Finding
from banjie.deadlines.sweep import sweep
from banjie.kernel.errors import Refused
from banjie.tickets.models import Ticket
from banjie.tickets.possible import possible_actions
from banjie.tickets.snapshot import load
from tests.cast import Person
from tests.pos import DETAILS, Pos, moment
from tests.tickets.observing import disagreements, everything, ways_disagree

# What says something about a ticket, or takes it away, and brings none further.
ASIDE = frozenset({"register", "urge", "supervise", "comment", "verify", "cancel"})
WORKERS = ("li", "zhang", "wang_sup", "chen_hn", "boss_hn", "zhao", "liu_hn", "gu_gz", "sun_gz")
EVERYBODY = (*WORKERS, "admin", "auditor", "mallory")
TERMINALS: tuple[dict[str, str], ...] = ({"terminal_no": "T-88001"}, {"merchant_no": "M-7002"}, {"terminal_no": "T-00000"}, {})

texts = st.sampled_from(["", " ", "好的", "x" * 600, "\u200b", "<b>'; drop table --</b>", "长"])
brief = st.sampled_from([timedelta(0), timedelta(seconds=1), timedelta(minutes=7), timedelta(minutes=31), timedelta(hours=5)])
spans = brief | st.sampled_from([timedelta(days=1, minutes=3), timedelta(days=8)])


class Lifecycle(RuleBasedStateMachine):
    """Random people act on random tickets; time only goes on."""

    pos: Pos

    def __init__(self) -> None:
        super().__init__()
        self.inside = transaction.atomic()
        self.inside.__enter__()
        self.now = moment("2024-06-03 09:00")
        self.numbers: list[str] = []
        self.versions: dict[str, int] = {}
        self.findings: dict[int, str] = {}
        self.looks = 0

    def teardown(self) -> None:
        """Leave nothing to the next example."""
        transaction.set_rollback(True)
        self.inside.__exit__(None, None, None)

    def person(self, name: str) -> Person:
        """Return a member of the cast."""
        person: Person = getattr(self.pos.cast, name)
        return person

    def attempt(self, what: Any) -> None:
        """Do something; when it is refused, demand that nothing was written."""
        before = everything()
        self.pos.now = self.now
        try:
            with transaction.atomic():
                done = what()
        except Refused:
            assert everything() == before, "a refused step left something behind"
        else:
            assert done.version == self.versions.get(done.number, 0) + 1, "a version was skipped or used twice"
            self.versions[done.number] = done.version
            if done.number not in self.numbers:
                self.numbers.append(done.number)

    @initialize(kind=st.sampled_from(["device_fault", "consumables"]), who=st.sampled_from(["li", "chen_hn", "gu_gz"]))
    def first(self, kind: str, who: str) -> None:
        """Begin with a ticket that can go far."""
        key = {"merchant_no": "M-7002"} if who == "gu_gz" else {"terminal_no": "T-88001"}
        self.attempt(lambda: self.pos.open(kind, {**DETAILS, **key}, by=self.person(who).actor))

    @rule(who=st.sampled_from(EVERYBODY), kind=st.sampled_from(["device_fault", "consumables", "routine_inspection", "nonsense"]), keys=st.sampled_from(TERMINALS), full=st.booleans())  # fmt: skip
    @precondition(lambda self: len(self.numbers) < 4)
    def open(self, who: str, kind: str, keys: dict[str, str], full: bool) -> None:
        """Take a request."""
        self.attempt(lambda: self.pos.open(kind, {**(DETAILS if full else {}), **keys}, by=self.person(who).actor))

    @rule(data=st.data(), moves=st.lists(brief, min_size=1, max_size=6))
    def go_on(self, data: st.DataObject, moves: list[timedelta]) -> None:
        """Do what is possible, by people who may, with complete forms: so that tickets come far, to their end and back."""
        number = data.draw(st.sampled_from(self.numbers))
        for span in moves:
            self.now += span
            ticket = load(number, lock=False)
            able: dict[str, list[str]] = {}
            for who in WORKERS:
                for action in possible_actions(self.person(who).actor, self.pos.program, ticket, "en"):
                    able.setdefault(action.name, []).append(who)
            if not able:
                return
            moving = sorted(able.keys() - ASIDE)
            name = data.draw(st.sampled_from(moving * 4 + sorted(able)))
            form = data.draw(self.forms())
            payload = {key: value for key, value in form.items() if key in self.pos.program.types[ticket.type].actions[name].fields}
            who = data.draw(st.sampled_from(able[name]))
            self.attempt(partial(self.pos.do, number, name, payload, by=self.person(who).actor))

    @rule(data=st.data(), span=spans, who=st.sampled_from(EVERYBODY), text=texts)
    def try_anything(self, data: st.DataObject, span: timedelta, who: str, text: str) -> None:
        """Do something that is mostly refused: by anybody, in any state, with holes in the form, on an old version."""
        self.now += span
        number = data.draw(st.sampled_from(self.numbers))
        action = data.draw(st.sampled_from(sorted(self.pos.program.types["device_fault"].actions)))
        fields = data.draw(st.sets(st.sampled_from(sorted(self.pos.program.book.fields)), max_size=4))
        payload = dict.fromkeys(fields, text) | {"reason": text, "note": text}
        expect = data.draw(st.sampled_from([None, 1, self.versions[number]]))
        self.attempt(lambda: self.pos.do(number, action, payload, by=self.person(who).actor, expect=expect))

    def forms(self) -> st.SearchStrategy[dict[str, Any]]:
        """Return forms that a careful person would fill in."""
        cast = self.pos.cast
        return st.fixed_dictionaries(
            {
                "guided": st.sampled_from(["failed", "failed", "solved"]),
                "guidance": st.just("重启无效"),
                "visit_at": st.sampled_from([(self.now + timedelta(hours=h)).isoformat() for h in (1, 30)]),
                "agreed_with": st.just("王老板"),
                "work_done": st.just("更换模块,仍不通"),
                "blocked_side": st.sampled_from(["bank", "merchant"]),
                "blocked_reason": st.just("密钥未下发"),
                "result": st.just("更换模块"),
                "fully_solved": st.sampled_from([True, True, False]),
                "reached": st.sampled_from(["satisfied", "dissatisfied", "unreachable"]),
                "verified": st.just("已核实"),
                "reason": st.just("客户要求"),
                "note": st.just("请尽快"),
                "merchant_no": st.sampled_from(["M-7002", "M-5001", "M-0000"]),
                **{name: st.just(value) for name, value in DETAILS.items()},
            },
            optional={
                "inspector": st.sampled_from([p.member.pk for p in (cast.zhao, cast.liu_hn, cast.sun_gz)]),
                "target_unit": st.sampled_from([u.pk for u in cast.units.values()]),
            },
        )

    @rule(span=spans)
    def watch(self, span: timedelta) -> None:
        """Let time pass and the worker come by, more than once."""
        for _part in range(3):
            self.now += span / 3
            sweep(self.now)
        before = everything()
        assert sweep(self.now) == 0
        assert everything() == before
        self.versions = dict(Ticket.objects.values_list("number", "version"))

    @rule()
    def next_day(self) -> None:
        """Let the day end and its duties be judged."""
        self.now = (self.now + timedelta(days=1)).replace(hour=0, minute=0, second=0)
        run_duties(self.now)
        before = everything()
        assert run_duties(self.now) == 0
        assert everything() == before

    @invariant()
    def everything_agrees(self) -> None:
        """Chains, versions, clocks, due times, findings, and all ways to see."""
        assert disagreements() == []
        assert dict(Ticket.objects.values_list("number", "version")) == self.versions
        now = dict(Finding.objects.values_list("id", "outcome"))
        assert self.findings.items() <= now.items(), "a finding changed"
        self.findings = now
        assert not DutyItem.objects.filter(done_at__isnull=False, moot_at__isnull=False).exists()

    @invariant()
    def who_works_is_known(self) -> None:
        """Whatever is handled has its inspector, and whatever waits for its dispatch has none (POS-12, POS-13)."""
        stages = self.pos.program.types["device_fault"].stage_of
        for ticket in Ticket.objects.filter(is_open=True):
            assert (ticket.assignee_id is not None) == (stages[ticket.state] in ("handling", "verification")), ticket

    @invariant()
    def all_ways_to_see_agree(self) -> None:
        """The same tickets through the ORM, the SQL of lists, a single look and pages; three people after each step."""
        self.looks += 3
        for who in (EVERYBODY * 2)[self.looks % len(EVERYBODY) :][:3]:
            assert ways_disagree(self.person(who).actor) == []


@pytest.mark.slow
@pytest.mark.req("PLT-04", "PLT-05", "PLT-09")
def test_any_order_of_actions_leaves_everything_in_agreement(pos: Pos) -> None:
    Lifecycle.pos = pos
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    given = settings(max_examples=14, stateful_step_count=20, deadline=None, suppress_health_check=slow, print_blob=True)

    # Without shrinking, which takes minutes: to shrink what failed, remove `phases` here.
    run_state_machine_as_test(Lifecycle, settings=settings(given, phases=[Phase.explicit, Phase.generate]))
