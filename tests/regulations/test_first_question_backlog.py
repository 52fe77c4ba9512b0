"""首问负责与24小时积压工单管理: the daily lists (FQR; scenario S7)."""

from __future__ import annotations

import pytest
from django.utils import timezone

from banjie.channels.models import Notification
from banjie.deadlines.duties import run_duties
from banjie.deadlines.models import DutyItem, Finding
from banjie.kernel.errors import InvalidInput, NotPermitted
from tests.pos import moment
from tests.regulation import Regulation, install
from tests.regulations.first_question import (
    BOOK,
    DONE,
    INVALID,
    OPINION,
    PEOPLE,
    UNITS,
    answered,
    circulating,
    listed,
    opened,
    page,
    pass_on,
    rate,
    refused,
    run_of,
    to,
    told,
)


@pytest.fixture
def law(db: None, monkeypatch: pytest.MonkeyPatch) -> Regulation:
    law = install(BOOK, PEOPLE, UNITS)
    law.at("2024-06-03 09:00")
    monkeypatch.setattr(timezone, "now", lambda: law.now)  # pages read the clock of the test
    return law


@pytest.mark.req("FQR-03")
def test_the_daily_list_holds_what_is_older_than_24_hours_and_not_finished(law: Regulation) -> None:
    old, finished = circulating(law), answered(law)
    law.do(finished, "call_back", {"reached": "satisfied"}, by="an")
    law.pass_time(hours=1)
    young = opened(law)

    assert listed(law, "backlog", "2024-06-04 08:59") == []
    assert listed(law, "backlog", "2024-06-04 09:00") == []  # more than 24 hours
    assert listed(law, "backlog", "2024-06-04 09:01") == [old]
    assert listed(law, "backlog", "2024-06-04 10:01") == [old, young]
    assert listed(law, "backlog", "2024-06-05 00:01") == [old, young]  # each day anew


@pytest.mark.req("FQR-03")
@pytest.mark.parametrize("state", ["accepted", "circulating", "answered", "invalid"])
def test_no_state_before_the_end_hides_a_ticket_from_the_list(law: Regulation, state: str) -> None:
    number = opened(law)
    if state == "circulating":
        law.do(number, "dispatch", to(law, "B"), by="pai")
    elif state == "answered":
        law.do(number, "solve", DONE, by="ma")
    elif state == "invalid":
        law.do(number, "mark_invalid", INVALID, by="ma")

    assert law.state(number) == state
    assert listed(law, "backlog", "2024-06-04 09:01") == [number]


@pytest.mark.req("FQR-04")
def test_the_shift_leader_writes_an_opinion_on_each_ticket_and_what_follow_up_he_began(law: Regulation) -> None:
    first, second = circulating(law), circulating(law)
    run = run_of(law, "backlog", "2024-06-04 09:01")
    assert first in page(law, "/duties/", "zhi")
    for missing in ("note", "follow_up"):
        with refused(InvalidInput, missing):
            law.do(first, "opine", {key: value for key, value in OPINION.items() if key != missing}, by="zhi")
    with refused(NotPermitted):
        law.do(first, "opine", OPINION, by="pai")
    law.do(first, "opine", OPINION, by="zhi")

    run_duties(law.at("2024-06-05 00:01"))

    run.refresh_from_db()
    assert (run.state, run.done, run.required) == ("broken", 1, 2)
    finding = Finding.objects.get(rule="backlog", outcome="breached")
    assert (finding.evidence["missing"], finding.clause) == ([second], "二.3")
    assert Notification.objects.filter(kind="duty_broken", member=law.members["jing"]).exists()


@pytest.mark.req("FQR-04")
def test_a_list_with_an_opinion_on_every_ticket_is_kept(law: Regulation) -> None:
    number = circulating(law)
    run = run_of(law, "backlog", "2024-06-04 09:01")
    law.do(number, "opine", OPINION, by="zhi")

    run_duties(law.at("2024-06-05 00:01"))

    run.refresh_from_db()
    assert run.state == "kept"
    assert told(law, number, "told") == {"ma"}


