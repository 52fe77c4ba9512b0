"""The statistics of a period: what is counted, in which days, and for whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from banjie.deadlines.duties import run_duties
from banjie.insight.period import Period
from banjie.insight.queries.statistics import Statistics, statistics
from banjie.insight.queries.tickets import Cube
from banjie.insight.tables import tables
from banjie.kernel.errors import NotPermitted, Unseen
from banjie.people.access import actor_of_member, forget
from banjie.people.actor import Actor
from banjie.people.models import Role
from banjie.people.verbs.posts import assign_post, end_post
from banjie.rulebook.shipped import shipped_text
from banjie.rulebook.verbs.versions import activate, propose, save_draft
from tests.cast import BUILDER, LONG_AGO, Cast
from tests.insight.conftest import BOOK, JUNE, Told, day_of_callbacks, relayed_late
from tests.pos import DETAILS, Pos, moment


def rate(stats: Statistics, name: str) -> tuple[int, int]:
    found = next(r for r in stats.rates if r.name == name)
    return found.numerator, found.denominator


def shown(stats: Statistics, key: str) -> list[list[str]]:
    table = next(t for t in tables(stats) if t.key == key)
    return [row["cells"] for row in table.page()["rows"]]


@pytest.mark.req("POS-22", "POS-27")
def test_the_callback_rate_of_s1_is_four_of_37_and_reads_as_10_8_percent(pos: Pos) -> None:
    day_of_callbacks(pos, callbacks=4)

    stats = statistics(pos.cast.wang_sup.actor, JUNE)

    assert rate(stats, "callback_rate") == (4, 37)
    row = next(row for row in shown(stats, "duties") if row[0] == "2024-06-05" and row[2] == "37")
    assert row[3:] == ["4", "4", "10.8%", row[6]]


@pytest.mark.req("POS-25")
@pytest.mark.parametrize(("callbacks", "kept", "reached"), [(3, 0, False), (4, 1, True)])
def test_a_day_below_ten_percent_is_a_broken_day_and_misses_the_target(pos: Pos, callbacks: int, kept: int, reached: bool) -> None:
    day_of_callbacks(pos, callbacks=callbacks)

    stats = statistics(pos.cast.wang_sup.actor, JUNE)

    assert next(r for r in stats.rates if r.name == "callback_rate").is_reached is reached
    assert [d.state for d in stats.days if d.duty == "sample_completed" and d.owed] == ["kept" if kept else "broken"]


def test_a_day_without_completed_tickets_has_no_callback_rate(pos: Pos) -> None:
    day_of_callbacks(pos, callbacks=0, completed=0)

    stats = statistics(pos.cast.wang_sup.actor, JUNE)

    days = [d for d in stats.days if d.duty == "sample_completed"]
    assert days
    assert {(d.owed, d.rate) for d in days} == {(0, None)}
    assert {d.state for d in days} == {"nothing_due", "open"}
    assert next(r for r in stats.rates if r.name == "callback_rate").value is None


@pytest.mark.req("POS-27")
def test_tickets_are_counted_by_level_district_class_and_state(june: Told) -> None:
    cast = june.pos.cast
    june.pos.open("consumables", {**DETAILS, "merchant_no": "M-7002"}, by=cast.gu_gz.actor)

    stats = statistics(cast.wang_sup.actor, JUNE)

    opened = stats.tickets.opened
    assert opened.total == 39
    assert opened.by_level == {"headquarters": 38, "branch": 1}
    assert opened.by_type == {"device_fault": 38, "consumables": 1}
    assert opened.by_state == {"completed": 33, "closed": 4, "unprocessed": 1, "registered": 1}
    assert opened.by_unit == {cast.units["HN-CS"].pk: 37, cast.units["GZ-GY"].pk: 1, cast.units["GZ"].pk: 1}
    assert stats.tickets.ended.total == 4
    lines = {(line.unit.name, line.is_subtotal): line.opened for line in stats.units}
    assert lines[("总部", True)] == 39
    assert lines[("贵州分公司", True)] == 2
    assert lines[("贵州分公司", False)] == lines[("贵阳片区", False)] == 1


@pytest.mark.req("POS-27", "POS-11")
def test_dispatch_time_is_told_by_both_stamps_with_its_spread(june: Told) -> None:
    stats = statistics(june.pos.cast.wang_sup.actor, JUNE)

    taken = {d.rule: d for d in stats.distributions}
    assert (taken["passed_on"].times.longest, taken["dispatched"].times.longest) == (60, 13 * 60)  # type: ignore[union-attr]
    assert taken["dispatched"].times.median == 0  # type: ignore[union-attr]  # the 37 of S1 are dispatched at once
    assert (taken["dispatched"].tally.kept, taken["dispatched"].tally.broken) == (37, 1)
    assert taken["passed_on"].tally.rate == 1
    assert taken["dispatched"].bars == [(120, 37), (300, 0), (420, 0), (600, 0), (900, 1), (1800, 0), (None, 0)]


@pytest.mark.req("POS-06", "POS-27")
def test_what_the_phone_solved_is_no_dispatch_in_any_figure(pos: Pos) -> None:
    pos.now = moment("2024-06-03 09:00")
    solved = pos.open(payload={**DETAILS, "terminal_no": "T-88001"}).number
    pos.pass_time(minutes=5)
    pos.do(solved, "guide", {"guided": "solved", "guidance": "重启"})
    pos.dispatched()

    stats = statistics(pos.cast.wang_sup.actor, JUNE)

    taken = {d.rule: d for d in stats.distributions}
    assert rate(stats, "dispatch_timeliness") == (1, 1)
    for rule in ("passed_on", "dispatched"):
        assert taken[rule].times is not None
        assert (taken[rule].times.count, taken[rule].times.longest) == (1, 0)  # type: ignore[union-attr]
    assert stats.tickets.opened.by_state == {"solved_by_phone": 1, "unprocessed": 1}


def test_the_median_and_the_ninetieth_of_ten_are_the_fifth_and_the_ninth(pos: Pos) -> None:
    pos.now = moment("2024-06-10 09:00")
    for minutes in range(1, 11):
        number = pos.open("consumables", {**DETAILS, "terminal_no": "T-88001"}).number
        start = pos.now
        pos.pass_time(seconds=minutes * 30)
        pos.do(number, "dispatch")
        pos.now = start

    stats = statistics(pos.cast.wang_sup.actor, JUNE)

    times = next(d.times for d in stats.distributions if d.rule == "dispatched")
    assert times is not None
    assert (times.count, times.median, times.ninetieth, times.longest) == (10, 150, 270, 300)


def test_satisfaction_leaves_out_customers_who_were_not_reached(pos: Pos) -> None:
    pos.now = moment("2024-06-04 09:00")
    first, second, third = (pos.completed() for _n in range(3))
    pos.do(first, "call_back", {"reached": "satisfied"})
    pos.do(second, "call_back", {"reached": "dissatisfied", "opinion": "太慢"})
    pos.do(third, "call_back", {"reached": "unreachable"})

    assert rate(statistics(pos.cast.wang_sup.actor, JUNE), "satisfaction") == (1, 2)


@pytest.mark.req("POS-24", "POS-27")
def test_a_callback_by_guizhou_counts_for_its_own_district_and_one_by_headquarters_for_hunans(pos: Pos) -> None:
    late, cast = relayed_late(pos), pos.cast
    pos.do(late, "complete", {"result": "密钥已下发", "fully_solved": True}, by=cast.sun_gz.actor)
    theirs = pos.completed()
    run_duties(moment("2024-06-04 00:00"))
    pos.now = moment("2024-06-04 10:00")
    with pytest.raises(Unseen):
        pos.do(theirs, "call_back", {"reached": "satisfied"}, by=cast.gu_gz.actor)
    pos.do(late, "call_back", {"reached": "satisfied"}, by=cast.gu_gz.actor)

    def callbacks() -> list[tuple[int, int]]:
        actors = (cast.gu_gz.actor, cast.boss_hn.actor, cast.wang_sup.actor)
        return [rate(statistics(actor, JUNE), "callback_rate") for actor in actors]

    assert callbacks() == [(1, 1), (0, 1), (1, 2)]
    pos.do(theirs, "call_back", {"reached": "satisfied"}, by=cast.li.actor)
    assert callbacks() == [(1, 1), (1, 1), (2, 2)]


@pytest.mark.req("POS-28")
def test_indicators_are_the_rulebooks_and_none_is_built_in(pos: Pos) -> None:
    text = shipped_text(BOOK)
    begin = text.index("\nindicators:")
    for source in (
        text[:begin] + "\n",
        text[:begin] + "\nindicators:\n  late: {title: 到人及时率, of: {deadline: dispatched}, clause: 五.3, target: '>= 98%'}\n",
    ):
        version = save_draft(source, by=BUILDER, at=moment("2024-06-02 08:00"))
        propose(version.pk, by=BUILDER, at=moment("2024-06-02 08:00"))
        activate(version.pk, by=BUILDER, at=moment("2024-06-02 08:00"))
        names = [r.spec.title for r in statistics(pos.cast.wang_sup.actor, JUNE).rates]

        assert names == ([] if "到人及时率" not in source else ["到人及时率"])


@pytest.mark.parametrize(
    ("at", "day"),
    [("2024-06-03 23:59:59.999", date(2024, 6, 3)), ("2024-06-04 00:00", date(2024, 6, 4)), ("2024-06-04 07:59", date(2024, 6, 4))],
)
def test_a_day_begins_at_midnight_in_shanghai(pos: Pos, at: str, day: date) -> None:
    pos.now = moment(at)
    pos.open()
    days = [date(2024, 6, 3), date(2024, 6, 4)]

    counts = [statistics(pos.cast.wang_sup.actor, replace(JUNE, period=Period(d, d))).tickets.opened.total for d in days]

    assert counts == [int(day == d) for d in days]
    both = statistics(pos.cast.wang_sup.actor, replace(JUNE, period=Period(days[0], days[1]))).tickets
    assert (both.opened_steps, both.before) == ([int(day == d) for d in days], (0, 0))


def test_the_period_before_is_counted_beside(pos: Pos) -> None:
    pos.now = moment("2024-06-03 12:00")
    pos.open()

    asked = replace(JUNE, period=Period(date(2024, 6, 4), date(2024, 6, 5)))

    assert statistics(pos.cast.wang_sup.actor, asked).tickets.before == (1, 0)


@pytest.mark.req("POS-03", "POS-27")
def test_guizhou_counts_guizhou_and_hunan_counts_hunan(june: Told) -> None:
    cast = june.pos.cast

    guizhou, hunan = statistics(cast.gu_gz.actor, JUNE), statistics(cast.boss_hn.actor, JUNE)

    assert (guizhou.tickets.opened.total, hunan.tickets.opened.total) == (1, 37)
    assert {line.unit.name for line in guizhou.units} == {"贵州分公司", "贵阳片区"}
    assert (rate(guizhou, "callback_rate"), rate(hunan, "callback_rate")) == ((0, 0), (4, 37))
    assert rate(guizhou, "satisfaction") == (0, 0)
    assert {d.state for d in [*guizhou.days, *hunan.days]} == {None}
    assert (rate(guizhou, "dispatch_timeliness"), rate(hunan, "dispatch_timeliness")) == ((0, 1), (37, 37))


def test_headquarters_may_look_at_one_branch_or_one_class(june: Told) -> None:
    cast = june.pos.cast

    branch = statistics(cast.li.actor, replace(JUNE, unit_id=cast.units["GZ"].pk))
    kind = statistics(cast.li.actor, replace(JUNE, type_name="consumables"))

    assert branch.tickets.opened.total == 1
    assert kind.tickets.opened == Cube()
    with pytest.raises(Unseen):
        statistics(cast.gu_gz.actor, replace(JUNE, unit_id=cast.units["HN"].pk))


@pytest.mark.parametrize("name", ["zhao", "mallory"])
def test_who_sees_only_his_own_tickets_reads_no_figures(pos: Pos, name: str) -> None:
    with pytest.raises(NotPermitted):
        statistics(getattr(pos.cast, name).actor, JUNE)


def test_a_post_that_covers_only_the_own_work_opens_no_figures_whatever_its_role_allows(pos: Pos) -> None:
    Role.objects.filter(code="engineer").update(permissions=["insight:read", "ticket:read"])
    forget()

    with pytest.raises(NotPermitted):
        statistics(actor_of_member(pos.cast.zhao.member.pk, pos.now), JUNE)


def test_a_rulebook_that_is_not_active_has_no_figures(pos: Pos) -> None:
    with pytest.raises(Unseen):
        statistics(pos.cast.li.actor, replace(JUNE, book="another"))


def test_the_level_of_an_old_ticket_stays_when_its_opener_moves_on(pos: Pos) -> None:
    cast: Cast = pos.cast
    pos.now = moment("2024-06-03 09:00")
    pos.open(by=cast.li.actor)
    moved = moment("2024-06-10 09:00")
    end_post(cast.li.member.posts.get(), by=BUILDER, at=moved)
    assign_post(cast.li.member, role=cast.roles["second_level"], unit=cast.units["HN"], by=BUILDER, at=moved)
    forget()
    pos.now = moment("2024-06-11 09:00")
    pos.open(by=actor_of_member(cast.li.member.pk, pos.now))

    stats = statistics(cast.wang_sup.actor, JUNE)

    assert stats.tickets.opened.by_level == {"headquarters": 1, "branch": 1}


def test_an_opener_with_two_posts_counts_once(pos: Pos) -> None:
    cast = pos.cast
    assign_post(cast.li.member, role=cast.roles["second_level"], unit=cast.units["HN"], by=BUILDER, at=LONG_AGO)
    pos.open(by=cast.li.actor)

    assert statistics(cast.wang_sup.actor, JUNE).tickets.opened.total == 1


def test_an_empty_month_says_so(pos: Pos) -> None:
    stats = statistics(pos.cast.wang_sup.actor, replace(JUNE, period=Period(date(2023, 1, 1), date(2023, 1, 31))))

    assert stats.is_empty


def test_the_system_may_count_everything(pos: Pos) -> None:
    relayed_late(pos)

    assert statistics(Actor.system("report"), JUNE).tickets.opened.total == 1
