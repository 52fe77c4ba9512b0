"""Closed-loop complaints: callback, rounds, endings apart, file and causes (CMP-09 to CMP-11)."""

from __future__ import annotations

from datetime import date

import pytest

from banjie.deadlines.duties import run_duties
from banjie.deadlines.models import DutyRun, Finding
from banjie.deadlines.sweep import sweep
from banjie.insight.queries.ledger import ledger_rows
from banjie.kernel.errors import InvalidInput, NotAllowedNow, NotPermitted
from banjie.verification.models import Callback
from tests.pos import moment
from tests.regulation import Regulation
from tests.regulations.complaint_loop import (
    DONE,
    JUNE,
    LOSS,
    MONTH,
    SECOND,
    VALID,
    YES,
    at_work,
    due,
    month_opened,
    outcomes,
    path,
    rate,
    taken,
    told,
    until,
)
from tests.tickets.observing import refused


@pytest.fixture
def law(db: None) -> Regulation:
    return at_work()


@pytest.mark.req("CMP-09")
def test_a_complaint_is_judged_at_once_handled_fast_and_called_back(law: Regulation) -> None:
    number = taken(law)
    assert due(number, "judged") == moment("2024-06-10 09:35")
    law.do(number, "judge", VALID, by="an")
    assert due(number, "handled") == moment("2024-06-11 09:05")

    sweep(moment("2024-06-11 09:06"))
    sweep(moment("2024-06-12 09:06"))

    assert (outcomes(number, "judged"), outcomes(number, "handled")) == (["met"], ["breached"])
    assert "lin" in told(number, "escalated")


@pytest.mark.req("CMP-09")
@pytest.mark.parametrize("action", ["file", "file_with_case"])
def test_no_complaint_is_closed_without_a_callback_in_which_the_customer_is_satisfied(law: Regulation, action: str) -> None:
    number = until(law, "executed")
    with refused(NotAllowedNow):
        law.do(number, action, by="zhu")
    law.do(number, "call_back", {"reached": "unreachable"}, by="an")
    with refused(NotAllowedNow):
        law.do(number, action, by="zhu")
    law.pass_time(hours=2)
    law.do(number, "call_back", {"reached": "dissatisfied"}, by="an")

    with refused(NotAllowedNow):
        law.do(number, action, by="zhu")
    assert law.ticket(number).is_open


@pytest.mark.req("CMP-09")
def test_who_handled_it_does_not_call_back_and_the_callback_has_its_time(law: Regulation) -> None:
    law.appoint("song", "cs_agent", "DELIVERY")
    number = until(law, "executed")

    with refused(NotPermitted):
        law.do(number, "call_back", {"reached": "satisfied"}, by="song")
    sweep(law.pass_time(hours=25))

    assert outcomes(number, "called_back") == ["breached"]


@pytest.mark.req("CMP-09")
def test_rounds_are_counted_and_the_second_dissatisfaction_is_told_one_level_up(law: Regulation) -> None:
    number = until(law, "executed")
    law.do(number, "call_back", {"reached": "dissatisfied"}, by="an")
    assert told(number, "repeated") == set()
    law.do(number, "begin_round", {"round_plan": "重办", "promised_at": "2024-06-12 12:00"}, by="an")
    for action, who, payload, _after in path(law)[2:7]:
        law.do(number, action, payload, by=who)

    law.do(number, "call_back", {"reached": "dissatisfied"}, by="an")

    assert law.ticket(number).round == 3
    assert told(number, "repeated") == {"lin", "zong"}
    assert list(Callback.objects.order_by("id").values_list("round", "attempt")) == [(1, 1), (2, 1)]


