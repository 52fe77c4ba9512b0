"""What the ledgers of the shipped regulations show and count, and the disclosure of a quarter as a frozen, signed copy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from banjie.insight.ledger_columns import columns_of
from banjie.insight.ledgers import counted, ledger_cells
from banjie.insight.models import FrozenCopy
from banjie.insight.period import Period
from banjie.insight.queries.copies import lines_of, roles_missing, signatures_of
from banjie.insight.queries.ledger import counts_in, ledger_rows, ledger_scope
from banjie.insight.queries.statistics import Asked
from banjie.insight.verbs.freeze_ledger import freeze_ledger
from banjie.insight.verbs.sign_copy import sign_copy
from banjie.insight.verify_copies import verify_copies
from banjie.kernel.errors import InvalidInput, NotPermitted
from tests.regulation import Regulation, install
from tests.regulations import (
    bank_circulation,
    bank_general,
    complaint_loop,
    conflicts,
    dispatch_management,
    first_question,
    service_exception,
)
from tests.tickets.observing import refused

pytestmark = pytest.mark.django_db


def summary(law: Regulation, name: str, who: str, asked: Asked) -> dict[str, dict[str, int]]:
    """Return what somebody sees above a ledger: title of the column -> title of the value -> tickets."""
    ledger = law.program.book.ledgers[name]
    found = counted(law.program, counts_in(ledger_scope(law.actor(who), asked, ledger), asked, ledger))
    return {one.title: {title: n for _value, title, n in one.lines} for one in found}


def line_of(law: Regulation, name: str, who: str, asked: Asked) -> Mapping[str, Any]:
    """Return the only line of a ledger by the names of its columns."""
    ledger = law.program.book.ledgers[name]
    (cells,) = ledger_cells(law.program, ledger, ledger_rows(law.actor(who), asked, ledger), law.actor(who))
    return dict(zip([column.name for column in columns_of(law.program, ledger)], cells, strict=True))


@pytest.mark.req("BNG-07")
def test_the_bank_s_ledger_holds_content_process_result_measure_and_the_customer_s_opinion() -> None:
    law = bank_general.bank_at_work()
    number = bank_general.answered(law)
    law.do(number, "call_back", {"reached": "satisfied", "opinion": "态度好转"}, by="ma")

    line = line_of(law, "tickets", "wang", bank_general.JUNE)

    said = {name: line[name] for name in ("content", "process_note", "result", "measure", "opinion", "ticket.last_callback")}
    assert said == {
        "content": "柜员态度差", "process_note": "核实监控并约谈", "result": "柜员已道歉", "measure": "柜员调岗并培训",
        "opinion": "态度好转", "ticket.last_callback": "满意",
    }  # fmt: skip
    assert summary(law, "tickets", "wang", bank_general.JUNE)["投诉对象"] == {"人员": 1}


@pytest.mark.req("BNK-05", "BNK-13", "RPT-02")
def test_headquarters_counts_the_circulation_of_all_units_and_a_unit_its_own() -> None:
    law = bank_circulation.bank_at_work()
    first = bank_circulation.circulated(law)
    bank_circulation.circulated(law, "DX", "consult_supervise", bank_circulation.CALM)
    law.do(first, "urge", by="hu")

    whole = summary(law, "ticket_files", "hu", bank_circulation.JUNE)
    own = summary(law, "ticket_files", "qian", bank_circulation.JUNE)

    assert set(whole) == {"工单类别", "工单级别", "单位", "状态"}
    assert list(whole["工单类别"].values()) == [1, 1]
    assert whole["单位"] == {"城西支行": 1, "城东支行": 1}
    assert own["单位"] == {"城西支行": 1}
    assert {line.values["ticket.urges"] for line in _rows(law, "ticket_files", "hu", bank_circulation.JUNE)} == {0, 1}


def _rows(law: Regulation, name: str, who: str, asked: Asked) -> list[Any]:
    return list(ledger_rows(law.actor(who), asked, law.program.book.ledgers[name]))


@pytest.mark.req("DSP-13", "RPT-03")
def test_dispatches_are_counted_by_type_of_service_by_who_was_sent_and_how_far() -> None:
    law = dispatch_management.at_work()
    dispatch_management.acknowledged(law)
    dispatch_management.dispatched(law, to="xiu")
    dispatch_management.to_dispatch(law)

    found = summary(law, "dispatches", "zhu", dispatch_management.JUNE)

    assert sum(found["服务类型"].values()) == 3
    assert found["处理人"] == {"韦维修": 1, "修师傅": 1, "还没有人": 1}
    assert sum(found["状态"].values()) == 3


@pytest.mark.req("CMP-11", "RPT-06")
def test_complaints_are_counted_by_cause_and_whether_the_service_caused_them() -> None:
    law = complaint_loop.at_work()
    complaint_loop.until(law, "investigating")
    for cause in ("courier_loss", "courier_loss", "product_quality"):
        complaint_loop.until(law, "proposing", {**complaint_loop.LOSS, "cause": cause})

    found = summary(law, "causes", "zhu", complaint_loop.JUNE)

    assert sorted(found["投诉原因"].values()) == [1, 1, 2]
    assert found["是否因服务原因"] == {"否": 3, "未填写": 1}


@pytest.mark.req("FQR-09")
def test_invalid_tickets_are_counted_by_cause_and_review() -> None:
    law = install(first_question.BOOK, first_question.PEOPLE, first_question.UNITS)
    law.at("2024-06-03 09:00")
    number = first_question.circulating(law)
    law.do(number, "mark_invalid", first_question.INVALID, by="bu")
    law.do(number, "review_invalid", {"invalid_review": "confirmed", "verified": "先查历史"}, by="zhi")

    found = summary(law, "invalid_tickets", "jing", first_question.JUNE)

    assert (found["无效原因"], found["复核结论"]) == ({"重复派单": 1}, {"确认无效": 1})


@pytest.mark.req("EXC-05", "RPT-04")
def test_exceptions_are_counted_by_class_level_source_and_rating() -> None:
    law = service_exception.at_work()
    service_exception.classified(law)
    service_exception.classified(law, service_exception.THREE)

    found = summary(law, "tracking", "shen", service_exception.JUNE)

    assert sorted(found["异常级别"].values()) == [1, 1]
    assert sum(found["异常类别"].values()) == 2


@pytest.mark.req("CHC-07", "RPT-10", "RPT-16")
def test_the_ledger_of_a_quarter_is_frozen_signed_by_a_leader_in_charge_and_stays_as_it_was() -> None:
    law = install("channel-conflict", conflicts.PEOPLE, conflicts.UNITS)
    law.at("2024-11-08 10:00")
    number = conflicts.until(law, "decide")
    with refused(InvalidInput, field="first"):  # the quarter is not over
        freeze_ledger("channel-conflict", "conflicts", date(2024, 10, 1), by=law.actor("quan"), at=law.now)
    law.at("2025-01-06 09:00")
    with refused(NotPermitted):  # he signs it; and a province knows its own cases only
        freeze_ledger("channel-conflict", "conflicts", date(2024, 10, 1), by=law.actor("guan"), at=law.now)
    with refused(NotPermitted):
        freeze_ledger("channel-conflict", "conflicts", date(2024, 10, 1), by=law.actor("ke"), at=law.now)

    copy = freeze_ledger("channel-conflict", "conflicts", date(2024, 10, 1), by=law.actor("quan"), at=law.now)
    sign_copy(copy.pk, copy.sha256, by=law.actor("guan"), at=law.now)
    law.do(number, "report_done", {"province_report": "已收回货品"}, by="sheng")

    kept = FrozenCopy.objects.get()
    (line,) = lines_of(kept)
    assert (line[0], line[5], kept.head["clause"], (kept.first, kept.last)) == (
        number,
        "省区处理中",
        ["七.6"],
        (date(2024, 10, 1), date(2024, 12, 31)),
    )
    assert roles_missing(kept, signatures_of(kept)) == []
    assert verify_copies().problems == []
    asked = Asked("channel-conflict", Period(date(2024, 10, 1), date(2024, 12, 31)))
    assert summary(law, "conflicts", "guan", asked)["状态"] == {"省区已处理待汇总": 1}
