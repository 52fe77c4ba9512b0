"""The clause page: how often each clause was kept, and what broke it, down to the evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from banjie.deadlines.models import Finding
from banjie.deadlines.sweep import sweep
from banjie.insight.period import Period
from banjie.insight.queries.breaches import clause_breaches
from banjie.insight.queries.evidence import evidence
from banjie.insight.queries.findings import Tally
from banjie.insight.queries.overview import ClauseFigures, Judged, clause_overview
from banjie.kernel.errors import InvalidInput, NotPermitted, Unseen
from banjie.people.actor import Actor, Door, Grant
from tests.insight.conftest import JUNE, Told, day_of_callbacks, relayed_late
from tests.pos import DETAILS, Pos, moment


def clause(actor: Actor, number: str) -> ClauseFigures:
    return next(c for c in clause_overview(actor, JUNE).clauses if c.number == number)


def rule(actor: Actor, number: str, name: str) -> Judged:
    return next(r for r in clause(actor, number).judged if r.name == name)


@pytest.mark.req("POS-27")
def test_every_clause_stands_with_its_text_and_what_enforces_it(pos: Pos) -> None:
    clauses = {c.number: c for c in clause_overview(pos.cast.li.actor, JUNE).clauses}

    assert list(clauses) == list(pos.program.book.clauses)
    assert clauses["五.3"].text.startswith("工单派发")
    assert {r.name for r in clauses["五.3"].judged} == {"passed_on", "dispatched"}
    assert {name for name, _spec in clauses["五.3"].actions} == {"dispatch", "relay"}
    assert {r.name for r in clauses["五.6"].judged} == {"sample_completed", "verify_open"}
    assert [name for name, _spec in clauses["四"].timers] == ["file_away"]
    assert clauses["五.4"].limits == ("handling",)
    assert clauses["一.3"].is_words


@pytest.mark.req("POS-11", "POS-27")
def test_three_minutes_too_late_are_seen_by_both_levels_but_not_by_hunan(pos: Pos) -> None:
    number = relayed_late(pos, minutes=13)
    cast = pos.cast

    for actor in (cast.wang_sup.actor, cast.gu_gz.actor):
        found, following = clause_breaches(actor, JUNE, "五.3")
        assert [(b.ticket, b.rule, b.late(pos.now), b.unit, b.limit) for b in found] == [
            (number, "dispatched", timedelta(minutes=3), "贵州分公司", "10m")
        ]
        assert following is None
        assert rule(actor, "五.3", "dispatched").tally.now == Tally(broken=1)
    assert clause_breaches(cast.boss_hn.actor, JUNE, "五.3") == ([], None)
    assert clause(cast.boss_hn.actor, "五.3").now == Tally()


def test_a_breach_that_still_runs_is_late_by_now(pos: Pos) -> None:
    pos.now = moment("2024-06-03 09:00")
    pos.open(payload={**DETAILS, "terminal_no": "T-88001"})
    sweep(moment("2024-06-03 09:11"))

    found, _following = clause_breaches(pos.cast.li.actor, JUNE, "五.3", rule="dispatched")

    assert [(b.ended_at, b.late(moment("2024-06-03 09:30"))) for b in found] == [(None, timedelta(minutes=20))]


@pytest.mark.req("POS-25")
def test_a_day_of_too_few_callbacks_breaks_its_clause_for_the_whole_and_shows_each_part_its_work(pos: Pos) -> None:
    run = day_of_callbacks(pos, callbacks=3)
    cast = pos.cast

    found, _following = clause_breaches(cast.wang_sup.actor, JUNE, "五.6", rule="sample_completed")
    assert [(b.kind, b.ticket, b.evidence["done"], b.evidence["required"], b.evidence["frame"]) for b in found] == [
        ("duty", None, 3, 4, 37)
    ]
    assert evidence(cast.wang_sup.actor, found[0].id).run == run
    assert rule(cast.wang_sup.actor, "五.6", "sample_completed").tally.now.broken == 1
    hunan = rule(cast.boss_hn.actor, "五.6", "sample_completed")
    assert (hunan.tally.now, sum(d.done for d in hunan.days), sum(d.owed for d in hunan.days)) == (Tally(), 3, 37)
    guizhou = rule(cast.gu_gz.actor, "五.6", "sample_completed")
    assert sum(d.owed for d in guizhou.days) == 0
    with pytest.raises(Unseen):
        evidence(cast.boss_hn.actor, found[0].id)


def test_a_refusal_is_not_counted(pos: Pos) -> None:
    number = pos.open("consumables", {"source": "merchant"}).number
    with pytest.raises(InvalidInput):
        pos.do(number, "dispatch")

    assert clause(pos.cast.li.actor, "五.3").now == Tally()


def test_the_trend_has_a_step_for_each_day_and_the_period_before_stands_beside(pos: Pos) -> None:
    for day in ("2024-06-02", "2024-06-04", "2024-06-05"):
        pos.now = moment(f"{day} 09:00")
        pos.dispatched()
    relayed_late(pos)

    asked = replace(JUNE, period=Period(date(2024, 6, 3), date(2024, 6, 5)))
    overview = clause_overview(pos.cast.wang_sup.actor, asked)

    tally = next(r for c in overview.clauses for r in c.judged if r.name == "dispatched").tally
    assert tally.steps == [Tally(broken=1), Tally(kept=1), Tally(kept=1)]
    assert (tally.now, tally.before) == (Tally(kept=2, broken=1), Tally(kept=1))


def test_a_long_list_goes_on_page_by_page_without_a_gap(pos: Pos) -> None:
    pos.now = moment("2024-06-03 09:00")
    numbers = [pos.open("consumables", {**DETAILS, "terminal_no": "T-88001"}).number for _n in range(5)]
    sweep(moment("2024-06-03 09:11"))
    assert len(set(Finding.objects.values_list("at", flat=True))) == 1

    actor, pages, cursor = pos.cast.li.actor, [], None
    for _n in range(3):
        found, cursor = clause_breaches(actor, JUNE, "五.3", rule="dispatched", cursor=cursor, limit=2)
        pages.append([b.ticket for b in found])

    assert [len(page) for page in pages] == [2, 2, 1]
    assert cursor is None
    assert sorted(n for page in pages for n in page if n) == sorted(numbers)


@pytest.mark.req("POS-25")
def test_the_evidence_holds_the_clock_the_versions_and_the_signed_events_between(june: Told) -> None:
    actor = june.pos.cast.gu_gz.actor
    found, _following = clause_breaches(actor, JUNE, "五.3")

    proof = evidence(actor, found[0].id)

    assert proof.ticket is not None
    assert proof.ticket.number == june.late
    assert proof.ended_at == moment("2024-06-03 10:13")
    assert (found[0].rulebook_version, found[0].calendar) == (1, "cn-24h v1")
    assert proof.events[0].kind == "opened"
    assert "breached" in [e.kind for e in proof.events]
    assert all(len(bytes(e.digest)) == 32 for e in proof.events)
    with pytest.raises(Unseen):
        evidence(june.pos.cast.boss_hn.actor, found[0].id)


def test_figures_do_not_open_tickets(june: Told) -> None:
    reader = Actor(
        "审批人", Door.SESSION, 9_999, (Grant("rulebook_approver", 1, june.pos.cast.units["HQ"].path, False, frozenset({"insight:read"})),)
    )
    found, _following = clause_breaches(reader, JUNE, "五.3")

    proof = evidence(reader, found[0].id)

    assert (proof.ticket, list(proof.events)) == (None, [])


@pytest.mark.parametrize("name", ["zhao", "mallory"])
def test_clauses_and_breaches_are_refused_without_the_permission(pos: Pos, name: str) -> None:
    actor = getattr(pos.cast, name).actor

    with pytest.raises(NotPermitted):
        clause_overview(actor, JUNE)
    with pytest.raises(NotPermitted):
        clause_breaches(actor, JUNE, "五.3")
    with pytest.raises(NotPermitted):
        evidence(actor, 1)
