"""The bank's regulation on circulated tickets: what a ticket is, and what headquarters answers for (BNK-01 to BNK-09)."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from banjie.approval.standing import OwnApplication
from banjie.deadlines.duties import run_duties
from banjie.deadlines.models import Clock, DutyRun
from banjie.deadlines.sweep import sweep
from banjie.insight.queries.statistics import statistics
from banjie.kernel.errors import InvalidInput, NotPermitted, Refused
from banjie.people.access import forget
from banjie.people.certified import Uncertified
from banjie.people.models import Role
from banjie.people.permissions import Permission
from banjie.rulebook.queries import active_program
from banjie.rulebook.shipped import shipped_text
from banjie.rulebook.verbs.versions import activate, propose, save_draft
from banjie.tickets.models import Ticket
from banjie.tickets.queue import Filters, page
from tests.pos import moment
from tests.regulation import Regulation
from tests.regulations.bank_circulation import (
    JUNE,
    LETTERS,
    SAID,
    SLUG,
    appoint,
    bank_at_work,
    certify,
    circulate,
    circulated,
    clock,
    closed,
    divert,
    diverted,
    rate,
    refused,
    rest,
    returned,
    reviewed,
    told,
)


@pytest.fixture
def law(db: None) -> Regulation:
    return bank_at_work()


@pytest.mark.req("BNK-01")
@pytest.mark.parametrize("kind", sorted(LETTERS))
def test_every_need_of_a_customer_taken_by_headquarters_becomes_a_slip_that_says_how_it_was_circulated(law: Regulation, kind: str) -> None:
    number = reviewed(law, kind)
    with refused(InvalidInput):
        law.do(number, "circulate", {"target_unit": law.units["CX"].pk}, by="hu")

    circulate(law, number, through="oa")

    assert law.ticket(number).summary == SAID["content"]
    assert law.events(number, "circulate")[0].payload["sent_through"] == "oa"
    assert set(law.program.field("sent_through").choices) == {"platform", "oa", "mail", "other"}


@pytest.mark.req("BNK-01", "BNK-05")
@pytest.mark.parametrize("name", ["shen", "qian", "wu", "fang", "guan"])
def test_only_the_customer_service_of_headquarters_takes_a_need_as_a_ticket(law: Regulation, name: str) -> None:
    with refused(NotPermitted):
        law.open("complaint_supervise", SAID, by=name)


@pytest.mark.req("BNK-04")
def test_headquarters_coordinates_a_ticket_that_went_to_the_wrong_unit(law: Regulation) -> None:
    number = circulated(law, "DX")
    with refused(InvalidInput):
        law.do(number, "send_back", {}, by="dong")
    law.do(number, "send_back", {"reason": "属城西支行业务"}, by="dong")
    assert (law.state(number), law.ticket(number).unit.code) == ("reviewed", "HQ")
    circulate(law, number)
    divert(law, number)

    law.do(number, "send_back", {"reason": "协调后由城东办理"}, by="he")
    circulate(law, number, "DX")

    assert (law.state(number), law.ticket(number).unit) == ("circulated", law.units["DX"])
    assert {row.number for row in page(law.actor("he"), Filters()).rows} == {number}
    assert clock(number, "returned_in_time").state == Clock.State.RUNNING


@pytest.mark.req("BNK-04")
@pytest.mark.parametrize("action", ["close", "cancel", "comment", "send_back"])
def test_the_daily_organisation_belongs_to_headquarters(law: Regulation, action: str) -> None:
    rule = law.program.types["complaint_supervise"].actions[action]

    assert "hq_cs" in rule.roles
    assert action == "comment" or rule.roles <= {"hq_cs", "circulation_specialist"}
    assert action != "close" or rule.roles == {"hq_cs"}


@pytest.mark.req("BNK-05")
def test_who_initiates_does_not_review_not_even_with_both_posts(law: Regulation) -> None:
    number = law.open("complaint_supervise", SAID, by="hu")
    law.do(number, "submit", by="hu")
    law.appoint("hu", "hq_cs_reviewer")

    with refused(OwnApplication):
        law.do(number, "review", {"decision": "approved"}, by="hu")
    with refused(NotPermitted):
        law.do(number, "review", {"decision": "approved"}, by="he")
    law.do(number, "review", {"decision": "approved"}, by="shen")

    assert law.state(number) == "reviewed"


@pytest.mark.req("BNK-05")
def test_nothing_is_circulated_before_its_review_and_what_is_returned_is_screened_again(law: Regulation) -> None:
    number = law.open("complaint_supervise", SAID, by="hu")
    for _round in (1, 2):
        with refused(Refused):
            circulate(law, number)
        if _round == 1:
            law.do(number, "submit", by="hu")
    with refused(InvalidInput):
        law.do(number, "review", {"decision": "returned"}, by="shen")

    law.do(number, "review", {"decision": "returned", "reason": "级别不当"}, by="shen")
    law.do(number, "screen", {"urgency": "general"}, by="hu")

    assert (law.state(number), law.ticket(number).priority) == ("screened", "general")


@pytest.mark.req("BNK-05")
def test_headquarters_urges_and_counts_and_no_unit_does_so_for_another(law: Regulation) -> None:
    number = diverted(law)
    circulated(law, "DX")

    law.do(number, "urge", by="he")

    assert told(law, "urged", number) == {"wu"}
    assert "urge" not in law.may(number, by="qian") | law.may(number, by="fang") | law.may(number, by="wu")
    assert statistics(law.actor("hu"), JUNE).tickets.opened.by_type == {"complaint_supervise": 2}
    with refused(NotPermitted):
        statistics(law.actor("wu"), JUNE)


@pytest.mark.req("BNK-06")
def test_headquarters_checks_supervises_and_reports_to_the_management(law: Regulation) -> None:
    number = diverted(law)

    law.do(number, "check", {"verified": "已分流，尚在办理"}, by="hu")
    law.do(number, "supervise", {"note": "今日内返回"}, by="shen")
    law.do(number, "report", {"reason": "客户将向监管投诉"}, by="hu")

    assert told(law, "supervised", number) == {"wu"}
    assert told(law, "told", number) == {"guan"}
    for action in ("check", "supervise", "report"):
        assert law.program.types["complaint_supervise"].actions[action].roles == {"hq_cs", "hq_cs_reviewer"}
        assert law.events(number, action)


@pytest.mark.req("BNK-06")
def test_a_week_without_a_check_of_what_circulates_is_a_breach(law: Regulation) -> None:
    first, second = diverted(law), circulated(law, "DX")
    run_duties(moment("2024-06-10 08:00"))
    run = DutyRun.objects.get(duty="check_circulation", period=date(2024, 6, 10))
    assert (sorted(run.frame), run.required) == (sorted([first, second]), 1)

    run_duties(moment("2024-06-17 08:00"))

    run.refresh_from_db()
    assert run.state == DutyRun.State.BROKEN
    law.at("2024-06-18 09:00")
    for number in (first, second):
        law.do(number, "check", {"verified": "在办"}, by="hu")
    run_duties(moment("2024-06-24 08:00"))
    assert DutyRun.objects.get(duty="check_circulation", period=date(2024, 6, 17)).state == DutyRun.State.KEPT


@pytest.mark.req("BNK-06", "BNK-21")
def test_how_a_unit_keeps_its_limit_is_its_assessment(law: Regulation) -> None:
    late, _in_time = circulated(law), returned(law)
    dongs = circulated(law, "DX")
    law.do(dongs, "return_opinion", {"opinion": "已答复"}, by="dong")

    sweep(moment("2024-06-05 09:00"))

    assert clock(late, "returned_in_time").breached_at is not None
    assert (rate(law, "return_timeliness").numerator, rate(law, "return_timeliness").denominator) == (2, 3)
    chengxi = rate(law, "return_timeliness", unit="CX")
    assert (chengxi.value, chengxi.is_reached, chengxi.deduction) == (0.5, False, 9.0)
    chengdong = rate(law, "return_timeliness", unit="DX")
    assert (chengdong.value, chengdong.is_reached, chengdong.deduction) == (1.0, True, 0.0)


K_TYPE = """\
  reward_supervise: {title: 奖励督办单, en: Supervised reward, process: circulation, start: screened, letter: K, clause: 第五条(四)}
