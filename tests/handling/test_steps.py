"""Asking for support, saying how far it is, taking money, and recording steps."""

from __future__ import annotations

from decimal import Decimal

import pytest

from banjie.handling.models import Charge, Progress, SupportRequest
from banjie.kernel.errors import InvalidInput
from tests.regulation import Regulation
from tests.service import fault, service_line, signed, told
from tests.tickets.observing import refused


@pytest.fixture
def law(db: None) -> Regulation:
    return service_line()


@pytest.mark.req("EXC-04")
def test_what_cannot_be_solved_is_reported_upward_with_its_reason_to_whom_the_rulebook_names(law: Regulation) -> None:
    number = signed(law)

    law.do(number, "support", {"reason": "缺备件"}, by="jia")

    row = SupportRequest.objects.get()
    assert (row.reason, row.by_name) == ("缺备件", "贾维护")
    assert sorted(told(number, "told")[-2:]) == ["an", "min"]
    assert law.state(number) == "signed"


def test_support_is_asked_with_a_reason_even_when_the_ticket_holds_one(law: Regulation) -> None:
    number = fault(law)
    law.do(number, "note_down", {"reason": "客户报修"}, by="an")
    law.do(number, "dispatch", {"technician": law.members["jia"].pk}, by="an")
    law.do(number, "sign", by="jia")

    with refused(InvalidInput, field="reason", clause="二"):
        law.do(number, "support", by="jia")


def test_how_far_it_is_reaches_whoever_asked_for_it(law: Regulation) -> None:
    number = signed(law)

    law.do(number, "report", {"note": "正在换件"}, by="jia")

    assert Progress.objects.get().note == "正在换件"
    assert told(number, "told")[-1:] == ["an"]
    with refused(InvalidInput, field="note"):
        law.do(number, "report", by="jia")


def test_money_that_is_taken_and_given_back_is_kept_to_the_cent(law: Regulation) -> None:
    number = signed(law)

    law.do(number, "bill", {"amount": "80.50", "note": "材料费"}, by="jia")
    law.do(number, "bill", {"amount": "-80.50"}, by="jia")

    assert list(Charge.objects.order_by("id").values_list("amount", "note")) == [(Decimal("80.50"), "材料费"), (Decimal("-80.50"), "")]
    with refused(InvalidInput, field="amount"):
        law.do(number, "bill", {"amount": "eighty"}, by="jia")
    with refused(InvalidInput, field="amount"):
        law.do(number, "bill", by="jia")


@pytest.mark.req("PLT-01", "PLT-05")
def test_a_recorded_step_keeps_its_form_in_the_ticket_and_what_it_replaced_in_the_timeline(law: Regulation) -> None:
    number = fault(law, place="一号楼")

    law.do(number, "note_down", {"place": "二号楼", "reason": "线路老化"}, by="an")

    fields = law.ticket(number).fields
    assert (fields["place"], fields["reason"], fields["problem"]) == ("二号楼", "线路老化", "无信号")
    assert law.events(number, "note_down")[0].payload["before"] == {"place": "一号楼", "reason": None}


def test_an_entry_that_is_emptied_is_gone_and_the_timeline_has_it(law: Regulation) -> None:
    number = fault(law, place="一号楼")

    law.do(number, "note_down", {"place": ""}, by="an")

    assert "place" not in law.ticket(number).fields
    assert law.events(number, "note_down")[0].payload == {"place": "", "before": {"place": "一号楼"}}


def test_what_a_form_says_that_is_not_the_tickets_own_stays_in_the_timeline_only(law: Regulation) -> None:
    number = signed(law)

    law.do(number, "finish", {"result": "已修复", "fully_solved": True}, by="jia")

    assert "result" not in law.ticket(number).fields
    assert law.events(number, "finish")[0].payload["result"] == "已修复"
