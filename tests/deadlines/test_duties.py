"""Duties of the day: what is owed, drawn, done, judged; once per period whatever stood still."""

from __future__ import annotations

import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjie.channels.models import Notification
from banjie.deadlines.duties import draw, run_duties, sample_size, seed_of
from banjie.deadlines.models import DutyItem, DutyRun, Finding
from banjie.rulebook.language import Duty, Over
from tests.pos import BLOCKED, DETAILS, Pos, moment
from tests.tickets.observing import everything

SAMPLE, VERIFY = "sample_completed", "verify_open"
TENTH = Duty(
    title="抽查", clause=["五.6"], over=Over(states=["completed"], entered="yesterday"), do=["call_back"], by=["hq_agent"], take="10%"
)


def run_of(duty: str, period: str) -> DutyRun:
    """Return the run of a day."""
    return DutyRun.objects.get(duty=duty, period=period)


def blocked(pos: Pos) -> str:
    """Leave a ticket uncompleted."""
    number = pos.dispatched()
    pos.do(number, "report_blocked", BLOCKED, by=pos.cast.zhao.actor)
    return number


@given(frame=st.integers(0, 5000))
@pytest.mark.req("POS-22")
def test_a_tenth_is_rounded_up_and_at_least_one_of_any(frame: int) -> None:
    size = sample_size(TENTH, frame)

    assert size == (math.ceil(frame / 10) if frame else 0)
    assert (size >= 1) == (frame >= 1)


@pytest.mark.req("POS-22")
def test_the_regulation_owes_a_tenth_of_any_number_of_completed_tickets_every_day(pos: Pos) -> None:
    duty = pos.program.book.duties[SAMPLE]

    assert [sample_size(duty, n) for n in range(1001)] == [math.ceil(n / 10) for n in range(1001)]
    assert (duty.every, duty.do, sorted(duty.by)) == ("day", ["call_back"], ["hq_agent", "second_level"])


@pytest.mark.req("POS-22", "POS-06")
def test_the_sample_is_drawn_from_what_was_completed_yesterday_and_from_nothing_else(pos: Pos) -> None:
    """Not the day before, not today, not what is still open, and not what the phone solved (section 5, no. 10)."""
    days: dict[int, list[str]] = {}
    for day in (7, 8, 9, 10):  # Friday, the weekend, and Dragon Boat Festival
        pos.now = moment(f"2024-06-{day:02d} 00:00")
        at_midnight = pos.completed()
        pos.now = moment(f"2024-06-{day:02d} 23:59:59.999")
        solved = pos.open(payload={**DETAILS, "terminal_no": "T-88001"}).number
        pos.do(solved, "guide", {"guided": "solved", "guidance": "重启"})
        pos.dispatched()
        blocked(pos)
        days[day] = [at_midnight, pos.completed()]

    run_duties(moment("2024-06-11 08:00"))

    assert {day: sorted(run_of(SAMPLE, f"2024-06-{day:02d}").frame) for day in (8, 9, 10, 11)} == {
        day + 1: sorted(numbers) for day, numbers in days.items()
    }
    assert {run_of(SAMPLE, f"2024-06-{day:02d}").required for day in (8, 9, 10, 11)} == {1}


@given(numbers=st.lists(st.from_regex(r"GZ-24060[1-9]-0\d{4}", fullmatch=True), unique=True, max_size=40), day=st.dates())
def test_an_auditor_draws_the_same_sample_again_whatever_the_order_of_the_frame(numbers: list[str], day: date) -> None:
    seed = seed_of("pos-terminal-service", SAMPLE, day)
    size = sample_size(TENTH, len(numbers))

    assert draw(seed, numbers, size) == draw(seed, sorted(numbers, reverse=True), size)
    assert len(set(draw(seed, numbers, len(numbers)))) == len(numbers)
    assert draw(seed, numbers, size) == draw(seed, numbers, len(numbers))[:size]


