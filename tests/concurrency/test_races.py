"""Many hands at once, with real threads and transactions: one wins, nothing is done twice, nothing is lost."""

from __future__ import annotations

from functools import partial

import orjson
import psycopg
import pytest
from django.db import connection

from banjie.channels.models import Notification
from banjie.customers.models import Customer
from banjie.deadlines.duties import run_duties
from banjie.deadlines.models import Clock, DutyRun, Finding
from banjie.deadlines.sweep import sweep
from banjie.dispatch.models import Assignment
from banjie.kernel.errors import NotAllowedNow, StaleVersion
from banjie.people.actor import Actor
from banjie.tickets.lifecycle import perform
from banjie.tickets.models import Event, RequestKey, Ticket
from banjie.tickets.once import Sending, perform_once
from banjie.tickets.opening import Asked, open_ticket
from banjie.tickets.step import Performed
from tests.concurrency.threads import parts, together
from tests.pos import BLOCKED, DETAILS, GUIDED, Pos, moment
from tests.rest.client import Rest
from tests.tickets.observing import broken_chains, disagreements, refused

pytestmark = pytest.mark.django_db(transaction=True)


def ready(pos: Pos) -> str:
    """Return a ticket that waits for its dispatch."""
    return pos.open("consumables", {**DETAILS, "terminal_no": "T-88001"}).number


@pytest.mark.req("PLT-11")
def test_of_two_dispatchers_one_wins_and_the_other_is_told_who(pos: Pos) -> None:
    li, zhang = pos.cast.li, pos.cast.zhang
    for _round in range(6):
        number = ready(pos)
        version = pos.ticket(number).version

        done, lost = parts(
            together(*(partial(perform, number, "dispatch", {}, by=p.actor, at=pos.now, expect=version) for p in (li, zhang)))
        )

        assert (len(done), [type(x) for x in lost]) == (1, [StaleVersion])
        row = Assignment.objects.get(ticket__number=number)
        assert row.by_name in lost[0].message
        assert "派单" in lost[0].message
        assert Event.objects.filter(ticket__number=number, action="dispatch").count() == 1
    assert disagreements() == []


@pytest.mark.req("PLT-11")
def test_the_loser_at_the_rest_door_gets_409_with_the_winners_name(pos: Pos) -> None:
    number = ready(pos)
    li, zhang = Rest(pos.cast.li), Rest(pos.cast.zhang)

    answers, _none = parts(together(partial(li.act, number, "dispatch", {}, 1), partial(zhang.act, number, "dispatch", {}, 1)))

    statuses = sorted(status for status, _body in answers)
    problem = next(body for status, body in answers if status == 409)
    winner = Assignment.objects.get(ticket__number=number).by_name
    assert statuses == [200, 409]
    assert problem["code"] == "stale-version"
    assert winner in problem["detail"]


def test_who_comes_second_without_a_version_is_refused_by_the_state(pos: Pos) -> None:
    number = ready(pos)

    done, lost = parts(together(*(partial(perform, number, "dispatch", {}, by=pos.cast.li.actor, at=pos.now) for _n in range(4))))

    assert (len(done), {type(x) for x in lost}, len(lost)) == (1, {NotAllowedNow}, 3)
    assert disagreements() == []


@pytest.mark.req("PLT-11")
def test_a_double_click_of_eight_with_one_key_opens_one_ticket(pos: Pos) -> None:
    li = pos.cast.li.actor
    for n in range(5):
        click = partial(open_ticket, pos.program, "consumables", DETAILS, by=li, at=pos.now, asked=Asked(f"click-{n}"))

        done, lost = parts(together(*[click] * 8))

        assert (len({d.number for d in done}), len(done), lost) == (1, 8, [])
    assert Ticket.objects.count() == RequestKey.objects.count() == 5
    assert disagreements() == []


def test_a_form_that_is_sent_eight_times_changes_the_ticket_once(pos: Pos) -> None:
    number = ready(pos)
    sending = Sending(expect=1, key="form-1")

    done, lost = parts(together(*[partial(perform_once, number, "dispatch", {}, sending, by=pos.cast.li.actor, at=pos.now)] * 8))

    assert ({d.version for d in done}, lost) == ({2}, [])
    assert Event.objects.filter(ticket__number=number, action="dispatch").count() == 1


@pytest.mark.req("PLT-13")
def test_eight_hands_open_200_tickets_with_numbers_of_their_own_and_whole_chains(pos: Pos) -> None:
    hands: list[Actor] = [pos.cast.li.actor, pos.cast.zhang.actor, pos.cast.chen_hn.actor, pos.cast.gu_gz.actor] * 2

    def open_25(by: Actor) -> list[str]:
        return [open_ticket(pos.program, "question", DETAILS, by=by, at=pos.now).number for _n in range(25)]

    done, lost = parts(together(*(partial(open_25, hand) for hand in hands)))

    numbers = [number for found in done for number in found]
    assert (len(numbers), len(set(numbers)), lost) == (200, 200, [])
    assert Ticket.objects.count() == 200
    assert Customer.objects.filter(name="王老板").count() == 1  # one caller, whoever was first
    assert broken_chains() == []