@pytest.mark.req("CMP-09")
@pytest.mark.parametrize("ending", ["unreachable", "decision"])
def test_who_is_never_reached_or_never_satisfied_ends_apart_by_approval_and_never_as_satisfied(law: Regulation, ending: str) -> None:
    approve, state = {"unreachable": ("end_unreachable", "unreachable"), "decision": ("end_by_decision", "closed_by_decision")}[ending]
    number = until(law, "executed")
    law.do(number, "call_back", {"reached": "unreachable"}, by="an")
    with refused(InvalidInput, field="ending_reason", clause="决定.2"):
        law.do(number, "propose_ending", {"ending": ending}, by="an")
    law.do(number, "propose_ending", {"ending": ending, "ending_reason": "三次均无法办结"}, by="an")
    assert law.ticket(number).is_open
    with refused(NotPermitted):
        law.do(number, approve, YES, by="zhu")
    other = {"end_unreachable": "end_by_decision", "end_by_decision": "end_unreachable"}[approve]
    with refused(NotAllowedNow):
        law.do(number, other, YES, by="lin")

    law.do(number, approve, YES, by="lin")

    assert (law.state(number), law.ticket(number).is_open) == (state, False)
    assert (rate(law, "satisfaction").numerator, rate(law, "satisfaction").denominator) == (0, 0)
    with refused(NotAllowedNow):
        law.do(number, "file", by="an")
    law.do(number, "reopen", {"reason": "客户回电"}, by="an")
    assert (law.state(number), law.ticket(number).round) == ("next_round", 2)


@pytest.mark.req("CMP-10")
def test_the_file_holds_the_complaint_from_registration_to_callback(law: Regulation) -> None:
    number = until(law, "satisfied")
    law.do(number, "file", {"note": "归入2024-06卷"}, by="an")

    row = next(iter(ledger_rows(law.actor("zhu"), JUNE, law.program.book.ledgers["filing"])))

    assert (row.number, row.state, row.is_open) == (number, "filed", False)
    said = {name: row.values.get(name) for name in ("customer", "mood", "validity", "cause", "chosen", "instruction", "result", "reached")}
    assert said == {
        "customer": "李女士", "mood": "angry", "validity": "valid", "cause": "courier_loss", "chosen": "2",
        "instruction": SECOND["instruction"], "result": DONE["result"], "reached": "satisfied",
    }  # fmt: skip


@pytest.mark.req("CMP-11")
@pytest.mark.parametrize("source", ["phone", "visit", "online", "mail", "letter", "other"])
def test_every_channel_brings_a_complaint_into_the_same_process(law: Regulation, source: str) -> None:
    with refused(InvalidInput, field="source"):
        taken(law, source="")

    assert law.ticket(taken(law, source=source)).source == source


@pytest.mark.req("CMP-11")
@pytest.mark.parametrize("field", ["investigation", "cause", "cause_analysis", "service_cause"])
def test_no_solution_is_sought_before_the_cause_is_named_and_analysed(law: Regulation, field: str) -> None:
    number = until(law, "investigating")

    with refused(InvalidInput, field=field, clause="三个方面.3"):
        law.do(number, "investigate", {name: value for name, value in LOSS.items() if name != field}, by="song")


@pytest.mark.req("CMP-11", "CMP-19")
def test_causes_are_counted_every_month_and_what_was_learnt_is_told_to_the_departments(law: Regulation) -> None:
    number = month_opened(law)
    for field in ("causes_table", "improvements"):
        with refused(InvalidInput, field=field):
            law.do(number, "submit", {name: value for name, value in MONTH.items() if name != field}, by="zhu")

    law.do(number, "submit", MONTH, by="zhu")

    assert law.state(number) == "submitted"
    assert {"pin", "lin", "zong"} <= told(number, "told")


@pytest.mark.req("CMP-11")
def test_a_month_without_the_analysis_of_causes_breaks_the_clause(law: Regulation) -> None:
    month_opened(law)
    law.at("2024-07-01 00:01")
    run_duties(law.now)

    assert DutyRun.objects.get(duty="analyse", period=date(2024, 6, 1)).state == "broken"
    assert Finding.objects.filter(rule="analyse", outcome="breached").exists()
