"""Service exceptions: execution, feedback, endings, supervision (EXC-24 to EXC-41)."""

from __future__ import annotations

from datetime import date

import pytest

from banjie.channels.models import Notification
from banjie.deadlines.duties import run_duties
from banjie.deadlines.models import DutyRun, Finding
from banjie.deadlines.sweep import sweep
from banjie.handling.models import Progress
from banjie.kernel.errors import InvalidInput, NotAllowedNow, NotPermitted, Unseen
from banjie.tickets.models import Ticket
from tests.pos import moment
from tests.regulation import Regulation
from tests.regulations.service_exception import (
    AGAIN,
    DONE,
    ONE,
    PLAN,
    RATED,
    SORRY,
    THREE,
    TOLD,
    TWO,
    UNHAPPY,
    YES,
    at_work,
    classified,
    due,
    executing,
    fed_back,
    outcomes,
    rate,
    reported,
    told,
    tracked,
)
from tests.tickets.observing import refused


@pytest.fixture
def law(db: None) -> Regulation:
    return at_work()


@pytest.mark.req("EXC-24")
def test_what_is_decided_is_begun_at_once_and_the_customer_is_told(law: Regulation) -> None:
    number = executing(law, TWO)
    assert due(number, "begun") == moment("2024-06-10 08:30")
    with refused(InvalidInput, field="note", clause="执行.1"):
        law.do(number, "progress", by="ke")
    law.do(number, "start", by="ke")
    law.do(number, "progress", {"note": "正在更换"}, by="ke")

    sweep(moment("2024-06-10 08:31"))

    assert outcomes(number, "begun") == ["met"]
    assert Progress.objects.get().note == "正在更换"
    idle = executing(law, TWO)
    sweep(law.pass_time(minutes=31))
    assert outcomes(idle, "begun") == ["breached"]


@pytest.mark.req("EXC-25")
def test_progress_is_checked_every_day_and_new_problems_are_coordinated(law: Regulation) -> None:
    first, second = executing(law, TWO), executing(law, TWO)
    law.at("2024-06-11 00:01")
    run_duties(law.now)
    law.do(first, "follow_up", {"verified": "已更换一半"}, by="ke")
    law.do(first, "solve_new", {"note": "物流缺车,协调外协"}, by="zhu")
    law.at("2024-06-12 00:01")
    run_duties(law.now)

    run = DutyRun.objects.get(duty="check_progress", period=date(2024, 6, 11))

    assert (run.frame_size, run.done, run.state) == (2, 1, "broken")
    assert Finding.objects.get(rule="check_progress", outcome="breached").evidence["missing"] == [second]


@pytest.mark.req("EXC-26")
def test_the_result_is_told_and_opinion_and_rating_are_asked_for(law: Regulation) -> None:
    number = executing(law, THREE)
    law.do(number, "finish", DONE, by="ke")
    with refused(NotAllowedNow):
        law.do(number, "ask", RATED, by="ke")
    with refused(InvalidInput, field="told_customer", clause="反馈.1"):
        law.do(number, "feed_back", by="ke")
    law.do(number, "feed_back", TOLD, by="ke")
    for field in ("reached", "opinion"):
        with refused(InvalidInput, field=field, clause="反馈.1"):
            law.do(number, "ask", {name: value for name, value in RATED.items() if name != field}, by="ke")

    law.do(number, "ask", RATED, by="ke")

    assert law.state(number) == "satisfied"


@pytest.mark.req("EXC-26")
def test_a_result_that_is_not_told_in_time_is_seen(law: Regulation) -> None:
    number = executing(law, THREE)
    law.do(number, "finish", DONE, by="ke")

    sweep(law.pass_time(hours=24, minutes=1))

    assert outcomes(number, "told") == ["breached"]


@pytest.mark.req("EXC-27")
def test_customer_service_confirms_and_archives_when_the_customer_is_satisfied(law: Regulation) -> None:
    number = fed_back(law)
    with refused(NotAllowedNow):
        law.do(number, "confirm", by="ke")
    law.do(number, "ask", RATED, by="ke")
    for who in ("guan", "shen"):
        with refused(NotPermitted):
            law.do(number, "confirm", by=who)
    with refused(Unseen):
        law.do(number, "confirm", by="sheng")

    law.do(number, "confirm", by="ke")

    assert (law.state(number), law.ticket(number).is_open) == ("archived", False)


@pytest.mark.req("EXC-28")
def test_who_is_dissatisfied_gets_a_new_plan_again_and_again_and_nothing_is_archived_before(law: Regulation) -> None:
    number = fed_back(law)
    for turn in (2, 3):
        law.do(number, "ask", UNHAPPY, by="ke")
        assert (law.state(number), law.ticket(number).round) == ("re_evaluating", turn)
        with refused(NotAllowedNow):
            law.do(number, "confirm", by="ke")
        with refused(NotAllowedNow):
            law.do(number, "finish", DONE, by="ke")
        law.do(number, "re_evaluate", {**AGAIN, "class": "process", "level": "three"}, by="ke")
        law.do(number, "plan_three", {"plan": f"第{turn}方案"}, by="ke")
        law.do(number, "finish", DONE, by="ke")
        law.do(number, "feed_back", TOLD, by="ke")
    assert told(number, "repeated") == {"guan", "gao"}

    law.do(number, "ask", RATED, by="ke")
    law.do(number, "confirm", by="ke")

    assert (law.state(number), law.ticket(number).round) == ("archived", 3)