processes:
"""


def maintain(law: Regulation, text: str) -> None:
    """Let headquarters' customer service propose a new text of its types, and its reviewer activate it."""
    for code, more in (("hq_cs", Permission.RULEBOOK_EDIT), ("hq_cs_reviewer", Permission.RULEBOOK_ACTIVATE)):
        role = Role.objects.get(code=code)
        role.permissions = sorted({*role.permissions, more.value})
        role.save()
    forget()
    version = save_draft(text, by=law.actor("hu"), at=law.now)
    propose(version.pk, by=law.actor("hu"), at=law.now)
    with refused(NotPermitted):
        activate(version.pk, by=law.actor("hu"), at=law.now)
    activate(version.pk, by=law.actor("shen"), at=law.now)
    law.program = active_program(SLUG)


@pytest.mark.req("BNK-07")
def test_a_type_k_is_added_as_data_while_everything_runs(law: Regulation, monkeypatch: pytest.MonkeyPatch) -> None:
    hu = rest(law, "hu", monkeypatch)
    older = circulated(law)
    assert hu.open("reward_supervise", SAID)[0] == 422

    maintain(law, shipped_text(SLUG).replace("processes:\n", K_TYPE, 1))
    status, opened = hu.open("reward_supervise", SAID)

    assert (status, opened["state"]) == (201, "screened")
    assert opened["number"].startswith("K-")
    assert hu.act(opened["number"], "submit")[1]["state"] == "in_review"
    law.do(opened["number"], "review", {"decision": "approved"}, by="shen")
    circulate(law, opened["number"])
    divert(law, older)
    assert law.state(opened["number"]) == "circulated"


