"""A letter between departments over REST, from its draft to the file."""

from __future__ import annotations

import pytest

from tests.regulation import install
from tests.regulations.test_inter_department_letter import FILED, LETTER, PEOPLE, UNITS
from tests.rest.client import clients, said


@pytest.mark.req("LTR-01", "LTR-02", "LTR-03", "LTR-04", "LTR-05")
def test_a_letter_lives_its_whole_life_over_rest_and_is_not_sent_where_a_copy_would_reach_nobody(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    law = install("inter-department-letter", PEOPLE, UNITS)
    xiao, shen, sheng, qian, xing, pan, pin = clients(law, monkeypatch, "xiao", "shen", "sheng", "qian", "xing", "pan", "pin")
    number = xiao.open("letter", {**LETTER, "target_unit": law.units["MAKE"].pk})[1]["number"]
    assert sheng.get(f"tickets/{number}")[0] == 404
    law.dismiss("jin", "general_manager")
    status, problem = shen.act(number, "send")
    assert (status, problem["code"], "总经理" in problem["detail"], "1" in problem["clause"]) == (422, "nobody-to-copy", True, True)
    assert shen.get(f"tickets/{number}")[1]["state"] == "drafted"
    law.appoint("xing", "general_manager")

    assert shen.act(number, "send")[1]["state"] == "sent"
    assert pan.get(f"tickets/{number}")[1]["fields"]["matter"] == LETTER["matter"]
    assert pin.get(f"tickets/{number}")[0] == pin.get(f"tickets/{number}/timeline")[0] == 404
    assert pan.act(number, "answer", {"opinion": "同意"})[0] == 403
    status, problem = sheng.act(number, "answer", {"opinion": " "})
    assert (status, [error["field"] for error in problem["errors"]], "2" in problem["clause"]) == (422, ["opinion"], True)
    assert sheng.act(number, "answer", {"opinion": "18日交付"})[1]["state"] == "answered"
    assert qian.act(number, "instruct", {"instruction": "同意"})[1]["state"] == "instructed"
    assert xing.act(number, "file", FILED)[1]["state"] == "filed"

    shown = xiao.get(f"tickets/{number}")[1]
    assert (shown["open"], shown["stage"], shown["clocks"], shown["fields"]["instruction"]) == (False, "archive", [], "同意")
    assert said(xiao, number) == ["draft", "send", "answer", "instruct", "file"]
    assert xiao.get(f"tickets/{number}/signatures")[1] == {"signoffs": [], "signatures": []}
