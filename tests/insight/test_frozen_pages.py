"""The pages of frozen copies: freezing, looking, signing, printing and taking away; who may not is refused."""

from __future__ import annotations

import io
import os
from hashlib import sha256
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from python_calamine import CalamineWorkbook

from banjie.insight.models import CopySignature, FrozenCopy
from banjie.insight.period import closed_periods
from banjie.people.models import AdminEvent
from tests.console.test_printing import glyphs
from tests.insight.frozen import at_work, frozen, handled, opened, sign
from tests.regulation import Regulation

COPIES = "/insight/ledgers/frozen-book/cases/copies"


@pytest.fixture
def law(db: None) -> Regulation:
    return at_work()


def signed_in(law: Regulation, name: str) -> Client:
    client = Client()
    client.force_login(law.members[name])
    return client


def test_a_clerk_freezes_the_last_quarter_and_a_leader_signs_it(law: Regulation) -> None:
    first = closed_periods("quarter", timezone.localdate(), 1)[0].first
    lan, bo = signed_in(law, "lan"), signed_in(law, "bo")
    assert "还没有冻结过" in lan.get(COPIES).content.decode()

    made = lan.post("/insight/ledgers/frozen-book/cases/freeze", {"first": str(first)})
    copy = FrozenCopy.objects.get()
    bo.post(f"/insight/copies/{copy.pk}/sign", {"sha256": copy.sha256})

    assert made.headers["Location"] == f"/insight/copies/{copy.pk}"
    assert CopySignature.objects.get().member_name == "薄领导"
    listed = lan.get(COPIES).content.decode()
    assert "薄领导" in listed
    assert "待签字：审计" in listed
    assert "（已冻结）" in listed


def test_a_copy_says_what_it_is_of_that_it_is_intact_and_how_the_ledger_differs(law: Regulation) -> None:
    handled(law)
    running = opened(law, cause="broken")
    copy = frozen(law)
    law.do(running, "correct", {"cause": "late"}, by="lan")

    page = signed_in(law, "bo").get(f"/insight/copies/{copy.pk}").content.decode()

    for words in (
        "2024年第2季度",
        "冻结副本第1号",
        "兰专员",
        copy.sha256,
        "完整：",
        "现在的统计与副本不同",
        "138****8000",
        running,
        "在这份副本上签字",
    ):
        assert words in page, words


def test_a_copy_that_was_changed_says_so_and_is_neither_signed_nor_printed(law: Regulation) -> None:
    opened(law)
    copy = frozen(law)
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("alter table insight_frozenline disable trigger user")
        cursor.execute("update insight_frozenline set cells = '[]'::jsonb || cells - 0 || '\"x\"'")

    bo = signed_in(law, "bo")
    page = bo.get(f"/insight/copies/{copy.pk}").content.decode()

    assert "不完整：" in page
    assert "在这份副本上签字" not in page
    assert bo.get(f"/insight/copies/{copy.pk}.pdf").status_code == 409


def test_workbook_file_and_paper_hold_the_copy_and_taking_them_is_logged(law: Regulation) -> None:
    handled(law)
    copy = frozen(law)
    sign(law, copy, "bo")
    lan = signed_in(law, "lan")

    workbook = lan.get(f"/insight/copies/{copy.pk}.xlsx").content
    file = lan.get(f"/insight/copies/{copy.pk}.jsonl").content
    paper = lan.get(f"/insight/copies/{copy.pk}.pdf")

    sheets = CalamineWorkbook.from_filelike(io.BytesIO(workbook))
    assert sheets.sheet_names == ["报表说明", "台账", "汇总"]
    about = {str(row[0]): row[1] for row in sheets.get_sheet_by_name("报表说明").to_python()[1:]}
    assert (about["摘要（SHA-256）"], about["签字人"]) == (copy.sha256, "薄领导（分管领导）")
    assert sha256(file).hexdigest() == copy.sha256
    assert paper.content[:5] == b"%PDF-"
    assert AdminEvent.objects.filter(kind="ledger.exported").count() == 2
    if os.environ.get("PICTURES"):
        Path(os.environ["PICTURES"], "copy.pdf").write_bytes(paper.content)


def test_a_long_copy_is_printed_with_its_first_rows_and_says_so(law: Regulation, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(law)
    opened(law)
    copy = frozen(law)
    monkeypatch.setattr("banjie.insight.copies.MOST_PRINTED", 1)

    paper = signed_in(law, "bo").get(f"/insight/copies/{copy.pk}.pdf")

    assert "共2行，打印前1行" in glyphs(paper.content)


@pytest.mark.parametrize("name", ["dong", "wei", "mei"])
def test_who_does_not_read_the_figures_of_the_whole_sees_no_copy(law: Regulation, name: str) -> None:
    copy = frozen(law)
    client = signed_in(law, name)

    answers = {client.get(path).status_code for path in (COPIES, f"/insight/copies/{copy.pk}", f"/insight/copies/{copy.pk}.pdf")}

    assert answers <= {403, 404}
    assert client.post("/insight/ledgers/frozen-book/cases/freeze", {"first": "2024-01-01"}).status_code == 403


@pytest.mark.parametrize("sent", [{}, {"first": "x"}, {"first": "2024-13-45"}, {"first": "2024-02-01"}])
def test_nonsense_is_refused_at_the_field(law: Regulation, sent: dict[str, str]) -> None:
    answer = signed_in(law, "lan").post("/insight/ledgers/frozen-book/cases/freeze", sent)

    assert answer.status_code == 422
    assert "请从列表中选一个期间" in answer.content.decode()
