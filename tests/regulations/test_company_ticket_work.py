"""Handling, report, confirmation, archive and assessment of company tickets, and scenario S4."""

from __future__ import annotations

import pytest

from banjie.deadlines.duties import run_duties
from banjie.deadlines.models import Clock, DutyRun, Finding
from banjie.deadlines.sweep import sweep
from banjie.handling.models import Acknowledgement, Completion, SupportRequest, WorkStart
from banjie.insight.ledger_columns import columns_of
from banjie.insight.ledgers import ledger_cells
from banjie.insight.period import Period
from banjie.insight.queries.ledger import Narrowed, ledger_rows
from banjie.insight.queries.statistics import Asked, statistics
from banjie.kernel.errors import InvalidInput, NotAllowedNow, NotPermitted
from banjie.rulebook.shipped import shipped_text
from banjie.rulebook.verbs.versions import activate, propose, save_draft
from banjie.verification.models import Callback
from tests.cast import BUILDER, LONG_AGO
from tests.pos import moment
from tests.regulation import Regulation
from tests.regulations.company_ticket import (
    FIRST,
    REPORT,
    TECHNICAL,
    assigned,
    at_work,
    confirmed,
    in_hand,
    refused,
    told,
)


@pytest.fixture
def law(db: None) -> Regulation:
    return at_work()


@pytest.mark.req("COM-11")
def test_response_and_start_are_stamped_and_both_kept_within_the_limit(law: Regulation) -> None:
    number = assigned(law)
    with refused(NotAllowedNow):  # who has not responded has not started
        law.do(number, "start", by="qin")
    law.pass_time(minutes=20)
    law.do(number, "respond", by="qin")
    law.pass_time(minutes=10)
    law.do(number, "start", by="qin")

    assert Acknowledgement.objects.get(ticket__number=number).at == moment("2024-06-03 09:20")
    assert WorkStart.objects.get(ticket__number=number).at == moment("2024-06-03 09:30")
    assert dict(Finding.objects.values_list("rule", "outcome")) == {"response": "met", "beginning": "met"}
    assert {f.owner_id for f in Finding.objects.all()} == {law.members["qin"].pk}


@pytest.mark.req("COM-11")
def test_a_response_in_time_does_not_save_a_late_start_and_both_are_told_when_broken(law: Regulation) -> None:
    number = assigned(law)
    law.pass_time(minutes=20)
    law.do(number, "respond", by="qin")
    sweep(law.pass_time(minutes=10))
    assert Finding.objects.filter(outcome="breached").count() == 0

    sweep(law.pass_time(seconds=1))

    assert dict(Finding.objects.values_list("rule", "outcome")) == {"response": "met", "beginning": "breached"}
    assert told(law, number, "breached") == {"qin", "yu", "tao"}


@pytest.mark.req("COM-12")
def test_progress_is_told_to_the_requester_who_reads_it_on_the_ticket(law: Regulation) -> None:
    number = in_hand(law)
    with refused(InvalidInput):
        law.do(number, "progress", {"note": ""}, by="qin")

    law.do(number, "progress", {"note": "已定位到慢查询"}, by="qin")

    assert told(law, number, "told") == {"chen"}
    assert law.may(number, by="chen") == {"remark", "urge"}
    law.do(number, "remark", {"note": "月底前需要"}, by="chen")
    assert law.events(number, "remark")[0].actor_name == "陈晓"


@pytest.mark.req("COM-13")
def test_what_cannot_be_solved_is_reported_upward_and_waits_for_the_support_asked_for(law: Regulation) -> None:
    number = in_hand(law)
    with refused(InvalidInput) as said:
        law.do(number, "escalate", {"reason": "数据库在厂商手里"}, by="qin")
    assert [error.field for error in said.value.errors] == ["support_asked"]
    law.do(number, "escalate", {"reason": "数据库在厂商手里", "support_asked": "请厂商加索引"}, by="qin")

    assert SupportRequest.objects.get(ticket__number=number).by_name == "秦工"
    assert told(law, number, "told") == {"yu", "tao", "guan"}
    with refused(NotAllowedNow):  # it is not reported done while it waits
        law.do(number, "report", REPORT, by="qin")
    law.do(number, "support", {"support": "厂商今天加索引"}, by="yu")
    assert law.state(number) == "in_hand"
    assert "qin" in told(law, number, "told")


@pytest.mark.req("COM-14")
@pytest.mark.parametrize("missing", ["handling_process", "result", "suggestions"])
def test_a_completion_report_needs_process_result_and_suggestions(law: Regulation, missing: str) -> None:
    number = in_hand(law)

    with refused(InvalidInput) as said:
        law.do(number, "report", {k: v for k, v in REPORT.items() if k != missing}, by="qin")

    assert [error.field for error in said.value.errors] == [missing]
    assert (law.state(number), Completion.objects.count()) == ("in_hand", 0)


