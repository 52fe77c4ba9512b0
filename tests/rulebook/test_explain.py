"""The explanation: each clause with its rules as plain sentences, limits with unset ones in red, and the difference of versions."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils.translation import override

from banjie.rulebook.check import check
from banjie.rulebook.explain.diff import compare, lines
from banjie.rulebook.explain.page import Explanation, Rule, explain
from banjie.rulebook.explain.standalone import standalone_page
from banjie.rulebook.explain.words import condition
from banjie.rulebook.shipped import FOLDER, shipped_text
from tests.returns import RETURNS
from tests.rulebook.books import SIGNED, SMALL, as_its_text_leaves_it

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
    page = explain(check(as_its_text_leaves_it()))

    unset = [row for row in page.limits if row.unset]
    assert page.unset == len(unset) == 8
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

    assert "当 处理方式 = “退款” 时显示" in details["amount"]


def sentences(text: str, language: str) -> dict[str, str]:
    with override(language):
        page = explain(check(text))
    return {rule.place.rsplit(".", 2)[-1]: rule.sentence for rule in page.unbound}


SAID = [
    ("granted", "进入时通知经理", "on entering, Manager are told"),
    ("grade", "之后按“级别”：重大→“签批”、一般→“从简”", "then, as “Level” says, Grave: “签批”, Slight: “In short”"),
    ("approve", "按“逐级签批”签字；之后：同意→“已批”、退回→“拟稿”", "then approved: “Granted”, returned: “拟稿”"),
    ("pass_on", "请他人代为“逐级签批”", "lets another person sign for “逐级签批”"),
    ("remind", "第 3 次起每次通知经理", "Manager are told when it was done 3 times or more"),
    ("support", "通知经理、受理人", "Manager, whoever opened it are told"),
    ("split", "并在其下开一张“子项”", "opens a “Part” below it"),
    ("finish", "须有下级“子项”处于“已办”", "waits for a “Part” below it that is “Finished”"),
    ("both", "依次签字：主任 → 主任、经理各一人 → 经理中的 2 人（条件：金额 > 100.0）", "Head → one each of Head, Manager → 2 of Manager"),
    ("both", "一人退回或否决，本轮即结束；本人不得审批自己的申请；最后签字的人从“方案”中选定一项并写明批示", "chooses one of “Proposals”"),
]


@pytest.mark.parametrize(("name", "chinese", "english"), SAID)
def test_who_is_told_what_waits_and_who_signs_is_said(name: str, chinese: str, english: str) -> None:
    assert chinese in sentences(SIGNED, "zh-hans")[name]
    assert english in sentences(SIGNED, "en")[name]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "to: {approved: granted, returned: drafted}",
            "to: {approved: granted, returned: drafted}, repeated: {times: 2, notify: boss, outcome: returned}",
            "结果为“退回”第 2 次起每次通知经理",
        ),
        ("{by: head}, ", "", "签字：主任、经理各一人 →"),
        ("{by: head}, ", "{by: head, title: 初审}, ", "签字：初审（主任） →"),
        ("[head, boss], need: all", "[head, boss]", "主任 → 主任、经理任一人 →"),
        ("[head, boss], need: all", "[head, boss], need: everyone", "主任 → 全体主任、经理 →"),
        ("choose: proposals,", "again: true,", "前一步签过字的人，后一步还要再签"),
        (", {by: [head, boss], need: all}, {by: boss, need: 2, when: amount > 100.0}]", "]", "由主任签字；"),
        ("opens: part", "opens: other-book/part", "并在其下开一张“other-book/part”"),
        ("children: {part: finished}", "children: {other-book/part: finished}", "须有下级“other-book/part”处于“finished”"),
    ],
)
def test_the_ways_of_signing_and_of_other_books_differ_in_words(old: str, new: str, said: str) -> None:
    assert SIGNED.count(old) == 1

    assert said in "".join(sentences(SIGNED.replace(old, new), "zh-hans").values())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "start: opened}",
            "start: opened, repeat: {key: phone, within: 30d, types: job}}",
            "30天内同一电话号码再次开单，可能是重复（“事项”也算）",
        ),
        (
            "over: {states: opened}, do: check, by: agent}",
            "opens: job, by: agent, every: half_year}",
            "每半年由客服完成一份“事项”；当日结束",
        ),
        ("over: {states: opened}, do: check, by: agent}", "opens: job, by: agent, each: unit}", "；每个单位各一份；"),
        (
            "finish: {title",
            "more: {title: 延期, verb: extend, by: boss, needs: [visit_at, note], extends: {deadline: finished, to: visit_at, at_most: 2d}}\n      finish: {title",
            "“限时办结”延到“上门时间”，最多比最初到期晚48小时，最多 1 次",
        ),
        ("over: {states: opened}", "over: {states: opened, older_than: 3d}", "对处于“待办”、开单已超过72小时的工单"),
    ],
)
def test_repeats_and_what_is_owed_are_said(old: str, new: str, said: str) -> None:
    with override("zh-hans"):
        page = explain(
            check(SMALL.replace(old, new).replace("needs: [visit_at, note]", "needs: [visit_at, reason]").replace("note: {", "reason: {"))
        )

    assert said in "".join(rule.sentence for rule in [*page.unbound, *(r for clause in page.clauses for r in clause.rules)])


@pytest.mark.parametrize(
    ("text", "chinese", "english"),
    [
        ("level == 'high' && amount >= 100.0", "级别 = “高” 且 金额 ≥ 100.0", "级别 = “高” and 金额 ≥ 100.0"),
        ("!fully_solved || note != ''", "“解决”为否 或 说明 ≠ 空", "“解决” is no or 说明 ≠ empty"),
        ("fully_solved && ticket.round > 1.0", "“解决”为是 且 处理轮次 > 1.0", "“解决” is yes and the round > 1.0"),
        ("fully_solved == false", "解决 = 否", "解决 = no"),
        ("size(lines) > 1", "明细的条数 > 1", "the number of 明细 > 1"),
        ("ticket.type == 'job' && ticket.state != 'opened'", "类别 = “事项” 且 状态 ≠ “待办”", "the type = “事项” and the state ≠ “待办”"),
        ("lines.exists(l, l.qty > 5.0)", "明细.exists(l, l.qty > 5.0)", "明细.exists(l, l.qty > 5.0)"),
        ("note == 'notes'", "说明 = “notes”", "说明 = “notes”"),
    ],
)
def test_a_condition_is_read_with_the_words_of_the_form(text: str, chinese: str, english: str) -> None:
    book = check(SMALL).book
    assert book is not None

    with override("zh-hans"):
        assert condition(book, text) == chinese
    with override("en"):
        assert condition(book, text) == english