def test_another_day_or_duty_draws_otherwise(pos: Pos) -> None:
    numbers = [f"GZ-240603-{n:05d}" for n in range(100)]
    seeds = {seed_of("pos-terminal-service", duty, date(2024, 6, day)) for duty in (SAMPLE, VERIFY) for day in (3, 4, 5)}

    assert len({tuple(draw(seed, numbers, 10)) for seed in seeds}) == 6


@pytest.mark.req("PLT-12")
def test_a_period_is_opened_and_judged_once_however_often_it_is_asked(pos: Pos) -> None:
    pos.completed()
    for hour in (0, 1, 5):
        run_duties(moment(f"2024-06-04 0{hour}:00"))
    run_duties(moment("2024-06-05 00:00"))
    before = everything()

    assert run_duties(moment("2024-06-05 00:00")) == 0

    assert everything() == before
    assert DutyRun.objects.filter(period="2024-06-04").count() == 2
    assert Finding.objects.filter(kind="duty", rule=SAMPLE, evidence__frame=1).count() == 1


@pytest.mark.req("PLT-12", "POS-25")
def test_days_on_which_no_worker_ran_are_caught_up_with_what_was_true_then(pos: Pos) -> None:
    done = pos.completed()
    waiting = blocked(pos)
    rebooked = pos.dispatched()
    pos.do(rebooked, "book", {"visit_at": "2024-06-05 15:00", "agreed_with": "王老板"}, by=pos.cast.zhao.actor)
    later_done = blocked(pos)
    pos.now = moment("2024-06-04 10:00")
    pos.do(done, "call_back", {"reached": "satisfied"})
    pos.do(waiting, "verify", {"verified": "仍在等银行"})
    pos.do(rebooked, "book", {"visit_at": "2024-06-06 15:00", "agreed_with": "王老板"}, by=pos.cast.zhao.actor)
    pos.do(later_done, "complete", {"result": "密钥已下发", "fully_solved": True}, by=pos.cast.zhao.actor)
    opened_then = blocked(pos)

    run_duties(moment("2024-06-07 09:00"))

    sample, verify = run_of(SAMPLE, "2024-06-04"), run_of(VERIFY, "2024-06-04")
    assert (sample.frame, sample.state, sample.done) == ([done], "kept", 1)
    assert sorted(verify.frame) == sorted([waiting, rebooked, later_done])
    assert (verify.state, verify.done) == ("broken", 1)
    assert Finding.objects.get(rule=VERIFY, evidence__run=verify.pk).evidence["missing"] == [rebooked]
    assert opened_then in run_of(VERIFY, "2024-06-05").frame
    assert {r.period.day for r in DutyRun.objects.filter(duty=VERIFY)} == {1, 2, 3, 4, 5, 6, 7}


def test_what_is_caught_up_is_judged_as_if_the_worker_had_run(pos: Pos) -> None:
    """A ticket that was finished unverified is moot in both cases."""
    finished = blocked(pos)
    run_duties(moment("2024-06-04 00:00"))
    pos.now = moment("2024-06-04 10:00")
    pos.do(finished, "complete", {"result": "密钥已下发", "fully_solved": True}, by=pos.cast.zhao.actor)
    run_duties(moment("2024-06-05 00:00"))
    live = run_of(VERIFY, "2024-06-04")
    ran = [(f.outcome, f.evidence["moot"]) for f in Finding.objects.filter(rule=VERIFY, evidence__run=live.pk)]
    DutyItem.objects.all().delete()
    DutyRun.objects.all().delete()

    run_duties(moment("2024-06-05 00:00"))

    again = run_of(VERIFY, "2024-06-04")
    assert (live.state, again.state) == ("nothing_due", "nothing_due")
    assert [(f.outcome, f.evidence["moot"]) for f in Finding.objects.filter(rule=VERIFY, evidence__run=again.pk)] == ran == [("void", 1)]


@pytest.mark.req("POS-22", "CBK-17")
def test_a_customer_who_was_not_reached_does_not_count_as_called_back(pos: Pos) -> None:
    number = pos.completed()
    run_duties(moment("2024-06-04 00:00"))
    pos.now = moment("2024-06-04 10:00")

    for _attempt in range(3):
        pos.do(number, "call_back", {"reached": "unreachable"})
        pos.pass_time(minutes=30)
    run_duties(moment("2024-06-05 00:00"))

    assert (run_of(SAMPLE, "2024-06-04").state, run_of(SAMPLE, "2024-06-04").done) == ("broken", 0)