@pytest.mark.req("FQR-05")
def test_what_is_still_unsolved_comes_to_the_department_manager_who_coordinates(law: Regulation) -> None:
    number = circulating(law)
    assert listed(law, "unsolved", "2024-06-05 09:00") == []
    run = run_of(law, "unsolved", "2024-06-05 09:01")
    assert list(run.frame) == [number]
    with refused(InvalidInput, "coordinated_with"):
        law.do(number, "coordinate", {"note": "今日到场"}, by="jing")
    with refused(NotPermitted):
        law.do(number, "coordinate", {"note": "今日到场", "coordinated_with": law.units["D"].pk}, by="zhi")

    law.do(number, "coordinate", {"note": "今日到场", "coordinated_with": law.units["D"].pk}, by="jing")
    pass_on(law, number, "D", by="jing")

    assert DutyItem.objects.get(run=run).done_by == law.members["jing"]
    assert law.ticket(number).unit == law.units["D"]
    assert "answer" in law.may(number, by="ding")
    assert told(law, number, "told") == {"zhi", "ma"}


@pytest.mark.req("FQR-05")
def test_the_shift_leader_reports_what_he_cannot_solve_at_once(law: Regulation) -> None:
    number = circulating(law)
    with refused(InvalidInput, "reason"):
        law.do(number, "escalate", by="zhi")

    law.do(number, "escalate", {"reason": "两部门意见不一"}, by="zhi")

    assert told(law, number, "told") == {"jing"}


@pytest.mark.req("FQR-06")
def test_the_dispatcher_owes_a_word_or_an_urge_on_each_ticket_in_circulation_every_day(law: Regulation) -> None:
    tracked, urged, forgotten = circulating(law), circulating(law), circulating(law)
    run = run_of(law, "tracking", "2024-06-04 08:00")
    law.do(tracked, "track", {"note": "网络部已派人"}, by="pai")
    law.do(urged, "urge", by="pai")

    run_duties(law.at("2024-06-05 00:01"))

    run.refresh_from_db()
    assert (run.state, run.done, run.required) == ("broken", 2, 3)
    assert Finding.objects.get(rule="tracking", outcome="breached").evidence["missing"] == [forgotten]


@pytest.mark.req("FQR-01", "FQR-03", "FQR-04", "FQR-05", "FQR-06", "FQR-09")
def test_s7_a_backlog_ticket_goes_from_the_shift_leader_to_the_department_manager(law: Regulation) -> None:
    number = opened(law)
    law.at("2024-06-03 09:10")
    law.do(number, "dispatch", to(law, "B"), by="pai")
    law.at("2024-06-03 11:00")
    pass_on(law, number, "C")
    law.do(number, "urge", {"note": "客户催"}, by="pai")
    assert law.ticket(number).responsible == law.members["ma"]

    assert listed(law, "backlog", "2024-06-04 09:00") == []
    run = run_of(law, "backlog", "2024-06-04 09:01")
    assert list(run.frame) == [number]
    law.at("2024-06-04 09:20")
    law.do(number, "urge", {"note": "已超24小时"}, by="pai")
    law.at("2024-06-04 09:30")
    with refused(InvalidInput):
        law.do(number, "opine", by="zhi")
    law.do(number, "opine", {"note": "联系厂家", "follow_up": "已致电厂家"}, by="zhi")
    assert DutyItem.objects.get(run=run).done_at == law.now

    manager = run_of(law, "unsolved", "2024-06-05 09:01")
    assert list(manager.frame) == [number]
    law.do(number, "coordinate", {"note": "工程部协助", "coordinated_with": law.units["D"].pk}, by="jing")
    pass_on(law, number, "D", by="jing")
    law.do(number, "mark_invalid", INVALID, by="ding")
    law.do(number, "review_invalid", {"invalid_review": "by_error", "verified": "确有多扣"}, by="zhi")

    assert [event.at for event in law.events(number, "urge")] == [moment("2024-06-03 11:00"), moment("2024-06-04 09:20")]
    assert rate(law, "marked_by_error") == (1, 1)
    assert (law.state(number), law.ticket(number).responsible) == ("accepted", law.members["ma"])