@pytest.mark.req("PLT-04")
@pytest.mark.parametrize("batch", [40, 1000])
def test_four_workers_over_500_due_clocks_do_each_effect_once(pos: Pos, batch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("banjie.deadlines.sweep.BATCH", batch)
    numbers = [pos.open(payload={**DETAILS, "terminal_no": "T-88001"}).number for _n in range(250)]
    assert Clock.objects.filter(state="running").count() == 500

    handled, _none = parts(together(*[partial(sweep, moment("2024-06-03 09:11"))] * 4))

    assert sum(handled) == 500
    assert sweep(moment("2024-06-03 09:11")) == 0
    assert Finding.objects.filter(outcome="breached").count() == 500
    assert Event.objects.filter(kind="breached").count() == 500
    told = Notification.objects.filter(kind="breached", ticket_number__in=numbers)
    assert told.count() == 500  # the supervisor and the second level, for "dispatched" only
    assert disagreements() == []


@pytest.mark.req("PLT-04", "PLT-11")
def test_people_work_while_workers_sweep_and_nothing_is_lost_or_done_twice(pos: Pos) -> None:
    numbers = [pos.open(payload={**DETAILS, "terminal_no": "T-88001"}).number for _n in range(40)]
    pos.pass_time(minutes=12)

    def work(mine: list[str]) -> int:
        for number in mine:
            perform(number, "guide", GUIDED, by=pos.cast.li.actor, at=pos.now)
            perform(number, "dispatch", {}, by=pos.cast.li.actor, at=pos.now)
        return 0

    _done, lost = parts(
        together(partial(work, numbers[:20]), partial(work, numbers[20:]), partial(sweep, pos.now), partial(sweep, pos.now))
    )
    sweep(pos.now)

    assert lost == []
    assert set(Ticket.objects.values_list("state", flat=True)) == {"unprocessed"}
    assert Finding.objects.filter(rule="dispatched", outcome="breached").count() == 40
    assert Event.objects.filter(kind="breached", payload__clock="dispatched").count() == 40
    assert Notification.objects.filter(kind="breached", member=pos.cast.wang_sup.member).count() == 40
    assert disagreements() == []


def test_a_ticket_that_somebody_is_changing_is_left_to_the_next_sweep(pos: Pos) -> None:
    held, free = ready(pos), ready(pos)
    parameters = connection.get_connection_params()
    with psycopg.connect(**{k: v for k, v in parameters.items() if k in ("host", "port", "user", "password", "dbname")}) as other:
        other.execute("select 1 from tickets_ticket where number = %s for update", [held])

        first = sweep(moment("2024-06-03 09:11"))
        other.rollback()

    assert first == 2
    assert set(Finding.objects.values_list("ticket__number", flat=True)) == {free}
    assert sweep(moment("2024-06-03 09:12")) == 2
    assert disagreements() == []


@pytest.mark.req("PLT-12")
def test_a_day_that_four_workers_open_and_close_is_opened_and_judged_once(pos: Pos) -> None:
    for _n in range(5):
        pos.completed()

    for day in (4, 5):
        together(*[partial(run_duties, moment(f"2024-06-0{day} 00:00"))] * 4)

    runs = DutyRun.objects.filter(period="2024-06-04")
    assert sorted(runs.values_list("duty", flat=True)) == ["sample_completed", "verify_open"]
    assert runs.get(duty="sample_completed").items.count() == 5
    assert Finding.objects.filter(kind="duty", rule="sample_completed", outcome="breached").count() == 1


@pytest.mark.req("POS-20")
def test_the_service_centre_hears_of_a_result_the_moment_it_is_committed(pos: Pos) -> None:
    number = pos.dispatched()
    parameters = connection.get_connection_params()
    address = {k: v for k, v in parameters.items() if k in ("host", "port", "user", "password", "dbname")}
    with psycopg.connect(**address, autocommit=True) as ear:
        ear.execute("listen banjie_live")

        pos.do(number, "report_blocked", BLOCKED, by=pos.cast.zhao.actor)
        with refused():
            pos.do(number, "verify", {}, by=pos.cast.li.actor)
        heard = [orjson.loads(notice.payload) for notice in ear.notifies(timeout=2, stop_after=1)]
        more = list(ear.notifies(timeout=0.2))

    topics = set(heard[0]["topics"])
    assert {f"unit:{pos.cast.units[code].pk}" for code in ("HQ", "HN", "HN-CS")} <= topics
    assert f"ticket:{number}" in topics
    assert heard[0]["data"] == {"ticket": number}
    assert more == []


def test_a_step_that_breaks_in_the_middle_leaves_nothing(pos: Pos) -> None:
    """Even a fault that is no refusal: the transaction holds all of a step or none."""
    number = ready(pos)
    with connection.cursor() as cursor:
        cursor.execute("alter table dispatch_assignment add constraint broken check (id < 0) not valid")
    before = list(Event.objects.values_list("id", flat=True))
    try:
        with pytest.raises(Exception, match="broken"):
            perform(number, "dispatch", {}, by=pos.cast.li.actor, at=pos.now)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("alter table dispatch_assignment drop constraint broken")

    assert list(Event.objects.values_list("id", flat=True)) == before
    assert not Notification.objects.exists()
    done: Performed = perform(number, "dispatch", {}, by=pos.cast.li.actor, at=pos.now)
    assert done.version == 2
    assert disagreements() == []
