"""The regulation changes while people work: limits, indicators and flow are the organisation's, and the past stays as it was."""

from __future__ import annotations

from datetime import timedelta

import pytest

from banjie.deadlines.models import Clock, Finding
from banjie.deadlines.sweep import sweep
from banjie.insight.period import Period
from banjie.insight.queries.statistics import Asked, statistics
from banjie.insight.tables import tables
from banjie.rulebook.check import check
from banjie.rulebook.queries import active_program
from banjie.rulebook.records import NotReady
from banjie.rulebook.shipped import shipped_text
from banjie.rulebook.verbs.versions import propose, save_draft
from banjie.tickets.lifecycle import NoSuchAction
from banjie.tickets.models import Ticket
from tests.cast import BUILDER
from tests.deadlines.books import activated
from tests.pos import DETAILS, Pos, moment
from tests.tickets.observing import disagreements

BOOK = "pos-terminal-service"


def change(pos: Pos, old: str, new: str) -> None:
    """Replace a piece of the regulation that stands once, and put the new version to work."""
    text = shipped_text(BOOK)
    assert text.count(old) == 1
    pos.program = activated(text.replace(old, new), at=pos.now)


def handled(number: str) -> Clock:
    """Return the clock of the promised time."""
    return Clock.objects.get(ticket__number=number, name="handled")


@pytest.mark.req("POS-19", "PLT-01")
def test_a_new_promised_time_holds_for_new_tickets_and_never_for_those_that_run_or_ended(pos: Pos) -> None:
    late, running = pos.dispatched(), pos.dispatched()
    sweep(pos.pass_time(hours=25))
    pos.do(late, "complete", {"result": "好", "fully_solved": True}, by=pos.cast.zhao.actor)
    judged = list(Finding.objects.order_by("id").values())

    change(pos, "device_fault: 24h", "device_fault: 48h")
    new = pos.dispatched()
    pos.do(running, "complete", {"result": "好", "fully_solved": True}, by=pos.cast.zhao.actor)

    assert (handled(running).limit_text, handled(new).limit_text) == ("24h", "48h")
    assert handled(new).due_at == pos.now + timedelta(hours=48)
    assert list(Finding.objects.order_by("id").values())[: len(judged)] == judged
    assert Ticket.objects.get(number=running).rulebook_version != Ticket.objects.get(number=new).rulebook_version
    assert disagreements() == []


@pytest.mark.req("POS-19", "PLT-10")
def test_a_regulation_whose_promised_time_is_not_set_cannot_be_put_to_work(pos: Pos) -> None:
    version = save_draft(shipped_text(BOOK).replace("device_fault: 24h", "device_fault: unset"), by=BUILDER, at=pos.now)

    with pytest.raises(NotReady, match="1"):
        propose(version.pk, by=BUILDER, at=pos.now)

    assert active_program(BOOK).version_id == pos.program.version_id


@pytest.mark.req("POS-11", "PLT-01")
def test_what_the_ten_minutes_cover_is_the_organisations_choice(pos: Pos) -> None:
    change(
        pos,
        "        until: unprocessed\n        within: 10m\n",
        "        until: [at_second_level, unprocessed]\n        within: 30m\n",
    )
    number = pos.open("consumables", {**DETAILS, "merchant_no": "M-7002"}).number

    pos.pass_time(minutes=29)
    pos.do(number, "dispatch")

    assert Finding.objects.get(ticket__number=number, rule="dispatched").outcome == "met"


@pytest.mark.req("POS-28")
def test_targets_are_the_organisations_and_appear_with_numerator_and_denominator(pos: Pos) -> None:
    shipped = {name: i.target for name, i in pos.program.book.indicators.items()}
    change(pos, "of: {deadline: dispatched}, clause: 五.3}", "of: {deadline: dispatched}, clause: 五.3, target: '>= 95%'}")
    pos.dispatched()
    slow = pos.open("consumables", {**DETAILS, "terminal_no": "T-88001"}).number
    sweep(pos.pass_time(minutes=11))
    pos.do(slow, "dispatch")

    period = Period(moment("2024-06-03 00:00").date(), moment("2024-06-03 00:00").date())
    shown = {r.name: r for r in statistics(pos.cast.wang_sup.actor, Asked(BOOK, period)).rates}

    assert shipped["dispatch_timeliness"] is None  # clause 六 is empty: nothing is preset
    rate = shown["dispatch_timeliness"]
    assert (rate.numerator, rate.denominator, rate.spec.target) == (1, 2, ">= 95%")


@pytest.mark.req("POS-28")
@pytest.mark.parametrize(
    ("penalty", "points"),
    [
        ("", None),
        (", penalty: {points: 2}", 2),
        (", penalty: {points: 2, each: 1%}", 90),
        (", penalty: {points: 2, each: 7%}", 14),
        (", penalty: {points: 2, each: 1%, at_most: 10}", 10),
        (", penalty: {points: 0.5, each: 90%}", 0.5),
    ],
)
def test_points_are_deducted_as_the_organisation_says_and_none_are_preset(pos: Pos, penalty: str, points: float | None) -> None:
    assert [name for name, spec in pos.program.book.indicators.items() if spec.penalty] == []
    indicator = "of: {deadline: dispatched}, clause: 五.3"
    change(pos, indicator + "}", f"{indicator}, target: '>= 95%'{penalty}}}")
    today = Period(pos.now.date(), pos.now.date())
    pos.dispatched()
    before = {r.name: r for r in statistics(pos.cast.wang_sup.actor, Asked(BOOK, today)).rates}["dispatch_timeliness"]
    late = pos.open("consumables", {**DETAILS, "terminal_no": "T-88001"}).number
    pos.pass_time(minutes=11)
    pos.do(late, "dispatch")

    stats = statistics(pos.cast.wang_sup.actor, Asked(BOOK, today))

    after = {r.name: r for r in stats.rates}["dispatch_timeliness"]
    assert (before.value, before.deduction) == (1, None if points is None else 0)
    assert (after.value, after.deduction) == (0.5, points)  # 45 percentage points short of the target
    shown = next(table for table in tables(stats) if table.key == "indicators").page()["rows"]
    assert shown[0]["cells"][6] == ("—" if points is None else f"{points:g}")


@pytest.mark.req("POS-28")
@pytest.mark.parametrize("penalty", ["{points: 2}", "{points: 0}, target: '>= 95%'", "{points: 2, each: 0%}, target: '>= 95%'"])
def test_a_penalty_that_means_nothing_is_refused(penalty: str) -> None:
    indicator = "of: {deadline: dispatched}, clause: 五.3"

    report = check(shipped_text(BOOK).replace(indicator + "}", f"{indicator}, penalty: {penalty}}}"))

    assert [problem.place.startswith("indicators.dispatch_timeliness.penalty") for problem in report.errors] == [True]


def test_a_ticket_goes_on_under_the_version_it_was_opened_with(pos: Pos) -> None:
    old = pos.dispatched()
    line = next(text for text in shipped_text(BOOK).splitlines() if text.strip().startswith("acknowledge:"))
    change(pos, line + "\n", "")
    new = pos.dispatched()

    pos.do(old, "acknowledge", by=pos.cast.zhao.actor)
    with pytest.raises(NoSuchAction):
        pos.do(new, "acknowledge", by=pos.cast.zhao.actor)
