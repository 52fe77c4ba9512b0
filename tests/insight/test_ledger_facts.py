"""What a ledger shows of each ticket besides its form, what it is narrowed to, and what it is counted by."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from banjie.insight.access import Scope
from banjie.insight.ledger_columns import columns_of
from banjie.insight.ledgers import counted, ledger_cells
from banjie.insight.period import Period
from banjie.insight.queries import ledger_facts
from banjie.insight.queries.ledger import Narrowed, counts_in, ledger_rows, total_in
from banjie.insight.queries.statistics import Asked
from banjie.rulebook import keeping
from tests.insight.frozen import at_work, handled, opened
from tests.pos import moment
from tests.regulation import Regulation

ASKED = Asked("frozen-book", Period(date(2024, 6, 1), date(2024, 6, 30)))
PAGE = "/insight/ledgers?book=frozen-book&first=2024-06-01&last=2024-06-30"


@pytest.fixture
def law(db: None) -> Regulation:
    return at_work()


def read(law: Regulation, narrowed: Narrowed | None = None) -> list[dict[str, Any]]:
    """Return the ledger's lines as the supervisor reads them, each by the names of its columns."""
    ledger = law.program.book.ledgers["cases"]
    names = [column.name for column in columns_of(law.program, ledger)]
    found = ledger_rows(law.actor("lan"), ASKED, ledger, narrowed or Narrowed())
    return [dict(zip(names, line, strict=True)) for line in ledger_cells(law.program, ledger, found, law.actor("lan"))]


def counts(law: Regulation, narrowed: Narrowed | None = None) -> dict[str, list[tuple[str, int]]]:
    ledger = law.program.book.ledgers["cases"]
    found = counted(law.program, counts_in(Scope(None), ASKED, ledger, narrowed or Narrowed()))
    return {one.title: [(title, n) for _value, title, n in one.lines] for one in found}


def test_the_facts_of_the_language_and_the_statements_behind_them_are_the_same() -> None:
    assert set(keeping.FACTS) == set(ledger_facts.FACTS)
    assert {name for name, fact in keeping.STANDING.items() if fact.counts} == set(ledger_facts.STANDING)


def test_a_ledger_shows_dispatch_callbacks_urges_and_what_an_action_asked(law: Regulation) -> None:
    handled(law)

    (line,) = read(law)

    assert (line["ticket.opened_by"], line["ticket.dispatched_by"], line["ticket.responsible"]) == ("兰专员", "兰专员", "兰专员")
    assert line["ticket.dispatched_at"] == moment("2024-06-03 09:05")
    assert line["ticket.taken_at"] == moment("2024-06-03 09:10")
    assert line["ticket.completed_at"] == moment("2024-06-03 09:10")
    assert (line["ticket.first_callback"], line["ticket.last_callback"], line["ticket.callbacks"]) == ("未接通", "满意", 2)
    assert (line["ticket.urges"], line["ticket.rounds"]) == (2, 1)
    assert line["measure"] == "更换承运商"  # asked by an action, kept only in the timeline


def test_facts_of_what_has_not_happened_are_empty(law: Regulation) -> None:
    opened(law)

    (line,) = read(law)

    assert [line[f"ticket.{name}"] for name in ("dispatched_by", "dispatched_at", "taken_at", "last_callback")] == ["", None, None, ""]
    assert (line["ticket.urges"], line["measure"]) == (0, "—")


def test_what_was_cleared_later_does_not_come_back(law: Regulation) -> None:
    number = opened(law)

    law.do(number, "correct", {"customer": "", "cause": "broken"}, by="lan")

    (line,) = read(law)
    assert (line["customer"], line["cause"]) == ("—", "破损")


def test_it_is_narrowed_by_state_choice_and_part_of_the_number(law: Regulation) -> None:
    done, late, broken = handled(law), opened(law), opened(law, cause="broken", paid=False)

    def numbers(**narrowed: Any) -> set[object]:
        return {line["ticket.number"] for line in read(law, Narrowed(**narrowed))}

    assert numbers(state="opened") == {late, broken}
    assert numbers(only="ended") == {done}
    assert numbers(values={"cause": "late"}) == {done, late}
    assert numbers(values={"cause": "late", "ticket.last_callback": "satisfied"}) == {done}
    assert numbers(values={"paid": "false"}) == {broken}
    assert numbers(number=broken[-4:]) == {broken}
    assert numbers(number="%") == set()


def test_it_is_counted_by_choices_units_and_facts_with_what_was_not_entered(law: Regulation) -> None:
    handled(law)
    opened(law, "mei", cause="broken", paid=True)
    opened(law, cause="")

    found = counts(law)

    assert found["原因"] == [("未填写", 1), ("破损", 1), ("延误", 1)]
    assert found["已赔付"] == [("未填写", 2), ("是", 1)]
    assert sorted(found["单位"]) == [("东区", 1), ("总部", 2)]
    assert found["处理人"] == [("还没有人", 2), ("韦经办", 1)]
    assert found["最近回访结果"] == [("未填写", 2), ("满意", 1)]
    assert counts(law, Narrowed(only="ended"))["原因"] == [("延误", 1)]
    assert total_in(Scope(None), ASKED, law.program.book.ledgers["cases"]) == 3


def test_the_page_asks_as_often_for_many_rows_as_for_one(law: Regulation, client: Client) -> None:
    client.force_login(law.members["lan"])
    opened(law)
    client.get(PAGE)
    with CaptureQueriesContext(connection) as one:
        client.get(PAGE)
    for _n in range(5):
        opened(law)

    with CaptureQueriesContext(connection) as many:
        page = client.get(PAGE)

    assert page.status_code == 200
    assert len(many) == len(one)


def test_the_page_narrows_counts_and_exports_the_same_rows(law: Regulation, client: Client) -> None:
    done, broken = handled(law), opened(law, cause="broken")
    client.force_login(law.members["lan"])

    page = client.get(f"{PAGE}&c-cause=broken&number={broken}").content.decode()
    workbook = client.get(f"/insight/ledgers.xlsx{PAGE.partition('ledgers')[2]}&c-cause=broken")

    assert broken in page
    assert done not in page
    assert "100.0%" in page
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(workbook.content))
    assert sheets.sheet_names == ["报表说明", "台账", "汇总"]
    assert [row[0] for row in sheets.get_sheet_by_name("台账").to_python()[1:]] == [broken]
    assert ["原因", "破损", 1.0, 100.0] in sheets.get_sheet_by_name("汇总").to_python()


@pytest.mark.parametrize(
    "query",
    ["c-cause=nonsense", "c-nothing=1", "number=%00%27", "state=nonsense", "c-ticket.state=nope", "ledger=nope", "after=99999999999"],
)
def test_nonsense_in_the_address_narrows_nothing_and_breaks_nothing(law: Regulation, client: Client, query: str) -> None:
    client.force_login(law.members["lan"])

    assert client.get(f"{PAGE}&{query}").status_code == 200
