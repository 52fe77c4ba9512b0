"""The vocabulary of rulebooks and the verbs in the rooms are the same."""

from __future__ import annotations

from pathlib import Path

from banjie.rulebook.vocabulary import VERBS
from banjie.tickets.registry import implemented, verb_of

ROOT = Path(__file__).resolve().parents[2]


def test_every_verb_that_a_rulebook_may_use_is_implemented_in_its_room() -> None:
    available = set(VERBS)

    assert implemented() == available
    for name in available:
        assert verb_of(name).__module__.startswith(f"banjie.{VERBS[name].room}.verbs.")


def test_every_verb_says_which_requirement_or_rule_it_serves() -> None:
    silent = {name for name in implemented() if not (verb_of(name).__doc__ or "").strip()}

    assert not silent


def test_no_regulation_has_python_of_its_own() -> None:
    words = ("pos-terminal", "terminal_no", "merchant_no", "巡检员", "浦思")
    rooms = ("rulebook", "tickets", "deadlines", "intake", "dispatch", "handling", "verification", "insight")
    files = [f for room in rooms for f in (ROOT / "banjie" / room).rglob("*.py")]

    found = {str(f.relative_to(ROOT)): w for f in files for w in words if w in f.read_text(encoding="utf-8")}

    assert files
    assert not found