@pytest.mark.req("POS-25")
@pytest.mark.parametrize("neglected", [SAMPLE, VERIFY])
def test_a_day_with_too_few_callbacks_or_an_open_ticket_unverified_is_a_breach_that_is_told(pos: Pos, neglected: str) -> None:
    done, waiting = pos.completed(), blocked(pos)
    run_duties(moment("2024-06-04 00:00"))
    pos.now = moment("2024-06-04 10:00")

    if neglected == SAMPLE:
        pos.do(waiting, "verify", {"verified": "仍在等银行"})
    else:
        pos.do(done, "call_back", {"reached": "satisfied"})
    run_duties(moment("2024-06-04 23:59"))
    still_open = set(DutyRun.objects.filter(period="2024-06-04").values_list("state", flat=True))
    run_duties(moment("2024-06-05 00:00"))

    assert still_open == {"open"}
    assert {d: run_of(d, "2024-06-04").state for d in (SAMPLE, VERIFY)} == {
        d: "broken" if d == neglected else "kept" for d in (SAMPLE, VERIFY)
    }
    finding = Finding.objects.get(kind="duty", rule=neglected, outcome="breached")
    assert (finding.clause, finding.evidence["missing"]) == ("五.6", [done if neglected == SAMPLE else waiting])
    told = Notification.objects.filter(kind="duty_broken")
    assert "wang_sup" in told.values_list("member__username", flat=True)
    assert "五.6" in told[0].clause


def test_a_day_with_nothing_to_sample_is_not_judged(pos: Pos) -> None:
    run_duties(moment("2024-06-04 00:00"))
    run_duties(moment("2024-06-05 00:00"))

    run = run_of(SAMPLE, "2024-06-04")
    assert (run.state, run.frame, run.required) == ("nothing_due", [], 0)
    assert Finding.objects.get(kind="duty", rule=SAMPLE, evidence__run=run.pk).outcome == "void"


@pytest.mark.req("POS-23")
def test_every_appointed_and_uncompleted_ticket_is_owed_each_day_until_it_is_completed(pos: Pos) -> None:
    waiting = blocked(pos)
    other = pos.dispatched()

    days = {}
    for day in (4, 5, 6):
        run_duties(moment(f"2024-06-0{day} 00:00"))
        days[day] = run_of(VERIFY, f"2024-06-0{day}").frame
        pos.now = moment(f"2024-06-0{day} 10:00")
        if day == 5:
            pos.do(waiting, "complete", {"result": "密钥已下发", "fully_solved": True}, by=pos.cast.zhao.actor)

    assert days == {4: [waiting], 5: [waiting], 6: []}
    assert not any(other in frame for frame in days.values())


def test_the_seed_is_fixed_before_the_frame_and_the_run_keeps_all_that_an_auditor_needs(pos: Pos) -> None:
    seed = seed_of("pos-terminal-service", SAMPLE, date(2024, 6, 4))
    numbers = [pos.completed() for _n in range(12)]

    run_duties(moment("2024-06-04 00:00"))

    run = run_of(SAMPLE, "2024-06-04")
    assert (run.seed, sorted(run.frame), run.required) == (seed, sorted(numbers), 2)
    chosen = set(run.items.filter(chosen=True).values_list("ticket__number", flat=True))
    assert chosen == set(draw(run.seed, run.frame, run.required))


def test_a_stand_still_of_months_is_caught_up_for_a_month_only(pos: Pos) -> None:
    run_duties(moment("2024-06-04 00:00"))

    run_duties(moment("2024-12-31 09:00"))

    periods = list(DutyRun.objects.filter(duty=VERIFY).order_by("period").values_list("period", flat=True))
    assert periods[-1] == date(2024, 12, 31)
    assert len([p for p in periods if p > date(2024, 6, 4)]) == 32