@pytest.mark.req("BNK-07")
def test_a_type_is_taken_away_or_changed_and_its_open_tickets_go_on_to_their_end(law: Regulation) -> None:
    number = circulated(law, kind="suggestion_supervise")
    text = shipped_text(SLUG)
    line = next(line for line in text.splitlines(keepends=True) if line.startswith("  suggestion_supervise:"))

    maintain(
        law,
        text.replace(line, "")
        .replace("suggestion_supervise, ", "")
        .replace("业务受理单,", "业务办理单,")
        .replace("letter: Y", "letter: YW"),
    )

    with refused(InvalidInput):
        law.open("suggestion_supervise", SAID, by="hu")
    assert law.open("business_acceptance", SAID, by="hu").startswith("YW-")
    divert(law, number)
    law.do(number, "return_opinion", {"opinion": "采纳"}, by="wu")
    law.do(number, "close", by="hu")
    assert law.state(number) == "closed"


@pytest.mark.req("BNK-08")
def test_headquarters_files_what_is_closed_under_a_number_and_nobody_erases_it(law: Regulation) -> None:
    number = closed(law)
    with refused(InvalidInput):
        law.do(number, "file_away", {}, by="hu")
    for other in ("shen", "qian", "fang"):
        with refused(NotPermitted):
            law.do(number, "file_away", {"archive_no": "2024-T-001"}, by=other)

    law.do(number, "file_away", {"archive_no": "2024-T-001"}, by="he")

    assert (law.state(number), law.may(number, by="hu")) == ("filed", {"comment"})
    with pytest.raises(DatabaseError), transaction.atomic():
        Ticket.objects.filter(number=number).delete()


@pytest.mark.req("BNK-08")
def test_what_lies_closed_and_unfiled_for_a_month_is_a_breach(law: Regulation) -> None:
    number = closed(law)

    run_duties(moment("2024-07-01 08:00"))
    run_duties(moment("2024-08-01 08:00"))

    run = DutyRun.objects.get(duty="file_closed", period=date(2024, 7, 1))
    assert (run.frame, run.state) == ([number], DutyRun.State.BROKEN)
    ledger = law.program.book.ledgers["ticket_files"]
    assert (set(ledger.types), "archive_no" in ledger.columns) == (set(LETTERS), True)


@pytest.mark.req("BNK-09")
def test_headquarters_examines_and_certifies_and_no_unit_examines_its_own_people(law: Regulation) -> None:
    for examiner in ("qian", "fang", "shen"):
        with refused(NotPermitted):
            certify(law, "sun", by=examiner)
    assert not certify(law, "sun", 79, "2024-05-13").passed
    with refused(Uncertified):
        appoint(law, "sun", "BX")

    result = certify(law, "sun", 80)

    assert (result.passed, law.program.book.courses["circulation"].by) == (True, "hq_cs")
    appoint(law, "sun", "BX")
