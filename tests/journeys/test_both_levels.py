"""Clauses 三.1 and 三.2: what headquarters does in the whole country, and a branch in its own district only, task by task."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from banjie.handling.models import Supervision, Urge
from banjie.insight.period import Period
from banjie.insight.queries.statistics import Asked, statistics
from banjie.kernel.errors import NotPermitted, Unseen
from banjie.people.access import actor_of_member, forget
from banjie.people.verbs.posts import assign_post
from banjie.tickets.models import Event
from tests.cast import BUILDER, LONG_AGO, Person
from tests.pos import BLOCKED, DETAILS, GUIDED, Pos
from tests.tickets.observing import disagreements, refused

KEY = {"HN": {"source": "bank", "terminal_no": "T-88001"}, "GZ": {"source": "bank", "merchant_no": "M-7002"}}
AGENT = {"HN": "chen_hn", "GZ": "gu_gz"}
INSPECTOR = {"HN": "zhao", "GZ": "sun_gz"}
JUNE = Asked("pos-terminal-service", Period(date(2024, 6, 1), date(2024, 6, 30)))


def accepted(pos: Pos, branch: str) -> str:
    """Take a fault of the branch's merchant, by the branch's own agent."""
    return pos.open(payload={**DETAILS, **KEY[branch]}, by=agent(pos, branch).actor).number


def registered(pos: Pos, branch: str) -> str:
    """Take a request of an on-site class."""
    return pos.open("consumables", {**DETAILS, **KEY[branch]}, by=agent(pos, branch).actor).number


def relayed(pos: Pos, branch: str) -> str:
    """Let headquarters relay a ticket to the branch: nobody is named by its terminal."""
    number = pos.open("consumables", {**DETAILS, "terminal_no": "T-99999"}, by=pos.cast.zhang.actor).number
    pos.do(number, "dispatch", {"target_unit": pos.cast.units[branch].pk}, by=pos.cast.zhang.actor)
    return number


def dispatched(pos: Pos, branch: str) -> str:
    """Give a ticket to the branch's inspector."""
    number = registered(pos, branch)
    pos.do(number, "dispatch", {"inspector": inspector(pos, branch).member.pk}, by=agent(pos, branch).actor)
    return number


def blocked(pos: Pos, branch: str) -> str:
    """Leave a ticket uncompleted."""
    number = dispatched(pos, branch)
    pos.do(number, "report_blocked", BLOCKED, by=inspector(pos, branch).actor)
    return number


def completed(pos: Pos, branch: str) -> str:
    """Complete a ticket."""
    number = dispatched(pos, branch)
    pos.do(number, "complete", {"result": "好", "fully_solved": True}, by=inspector(pos, branch).actor)
    return number


def agent(pos: Pos, branch: str) -> Person:
    """Return the second-level agent of a branch."""
    person: Person = getattr(pos.cast, AGENT[branch])
    return person


def inspector(pos: Pos, branch: str) -> Person:
    """Return the inspector of a branch."""
    person: Person = getattr(pos.cast, INSPECTOR[branch])
    return person


@dataclass(frozen=True)
class Task:
    """A task of the clauses: the ticket that it is done on, its form, and what it comes to."""

    ready: Callable[[Pos, str], str]
    payload: dict[str, Any]
    state: str


TASKS = {
    "guide": Task(accepted, GUIDED, "registered"),
    "register": Task(accepted, {"address": "另一处"}, "accepted"),
    "dispatch": Task(registered, {}, "unprocessed"),
    "urge": Task(dispatched, {"note": "商户来电"}, "unprocessed"),
    "supervise": Task(dispatched, {"note": "今日必须上门"}, "unprocessed"),
    "verify": Task(blocked, {"verified": "银行仍在处理"}, "uncompleted"),
    "call_back": Task(completed, {"reached": "satisfied"}, "closed"),
}
REMINDERS: dict[str, type[Urge | Supervision]] = {"urge": Urge, "supervise": Supervision}


def form(pos: Pos, task: str, branch: str) -> dict[str, Any]:
    """Return the task's form; the dispatcher chooses the branch's inspector."""
    return TASKS[task].payload | ({"inspector": inspector(pos, branch).member.pk} if task in ("dispatch", "relay") else {})


@pytest.mark.req("POS-02", "POS-24", "POS-26")
@pytest.mark.parametrize("branch", ["HN", "GZ"])
@pytest.mark.parametrize("task", TASKS)
def test_headquarters_does_each_task_of_its_clause_in_every_province(pos: Pos, task: str, branch: str) -> None:
    number = TASKS[task].ready(pos, branch)
    pos.pass_time(minutes=2)

    done = pos.do(number, task, form(pos, task, branch), by=pos.cast.li.actor)

    assert done.state == TASKS[task].state
    event = Event.objects.get(ticket__number=number, action=task)
    assert (event.actor_name, event.at) == ("李娜", pos.now)
    assert disagreements() == []


@pytest.mark.req("POS-03", "POS-24", "POS-26")
@pytest.mark.parametrize(("branch", "other"), [("HN", "GZ"), ("GZ", "HN")])
@pytest.mark.parametrize("task", TASKS)
def test_a_branch_does_each_task_of_its_clause_in_its_own_district_and_in_no_other(pos: Pos, task: str, branch: str, other: str) -> None:
    theirs, own = TASKS[task].ready(pos, other), TASKS[task].ready(pos, branch)
    me = agent(pos, branch)

    with refused(Unseen):
        pos.do(theirs, task, form(pos, task, other), by=me.actor)
    done = pos.do(own, task, form(pos, task, branch), by=me.actor)

    assert done.state == TASKS[task].state
    assert Event.objects.get(ticket__number=own, action=task).actor_name == me.member.name


