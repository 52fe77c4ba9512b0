"""Correcting a result: a new row with a reason, the old one stays."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from banjie.deadlines.models import Finding
from banjie.insight.queries.breaches import clause_breaches
from banjie.insight.queries.evidence import evidence, may_correct
from banjie.insight.queries.findings import Tally
from banjie.insight.queries.overview import clause_overview
from banjie.insight.verbs.correct_finding import CorrectedAlready, OwnFinding, correct_finding
from banjie.kernel.errors import InvalidInput, NotPermitted, Unseen
from banjie.people.actor import Actor
from banjie.people.models import AdminEvent
from banjie.tickets.models import Event
from tests.insight.conftest import JUNE, day_of_callbacks, relayed_late
from tests.pos import Pos, moment

WHY = "贵州停电,系统当时无法派单"
LATER = moment("2024-07-02 09:00")


def tally(actor: Actor, name: str) -> Tally:
    return next(r for c in clause_overview(actor, JUNE).clauses for r in c.judged if r.name == name).tally.now


def late(pos: Pos) -> Finding:
    number = relayed_late(pos)
    return Finding.objects.get(ticket__number=number, rule="dispatched")


@pytest.mark.req("POS-25")
def test_the_correction_counts_in_the_period_of_the_result_and_the_old_row_stays(pos: Pos) -> None:
    old = late(pos)
    before = Finding.objects.filter(pk=old.pk).values().get()
    boss = pos.cast.wang_sup.actor
    assert tally(boss, "dispatched") == Tally(broken=1)

    new = correct_finding(old.pk, "void", WHY, by=boss, at=LATER)

    assert Finding.objects.filter(pk=old.pk).values().get() == before
    assert tally(boss, "dispatched") == Tally(void=1)
    assert clause_breaches(boss, JUNE, "五.3")[0] == []
    assert (new.corrects, new.outcome, new.reason, new.actor_name, new.at) == (old, "void", WHY, "王芳", old.at)
    assert new.evidence["corrected_at"] == LATER.isoformat()
    proof = evidence(boss, old.pk)
    assert (proof.finding, proof.history) == (new, [old])
    told = Event.objects.filter(ticket=old.ticket).order_by("-seq")[0]
    assert (told.kind, told.payload["was"], told.payload["outcome"], told.payload["reason"]) == ("corrected", "breached", "void", WHY)


def test_a_correction_may_be_corrected_and_the_last_one_stands(pos: Pos) -> None:
    old = late(pos)
    boss = pos.cast.wang_sup.actor
    first = correct_finding(old.pk, "met", WHY, by=boss, at=LATER)

    last = correct_finding(first.pk, "breached", "停电发生在次日", by=boss, at=LATER)

    assert tally(boss, "dispatched") == Tally(broken=1)
    assert [b.id for b in clause_breaches(boss, JUNE, "五.3")[0]] == [last.pk]
    assert evidence(boss, old.pk).history == [old, first]


def test_a_result_is_corrected_once(pos: Pos) -> None:
    old = late(pos)
    boss = pos.cast.wang_sup.actor
    correct_finding(old.pk, "void", WHY, by=boss, at=LATER)

    with pytest.raises(CorrectedAlready):
        correct_finding(old.pk, "met", WHY, by=boss, at=LATER)
    twin = Finding.objects.get(corrects=old)
    twin.pk = None
    with pytest.raises(IntegrityError, match="finding_corrected_once"), transaction.atomic():
        twin.save(force_insert=True)

    assert Finding.objects.filter(corrects=old).count() == 1


def test_only_supervisors_of_the_unit_correct(pos: Pos) -> None:
    old = late(pos)
    cast = pos.cast

    for person, refusal in ((cast.gu_gz, NotPermitted), (cast.li, NotPermitted), (cast.zhao, NotPermitted), (cast.boss_hn, Unseen)):
        with pytest.raises(refusal):
            correct_finding(old.pk, "void", WHY, by=person.actor, at=LATER)

    assert not Finding.objects.filter(corrects=old).exists()
    assert may_correct(cast.wang_sup.actor, old)
    assert not may_correct(cast.gu_gz.actor, old)


def test_nobody_corrects_a_result_about_himself(pos: Pos) -> None:
    boss = pos.cast.admin
    pos.now = moment("2024-06-03 09:00")
    number = pos.dispatched()
    own = Finding.objects.get(ticket__number=number, rule="passed_on")
    li = Actor(pos.cast.li.actor.name, pos.cast.li.actor.door, pos.cast.li.member.pk, boss.actor.grants)
    assert own.owner == pos.cast.li.member

    with pytest.raises(OwnFinding):
        correct_finding(own.pk, "void", WHY, by=li, at=LATER)

    assert not may_correct(li, own)
    assert not Finding.objects.filter(corrects=own).exists()


def test_a_read_only_token_corrects_nothing(pos: Pos) -> None:
    old = late(pos)
    boss = pos.cast.wang_sup.actor
    reader = Actor(boss.name, boss.door, boss.member_id, boss.grants, read_only=True)

    with pytest.raises(NotPermitted):
        correct_finding(old.pk, "void", WHY, by=reader, at=LATER)

    assert not Finding.objects.filter(corrects=old).exists()


@pytest.mark.parametrize(
    ("outcome", "reason", "field"),
    [("void", "  ", "reason"), ("void", "因" * 1001, "reason"), ("breached", WHY, "outcome"), ("perfect", WHY, "outcome")],
)
def test_a_correction_needs_another_outcome_and_a_reason(pos: Pos, outcome: str, reason: str, field: str) -> None:
    old = late(pos)

    with pytest.raises(InvalidInput) as refused:
        correct_finding(old.pk, outcome, reason, by=pos.cast.wang_sup.actor, at=LATER)

    assert [e.field for e in refused.value.errors] == [field]
    assert not Finding.objects.filter(corrects=old).exists()


def test_a_corrected_duty_is_told_in_the_administration_log(pos: Pos) -> None:
    day_of_callbacks(pos, callbacks=3)
    boss = pos.cast.wang_sup.actor
    old = Finding.objects.get(rule="sample_completed", outcome="breached")

    correct_finding(old.pk, "met", "第四个回访录在纸质表上", by=boss, at=LATER)

    assert tally(boss, "sample_completed").broken == 0
    assert AdminEvent.objects.get(kind="finding.corrected").detail["reason"] == "第四个回访录在纸质表上"
