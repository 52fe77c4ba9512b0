"""Mistakes about who signs, who is told, what decides, and what is opened or waited for: each at its place."""

from __future__ import annotations

import pytest

from banjie.rulebook.check import check
from tests.rulebook.books import SIGNED, spoil

APPROVE = "approve: {title: 审批, verb: approve, by: [head, boss], from: signing"
GRADE = "to: {grave: signing, slight: small}, decided_by: level, needs: level"
STEPS = "steps: [{by: head}, {by: [head, boss], need: all}, {by: boss, need: 2, when: amount > 100.0}]"

# what is replaced, by what, where the problem stands, what its sentence says
MISTAKES = [
    # sign-offs
    ("from: granted, needs: reason, tell", "from: granted, needs: reason, signoff: both, tell", "signoff", "有会签"),
    ("  parts:\n    title: 子项", "      other: {title: 备用, steps: [{by: head}]}\n  parts:\n    title: 子项", "other", "没有动作使用"),
    ("when: amount > 100.0", "when: amont > 100.0", "when", "没有“amont”这个字段"),
    ("instruction], signoff: both}", "instruction]}", "approve", "需要 signoff"),
    ("instruction], signoff: both}", "instruction], signoff: bot}", "signoff", "没有“bot”这个会签"),
    (APPROVE, APPROVE.replace("signing", "[signing, granted]"), "from", "“granted”不是"),
    (APPROVE, APPROVE.replace(", from: signing", ""), "from", "应处于 approval 阶段"),
    (APPROVE, APPROVE.replace("[head, boss]", "head"), "by", "“boss”参与审批，应写入 by"),
    ("asks: [reason, chosen, instruction]", "asks: [reason, chosen]", "asks", "chosen 和 instruction"),
    ("asks: [reason, chosen, instruction]", "asks: [chosen, instruction]", "asks", "在 asks 中加入 reason"),
    ("returned: 退回}", "returned: 退回, rejected: 否决}", None, "“to”没有写明结果为“rejected”时"),
    ("choose: proposals", "choose: amount", "choose", "没有“amount”这个明细字段"),
    (STEPS, STEPS.replace("[{by: head}", "[{by: opener}"), "by", "没有“opener”这个岗位"),
    (STEPS, STEPS.replace("need: 2", "need: 0"), "need", "也可写整数"),
    (STEPS, "steps: []", "steps", None),
    (
        "pass_on: {title",
        APPROVE.replace("approve:", "second:", 1)
        + ", to: {approved: granted, returned: drafted}, needs: decision, asks: [reason, chosen, instruction], signoff: both}\n      pass_on: {title",
        "when",
        "“signing”有多个审批",
    ),
    # telling
    (", tell: [boss, opener]", "", "tell", "需要 tell"),
    ("tell: [boss, opener]", "tell: [chief, opener]", "tell", "没有“chief”这个岗位"),
    ("stage: handling, tell: boss", "stage: handling, tell: chief", "tell", "没有“chief”这个岗位"),
    ("notify: boss", "notify: chief", "notify", "没有“chief”这个岗位"),
    ("times: 3", "times: 1", "times", "不能小于 2"),
    ("times: 3", "times: 3, outcome: good", "outcome", "没有“good”这个结果"),
    # what decides
    ("decided_by: level", "decided_by: levl", "decided_by", "没有“levl”这个选择字段"),
    (GRADE, GRADE.replace("needs: level", "asks: level"), "needs", "“level”决定下一步"),
    (GRADE, "to: signing, decided_by: level, needs: level", "decided_by", "为它的每个选项写明状态"),
    (
        GRADE,
        GRADE.replace("decided_by: level", "decided_by: item").replace("needs: level", "needs: item"),
        "decided_by",
        "应写一个选择字段",
    ),
    (GRADE, GRADE.replace("slight: small", "slight: small, midle: small"), "midle", "没有“midle”这个选项"),
    (GRADE, GRADE.replace(", slight: small", ""), "to", "“to”没有写明结果为“slight”时"),
    ("needs: decision", "needs: decision, decided_by: level", "decided_by", "自有结果"),
    ("level: {title: 级别,", "level: {title: 级别, show_if: item != '',", "decided_by", "“level”决定下一步，必须始终填写"),
    # what a condition sees
    ("when: amount > 100.0", "when: reason != ''", "when", "“reason”不会成为工单内容"),
    ("from: granted, needs: reason, tell", "from: granted, needs: reason, when: note != '', tell", "when", "“note”不会成为工单内容"),
    # tickets below
    ("opens: part", "opens: prt", "opens", "没有“prt”这个类别。是不是想写“part”"),
    (
        "begin: {title: 开始, verb: accept, by: staff, needs: item}",
        "begin: {title: 开始, verb: accept, by: staff, needs: note}",
        None,
        "“part”需要“note”，但此前未填写过",
    ),
    ("needs: item}", "needs: item, opens: job}", "begin", "不能再开立工单"),
    ("needs: item}", "needs: item, children: {job: done}}", "begin", "不能再开立工单"),
    ("children: {part: finished}", "children: {prt: finished}", "prt", "没有“prt”这个类别"),
    ("children: {part: finished}", "children: {part: done}", "part", "没有“done”这个状态"),
]


@pytest.mark.parametrize(("old", "new", "place", "sentence"), MISTAKES, ids=[f"{i}-{m[1][:32]}" for i, m in enumerate(MISTAKES)])
def test_a_mistake_about_signing_and_what_follows_is_named_at_its_place(
    old: str, new: str, place: str | None, sentence: str | None
) -> None:
    spoiled = spoil(old, new, SIGNED)

    assert {p.place.rsplit(".", 1)[-1] for p in spoiled.problems} & {place} or place is None, [str(p) for p in spoiled.problems]
    assert sentence is None or any(sentence in p.message for p in spoiled.problems), [str(p) for p in spoiled.problems]
    for problem in spoiled.problems:
        assert any("一" <= sign <= "鿿" for sign in problem.message), f"not in Chinese: {problem}"


def test_the_book_that_is_spoiled_here_is_right() -> None:
    assert check(SIGNED).problems == ()