@pytest.mark.req("COM-14")
def test_nothing_is_confirmed_or_archived_without_the_report(law: Regulation) -> None:
    number = in_hand(law)

    with refused(NotAllowedNow):
        law.do(number, "confirm", {"reached": "satisfied", "rating": 5}, by="chen")
    with refused(NotAllowedNow):
        law.do(number, "archive", by="tao")
    before = {state for state, rules in law.program.types["technical"].by_state.items() for r in rules if r.name in ("confirm", "archive")}
    assert before == {"reported", "confirmed"}


@pytest.mark.req("COM-15")
def test_the_report_goes_to_the_requester_who_alone_confirms_it_with_a_rating(law: Regulation) -> None:
    number = in_hand(law)
    law.do(number, "report", REPORT, by="qin")
    assert told(law, number, "told") == {"chen"}
    for who in ("qin", "tao", "yu"):
        with refused(NotPermitted):
            law.do(number, "confirm", {"reached": "satisfied", "rating": 5}, by=who)
    for rating in ("", 0, 6):
        with refused(InvalidInput):
            law.do(number, "confirm", {"reached": "satisfied", "rating": rating}, by="chen")

    law.do(number, "confirm", {"reached": "satisfied", "rating": 4}, by="chen")

    assert (law.state(number), law.ticket(number).is_open) == ("confirmed", False)
    assert law.events(number, "confirm")[0].payload["rating"] == "4"


@pytest.mark.req("COM-16")
def test_what_the_requester_does_not_confirm_returns_to_the_same_handler_with_his_opinion(law: Regulation) -> None:
    number = in_hand(law)
    law.do(number, "report", REPORT, by="qin")
    with refused(InvalidInput):
        law.do(number, "confirm", {"reached": "dissatisfied", "rating": 1}, by="chen")

    law.do(number, "confirm", {"reached": "dissatisfied", "rating": 1, "opinion": "大客户清单仍超时"}, by="chen")

    assert (law.state(number), law.ticket(number).assignee) == ("in_hand", law.members["qin"])
    assert Callback.objects.get().opinion == "大客户清单仍超时"
    assert told(law, number, "dissatisfied") == {"qin"}
    law.do(number, "report", REPORT, by="qin")
    law.do(number, "confirm", {"reached": "satisfied", "rating": 5}, by="chen")
    assert law.state(number) == "confirmed"


@pytest.mark.req("COM-17")
def test_confirmed_tickets_are_owed_to_the_archive_each_month_and_stay_readable_with_all_they_hold(law: Regulation) -> None:
    first, second = confirmed(law), confirmed(law)
    run_duties(law.at("2024-07-01 09:00"))
    run = DutyRun.objects.filter(duty="archive_monthly").latest("period")
    assert set(run.frame) == {first, second}
    law.do(first, "archive", by="tao")

    run_duties(law.at("2024-08-01 00:01"))

    run.refresh_from_db()
    assert (run.state, run.done, run.required) == ("broken", 1, 2)
    assert Finding.objects.get(rule="archive_monthly", outcome="breached").evidence["missing"] == [second]
    assert (law.state(first), law.events(first, "report")[0].payload["suggestions"]) == ("archived", REPORT["suggestions"])


@pytest.mark.req("COM-18")
def test_the_archive_ledger_holds_number_times_handler_and_state(law: Regulation) -> None:
    number = assigned(law)
    law.pass_time(minutes=20)
    law.do(number, "respond", by="qin")
    law.do(number, "start", by="qin")
    law.at("2024-06-04 16:00")
    law.do(number, "report", REPORT, by="qin")
    law.pass_time(hours=1)
    law.do(number, "confirm", {"reached": "satisfied", "rating": 4}, by="chen")
    law.pass_time(days=3)
    law.do(number, "archive", by="tao")
    ledger, june = law.program.book.ledgers["archive"], Period(moment("2024-06-01 00:00").date(), moment("2024-06-30 00:00").date())

    (row,) = ledger_rows(law.actor("tao"), Asked("company-ticket", june), ledger, Narrowed(only="ended"))
    columns = [column.name for column in columns_of(law.program, ledger)]
    (cells,) = ledger_cells(law.program, ledger, [row], law.actor("tao"))

    said = dict(zip(columns, cells, strict=True))
    assert (said["ticket.number"], said["ticket.state"], said["ticket.assignee"]) == (number, "已归档", "秦工")
    assert [said[f"ticket.{name}_at"] for name in ("opened", "taken", "completed", "ended")] == [
        moment(f"2024-06-{text}") for text in ("03 09:00", "03 09:20", "04 16:00", "04 17:00")
    ]
    assert (said["rating"], said["suggestions"]) == ("4 分", REPORT["suggestions"])