@pytest.mark.req("EXC-28")
@pytest.mark.parametrize(("ending", "approve", "state"), [("unreachable", "end_unreachable", "unreachable"), ("decision", "end_by_decision", "closed_by_decision")])  # fmt: skip
def test_what_never_satisfies_ends_apart_by_approval_neither_archived_nor_satisfied(
    law: Regulation, ending: str, approve: str, state: str
) -> None:
    number = fed_back(law)
    law.do(number, "ask", UNHAPPY, by="ke")
    law.do(number, "propose_ending", {"ending": ending, "ending_reason": "已三次登门"}, by="ke")
    with refused(NotPermitted):
        law.do(number, approve, YES, by="zhu")

    law.do(number, approve, YES, by="guan")

    assert (law.state(number), law.ticket(number).is_open) == (state, False)
    assert (rate(law, "satisfaction").numerator, rate(law, "satisfaction").denominator) == (0, 1)
    with refused(NotAllowedNow):
        law.do(number, "confirm", by="ke")


@pytest.mark.req("EXC-30")
def test_each_key_step_is_watched_and_whoever_is_concerned_hears_before_and_when_it_is_late(law: Regulation) -> None:
    number = reported(law)
    sweep(moment("2024-06-10 08:22"))
    assert told(number, "warned") == {"ke", "zhu"}

    sweep(moment("2024-06-10 08:30:30"))

    assert {"zhu", "guan", "gao"} <= told(number, "breached")
    watched = law.program.book.processes["exception"].deadlines
    assert {"assessed", "received", "begun", "planned", "told"} <= set(watched)
    assert all(spec.on_breach for spec in watched.values())


@pytest.mark.req("EXC-34")
def test_internal_audit_reads_every_exception_and_changes_none(law: Regulation) -> None:
    number = executing(law, TWO)

    assert number in tracked(law, "shen")
    assert law.may(number, by="shen") <= {"remark"}
    with refused(NotPermitted):
        law.do(number, "finish", DONE, by="shen")


@pytest.mark.req("EXC-35")
def test_the_ledger_tracks_every_exception_open_or_ended_with_process_and_result(law: Regulation) -> None:
    ended, running, fresh = fed_back(law), executing(law, ONE), reported(law)
    law.do(ended, "ask", RATED, by="ke")
    law.do(ended, "confirm", by="ke")

    rows = tracked(law)

    assert set(rows) == {ended, running, fresh}
    assert (rows[ended]["result"], rows[ended]["reached"], rows[running]["responsible_person"]) == (DONE["result"], "satisfied", "盛厂长")
    assert Ticket.objects.filter(type="exception").count() == 3


@pytest.mark.req("EXC-36")
@pytest.mark.parametrize("source", ["hotline", "mailbox"])
def test_what_comes_by_the_supervision_hotline_or_mailbox_is_looked_into(law: Regulation, source: str) -> None:
    number = law.open("supervision", {"source": source, "description": "客服压单不报"}, by="cang")
    assert "shen" in told(number, "entered")
    for who in ("ke", "zhu"):
        with refused(NotPermitted, clause="监督.3"):
            law.do(number, "begin", by=who)
    law.do(number, "begin", by="shen")
    with refused(InvalidInput, field="handled_how", clause="监督.3"):
        law.do(number, "conclude", {"inquiry": "属实"}, by="shen")

    law.do(number, "conclude", {"inquiry": "属实", "handled_how": "批评教育并补报"}, by="shen")

    assert (law.state(number), "cang" in told(number, "told")) == ("handled", True)
    late = law.open("supervision", {"source": source, "description": "另一件"}, by="cang")
    sweep(law.pass_time(days=10))
    assert outcomes(late, "looked_into") == ["breached"]


@pytest.mark.req("EXC-40")
def test_progress_reaches_everybody_concerned_in_the_moment(law: Regulation) -> None:
    number = executing(law, TWO)
    law.do(number, "refer", {"target_unit": law.units["FACTORY"].pk}, by="ke")
    law.pass_time(minutes=7)

    law.do(number, "progress", {"note": "模具已改"}, by="sheng")

    heard = Notification.objects.filter(ticket_number=number, kind="told", at=law.now)
    assert set(heard.values_list("member__username", flat=True)) >= {"ke", "zhu", "guan", "gao"}


@pytest.mark.req("EXC-41")
@pytest.mark.parametrize("field", SORRY)
def test_a_major_exception_is_explained_with_an_apology_and_promised_measures(law: Regulation, field: str) -> None:
    number = classified(law, ONE)
    with refused(InvalidInput, field=field, clause="沟通.外部.1"):
        law.do(number, "explain", {name: value for name, value in SORRY.items() if name != field}, by="ke")
    law.do(number, "plan_one", PLAN, by="guan")
    law.do(number, "approve", YES, by="gao")
    with refused(InvalidInput, field=field):
        law.do(number, "finish", DONE, by="ke")
    sweep(moment("2024-06-10 12:01"))
    assert outcomes(number, "explained") == ["breached"]

    law.do(number, "explain", SORRY, by="ke")
    law.do(number, "finish", DONE, by="ke")

    assert law.ticket(number).fields["apology"] == "深表歉意"


def test_no_apology_is_asked_for_below_level_one(law: Regulation) -> None:
    number = executing(law, TWO)
    with refused(NotAllowedNow):
        law.do(number, "explain", SORRY, by="ke")

    law.do(number, "finish", DONE, by="ke")

    assert law.state(number) == "handled"
