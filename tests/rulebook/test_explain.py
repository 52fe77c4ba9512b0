"""The explanation: each clause with its rules as plain sentences, limits with unset ones in red, and the difference of versions."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils.translation import override

from banjie.rulebook.check import check
from banjie.rulebook.explain.diff import compare, lines
from banjie.rulebook.explain.page import Explanation, Rule, explain
from banjie.rulebook.explain.standalone import standalone_page
from banjie.rulebook.shipped import FOLDER, shipped_text
from tests.returns import RETURNS
from tests.rulebook.books import SMALL

FILES = [*sorted(FOLDER.glob("*.yaml")), *sorted((FOLDER / "drafts").glob("*.yaml"))]


def pos() -> Explanation:
    return explain(check(shipped_text("pos-terminal-service")))


def rules(page: Explanation, number: str) -> dict[str, Rule]:
    clause = next(clause for clause in page.clauses if clause.number == number)
    return {f"{rule.kind} {rule.title}": rule for rule in clause.rules}


def test_the_clause_on_dispatch_is_explained_by_its_rules() -> None:
    found = rules(pos(), "五.3")

    assert "由总部客服、二级客服进行；在“待派单”时；须填写实际装机地址、联系人、联系电话、问题描述；" in found["动作 派单"].sentence
    assert "终端编号、商户编号、浦思条码至少填一项" in found["动作 派单"].sentence
    assert "之后：直派→“未处理”、转派→“待二级客服派单”" in found["动作 派单"].sentence
    assert "从“已受理”、“待派单”到“未处理”：10分钟内；用去 70% 时提醒" in found["时限 派单到人"].sentence


def test_the_clause_on_callbacks_is_explained_by_its_duties() -> None:
    found = rules(pos(), "五.6")

    assert found["职责 前日已完结工单抽查回访"].sentence == (
        "每天由总部客服、二级客服对前一天进入“已完结”的工单，按10%（至少 1 张）进行“回访”；当日结束前完成；逾期时通知客服主管。"
    )
    assert "对处于“已预约”、“未完结”的工单，按全部进行“核实”" in found["职责 已预约、未完结工单逐一核实"].sentence


def test_english_readers_get_english_sentences() -> None:
    with override("en"):
        found = rules(pos(), "五.3")

    assert found["Action Dispatch"].sentence.startswith(
        "By HQ agent, Second-level agent; while “To be dispatched”; needs Installed address,"
    )
    assert "within 10 minutes; at 70% of it HQ agent, Second-level agent are warned" in found["Deadline Dispatched to a person"].sentence


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_rule_of_every_book_has_a_whole_sentence(file: Path, language: str) -> None:
    with override(language):
        report = check(file.read_text(encoding="utf-8"))
        page = explain(report)

    shown = [*page.unbound, *(rule for clause in page.clauses for rule in clause.rules)]
    assert report.book is not None
    assert len(page.clauses) == len(report.book.clauses)
    for rule in shown:
        assert rule.title
        assert rule.line > 1
        assert "%(" not in rule.sentence
        assert rule.sentence.endswith((".", "。")) or rule.kind in {"台账", "Ledger"}
    parts = {rule.place for rule in shown}
    book = report.book
    assert parts >= {f"types.{key}" for key in book.types} | {f"duties.{key}" for key in book.duties}
    assert parts >= {f"processes.{name}.actions.{key}" for name, p in book.processes.items() for key in p.actions}


@pytest.mark.req("PLT-10")
def test_limits_left_unset_stand_in_the_limits_table_and_at_their_rule() -> None:
    page = explain(check((FOLDER / "drafts" / "service-exception.yaml").read_text(encoding="utf-8")))

    unset = [row for row in page.limits if row.unset]
    assert page.unset == len(unset) == 7
    assert ("初步评估时限", "报告.3", "未设定") in {(row.title, row.clause, row.text) for row in unset}
    assert all(row.line for row in unset)
    assert any("这个时限没有设定" in wait for wait in rules(page, "报告.3")["时效 初步评估时限"].waits)


def test_every_limit_of_the_regulation_stands_in_the_table() -> None:
    rows = {(row.title, row.detail): row.text for row in pos().limits}

    assert rows["承诺时效", "耗材配送"] == "48小时"
    assert rows["派单到人", "受理流程"] == "10分钟内"
    assert rows["按约上门", "受理流程"] == "约定上门时间之前"


def test_what_changes_between_two_texts_is_said_rule_by_rule() -> None:
    new = (
        SMALL.replace("low: 8h", "low: 4h")
        .replace("  boss: {title: 主管}\n", "")
        .replace("  一: 接到即办。", "  一: 接到后尽快办。")
        .replace("  note: {title: 说明", "  remark: {title: 备注}\n  note: {title: 说明")
        .replace("title: 小办法", "title: 新办法")
    )

    found = {(c.what, c.kind, c.title): c for c in compare(SMALL, new)}

    assert set(found) == {
        ("changed", "整本", "小办法 → 新办法"),
        ("changed", "条款", "一"),
        ("removed", "岗位", "主管"),
        ("added", "字段", "备注"),
        ("changed", "时效", "时效"),
    }
    assert (found["changed", "时效", "时效"].before, found["changed", "时效", "时效"].after) == (
        "高 2小时、低 8小时。",
        "高 2小时、低 4小时。",
    )


def test_a_change_that_no_sentence_shows_names_its_keys() -> None:
    found = compare(SMALL, SMALL.replace("by: agent, from: opened, to: done", "by: agent, style: primary, from: opened, to: done"))

    assert [(c.what, c.title, c.before, c.after) for c in found] == [("changed", "办结", "style: ", "style: primary")]


def test_the_same_text_and_mere_layout_change_nothing() -> None:
    assert compare(SMALL, SMALL) == ()
    assert lines(SMALL, SMALL) == ()
    assert compare(SMALL, SMALL + "# 注\n") == ()
    assert [line.text for line in lines(SMALL, SMALL + "# 注\n") if line.mark == "+"] == ["# 注"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_stands_alone_and_escapes_what_the_book_says(language: str) -> None:
    text = SMALL.replace("title: 小办法", "title: '<script>alert(1)</script>'").replace("接到即办。", "'<img src=x onerror=y>'")
    with override(language):
        html = standalone_page(check(text))

    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "http://" not in html.replace("http://www.w3.org", "")
    assert html.count("<svg") == 1


def test_the_page_that_stands_alone_looks_like_the_page_of_the_site() -> None:
    root = FOLDER.parent
    own = (root / "banjie" / "rulebook" / "templates" / "rulebook" / "_standalone.css").read_text(encoding="utf-8")

    for name in ("diagram.css", "book.css"):
        assert (root / "frontend" / "css" / name).read_text(encoding="utf-8") in own


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "紧急、一般"), ("en", "Urgent, Normal")])
def test_the_choices_of_a_field_are_explained_in_the_readers_language(language: str, words: str) -> None:
    with override(language):
        details = {name: detail for name, _title, _kind, detail in pos().fields}

    assert details["urgency"] == words


def test_when_a_field_is_shown_is_explained() -> None:
    details = {name: detail for name, _title, _kind, detail in explain(check(RETURNS)).fields}

    assert "当 way == 'refund' 时显示" in details["amount"]