@pytest.mark.req("POS-03", "POS-13")
@pytest.mark.parametrize(("branch", "other"), [("HN", "GZ"), ("GZ", "HN")])
def test_what_was_relayed_to_a_branch_is_dispatched_by_its_second_level_and_by_nobody_else(pos: Pos, branch: str, other: str) -> None:
    number = relayed(pos, branch)
    choice = {"inspector": inspector(pos, branch).member.pk}

    with refused(Unseen):
        pos.do(number, "relay", choice, by=agent(pos, other).actor)
    for person in (pos.cast.zhang, pos.cast.wang_sup, pos.cast.auditor):
        with refused(NotPermitted, clause="三.2"):
            pos.do(number, "relay", choice, by=person.actor)

    assert pos.do(number, "relay", choice, by=agent(pos, branch).actor).state == "unprocessed"
    assert pos.ticket(number).assignee == inspector(pos, branch).member


@pytest.mark.req("POS-01", "POS-02", "POS-03")
@pytest.mark.parametrize(("branch", "other"), [("HN", "GZ"), ("GZ", "HN")])
def test_requests_are_taken_nationwide_at_headquarters_and_for_the_own_district_at_a_branch(pos: Pos, branch: str, other: str) -> None:
    me = agent(pos, branch)

    for district in (branch, other):
        assert pos.ticket(pos.open(payload=KEY[district]).number).unit.path.startswith(pos.cast.units[district].path)
    assert pos.ticket(pos.open(payload=KEY[branch], by=me.actor).number).responsible == me.member
    with refused(NotPermitted, clause="五.1"):
        pos.open(payload=KEY[other], by=me.actor)


@pytest.mark.req("POS-02", "POS-03", "POS-27")
def test_headquarters_counts_the_whole_country_and_a_branch_its_own_district(pos: Pos) -> None:
    for branch in ("HN", "GZ", "GZ"):
        accepted(pos, branch)

    counted = {who: statistics(getattr(pos.cast, who).actor, JUNE).tickets.opened.total for who in ("li", "chen_hn", "gu_gz")}

    assert counted == {"li": 3, "chen_hn": 1, "gu_gz": 2}
    with pytest.raises(NotPermitted):
        statistics(pos.cast.zhao.actor, JUNE)


@pytest.mark.req("POS-03", "PLT-09")
@pytest.mark.parametrize("task", ["register", "guide", "urge", "supervise", "cancel", "comment"])
def test_a_ticket_that_moved_to_another_district_is_still_seen_by_who_took_it_and_no_longer_worked(pos: Pos, task: str) -> None:
    gu = pos.cast.gu_gz
    number = pos.open(payload=DETAILS, by=gu.actor).number
    pos.do(number, "register", KEY["HN"])
    assert pos.ticket(number).unit == pos.cast.units["HN-CS"]
    payload = {"register": {"address": "另一处"}, "guide": GUIDED, "cancel": {"reason": "撤回"}}.get(task, {"note": "请尽快"})

    with refused(NotPermitted):
        pos.do(number, task, payload, by=gu.actor)

    pos.do(number, task, payload, by=pos.cast.chen_hn.actor)


@pytest.mark.req("POS-03", "POS-24", "PLT-09")
@pytest.mark.parametrize("task", TASKS)
def test_a_post_that_only_reads_elsewhere_lets_nobody_work_elsewhere(pos: Pos, task: str) -> None:
    cast = pos.cast
    assign_post(cast.gu_gz.member, role=cast.roles["auditor"], unit=cast.units["HQ"], by=BUILDER, at=LONG_AGO)
    forget()
    gu = actor_of_member(cast.gu_gz.member.pk, pos.now)
    number = TASKS[task].ready(pos, "HN")

    with refused(NotPermitted):
        pos.do(number, task, form(pos, task, "HN"), by=gu)


@pytest.mark.req("POS-26")
@pytest.mark.parametrize("task", REMINDERS)
@pytest.mark.parametrize("ready", [accepted, registered, relayed, dispatched, blocked, completed])
def test_both_levels_remind_at_every_stage_and_each_reminder_is_kept_with_time_actor_and_target(
    pos: Pos, ready: Callable[[Pos, str], str], task: str
) -> None:
    number = ready(pos, "GZ")
    at_start = pos.now
    ticket = pos.ticket(number)

    for person in (pos.cast.li, pos.cast.gu_gz):
        pos.do(number, task, {"note": "请今日处理"}, by=person.actor)
        pos.now += timedelta(minutes=5)

    rows = REMINDERS[task].objects.filter(ticket=ticket).order_by("id")
    assert [(r.by, r.at, r.to_member, r.to_unit, r.note) for r in rows] == [
        (person.member, at_start + timedelta(minutes=5 * n), ticket.assignee, ticket.unit, "请今日处理")
        for n, person in enumerate((pos.cast.li, pos.cast.gu_gz))
    ]
    told = Event.objects.filter(ticket=ticket, action=task).order_by("seq")
    assert [(e.actor_name, e.payload["to_unit_id"]) for e in told] == [("李娜", ticket.unit_id), ("顾燕", ticket.unit_id)]
