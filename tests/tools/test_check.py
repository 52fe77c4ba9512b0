"""The gate names its steps and what to mend."""

from __future__ import annotations

import sys

import pytest

from tools import check
from tools.check import Step, run, shortened, steps


def test_the_gate_has_its_nine_steps() -> None:
    names = [step.name for step in steps()]

    assert names == ["format", "lint", "house", "layers", "requirements", "templates", "messages", "migrations", "types"]


def test_a_broken_step_tells_what_it_printed() -> None:
    holds, seconds, output = run(Step("x", "mend it", [sys.executable, "-c", "print('line 7 is wrong'); raise SystemExit(1)"]))

    assert (holds, output) == (False, "line 7 is wrong")
    assert seconds >= 0


def test_the_summary_counts_and_says_how_to_mend(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    good = Step("good", "nothing", [sys.executable, "-c", ""])
    bad = Step("bad", "write it better", [sys.executable, "-c", "raise SystemExit('no')"])
    monkeypatch.setattr(check, "steps", lambda: [good, bad])

    code = check.main([])

    printed = capsys.readouterr().out
    assert code == 1
    assert "1 of 2 gates hold. To mend: bad (write it better)" in printed
    assert check.main(["good"]) == 0


def test_an_unknown_step_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert check.main(["typos"]) == 2
    assert "no such step: typos; there are: format" in capsys.readouterr().out


def test_a_long_output_is_cut() -> None:
    assert shortened("a\n" * 100).endswith("... and 40 more lines")
    assert shortened("a\nb") == "a\nb"