@pytest.mark.req("COM-19")
def test_the_desk_owes_an_assessment_each_month_whose_results_name_people(law: Regulation) -> None:
    run_duties(law.at("2024-07-01 09:00"))
    run = DutyRun.objects.filter(duty="assess_monthly").latest("period")
    (number,) = run.frame
    with refused(InvalidInput):
        law.do(number, "assess", {"period": "2024年6月", "findings": "按时"}, by="tao")
    with refused(NotPermitted):
        law.do(number, "assess", {"period": "2024年6月"}, by="guan")
    results = [{"person": law.members["qin"].pk, "handled": 12, "score": 95}]
    with refused(InvalidInput):
        law.do(number, "assess", {"period": "2024年6月", "performance": results}, by="tao")
    with refused(InvalidInput):  # results of people, not of names
        law.do(number, "assess", {"period": "2024年6月", "findings": "按时", "performance": [{**results[0], "person": "秦工"}]}, by="tao")

    law.do(number, "assess", {"period": "2024年6月", "findings": "响应及时", "performance": results}, by="tao")

    run_duties(law.at("2024-08-01 00:01"))
    run.refresh_from_db()
    assert (run.state, law.ticket(number).fields["performance"][0]["score"]) == ("kept", "95")
    assert told(law, number, "entered") == {"guan"}


@pytest.mark.req("COM-19")
def test_the_desk_supervises_and_its_figures_show_who_keeps_the_limits(law: Regulation) -> None:
    number = in_hand(law)
    law.do(number, "supervise", {"note": "今天下班前反馈"}, by="tao")
    assert told(law, number, "supervised") == {"qin"}

    figures = statistics(law.actor("tao"), Asked("company-ticket", Period(law.now.date(), law.now.date())))

    assert {rate.name: rate.value for rate in figures.rates} == {
        "response_timeliness": 1.0,
        "start_timeliness": 1.0,
        "confirmation_rate": None,
    }


@pytest.mark.req("COM-20")
def test_a_change_of_the_regulation_takes_effect_only_when_management_approves_it(law: Regulation) -> None:
    old = in_hand(law)
    law.appoint("wai", "admin")
    version = save_draft(shipped_text("company-ticket").replace("values: 30m", "values: 15m"), by=BUILDER, at=LONG_AGO)
    propose(version.pk, by=BUILDER, at=law.now)
    with refused(NotPermitted) as said:
        activate(version.pk, by=law.actor("wai"), at=law.now)
    assert "管理层" in str(said.value.message)

    law.appoint("guan", "admin")
    done = activate(version.pk, by=law.actor("guan"), at=law.now)

    assert (done.approved_by, done.activated_at, law.program.book.effective) == (law.members["guan"], law.now, "自发布之日起生效")
    assert law.ticket(old).rulebook_version_id != version.pk


@pytest.mark.req("COM-06", "COM-08", "COM-09", "COM-11", "COM-13", "COM-14", "COM-15", "COM-18")
def test_s4_form_approval_report_rating(law: Regulation) -> None:
    law.at("2024-06-03 13:30")
    with refused(InvalidInput):
        law.open("technical", {**TECHNICAL, "expected_result": ""}, by="chen")
    number = law.open("technical", TECHNICAL, by="chen")
    law.do(number, "review", {"decision": "returned", "reason": "现状写得不清"}, by="sun")
    law.do(number, "resubmit", {"current_state": "点导出后10分钟无反应,每天都这样"}, by="chen")
    law.at("2024-06-03 14:00")
    law.do(number, "review", {"decision": "approved"}, by="sun")
    law.do(number, "classify_technical", FIRST, by="tao")
    law.do(number, "assign", {"target_unit": law.units["IT"].pk}, by="tao")
    assert Clock.objects.get(ticket__number=number, name="response").due_at == moment("2024-06-03 14:30")
    law.at("2024-06-03 14:05")
    law.do(number, "appoint", {"handler_person": law.members["qin"].pk}, by="yu")
    law.at("2024-06-03 14:20")
    law.do(number, "respond", by="qin")
    law.do(number, "start", by="qin")
    finding = Finding.objects.get(rule="response")
    assert (finding.outcome, finding.started_at, finding.ended_at) == ("met", moment("2024-06-03 14:00"), moment("2024-06-03 14:20"))

    law.do(number, "escalate", {"reason": "索引在厂商手里", "support_asked": "请厂商处理"}, by="qin")
    law.do(number, "support", {"support": "已联系厂商"}, by="guan")
    with refused(InvalidInput):
        law.do(number, "report", {**REPORT, "suggestions": ""}, by="qin")
    law.do(number, "report", REPORT, by="qin")
    law.do(number, "confirm", {"reached": "satisfied", "rating": 4}, by="chen")
    law.do(number, "archive", by="tao")

    june = Asked("company-ticket", Period(moment("2024-06-01 00:00").date(), moment("2024-06-30 00:00").date()))
    (row,) = ledger_rows(law.actor("tao"), june, law.program.book.ledgers["archive"], Narrowed(only="ended"))
    assert (row.number, row.opened_at, row.assignee, row.state, row.values["rating"]) == (
        number, moment("2024-06-03 13:30"), "秦工", "archived", "4",
    )  # fmt: skip
    (it,) = [one for one in statistics(law.actor("tao"), june).units if one.unit.name == "信息部"]
    assert (it.ended, it.tally.kept) == (1, 2)
