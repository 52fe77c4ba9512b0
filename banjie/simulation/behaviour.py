"""How simulated people behave: which action next, and after how long. Knows verbs, no regulation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from banjie.rulebook.program import ActionRule, Program


@dataclass(frozen=True, slots=True)
class Habit:
    """How eagerly a verb is chosen among the possible ones, and its usual delay in minutes (median)."""

    weight: float
    minutes: float


# What a duty or a timer of the regulation brings about is done for that reason alone (`brought_about`).
HABITS: dict[str, Habit] = {
    "guide": Habit(10, 1.5),
    "register": Habit(0.3, 1),
    "dispatch": Habit(10, 1.2),
    "acknowledge": Habit(3, 12),
    "book": Habit(5, 25),
    "miss": Habit(0.25, 600),
    "start": Habit(3, 200),
    "report_blocked": Habit(1.1, 300),
    "complete": Habit(6, 420),
    "urge": Habit(0.25, 180),
    "supervise": Habit(0.05, 300),
    "comment": Habit(0.25, 60),
    "transfer": Habit(0.15, 90),
    "send_back": Habit(0.1, 60),
    "cancel": Habit(0.06, 120),
    "sign": Habit(8, 20),
    "refuse": Habit(0.4, 25),
    "append": Habit(0.1, 600),
    "classify": Habit(9, 15),
    "record": Habit(7, 60),
    "escalate": Habit(0.3, 90),
    "progress": Habit(0.6, 180),
    "charge": Habit(2, 30),
    "inspect": Habit(4, 200),
    "approve": Habit(9, 90),
    "call_back": Habit(4, 600),
    "verify": Habit(0.5, 400),
    "close": Habit(4, 60),
    "archive": Habit(5, 120),
    "reopen": Habit(0.02, 1500),
}
# Nobody looks after a ticket only to say something about it.
ASIDE = frozenset({"urge", "supervise", "comment", "cancel", "transfer", "send_back", "escalate", "progress", "append", "verify", "reopen"})
# What is done again in the same state: there are more signatures to give, or nobody answered.
AGAIN = frozenset({"approve", "call_back"})
# Of a step that takes long: how many times as long as usual, at least and at most.
LONGER = (6.0, 40.0)
AWAITED = 4.0  # how eagerly somebody opens another ticket without which this one cannot go on
BESIDES = 0.25  # how eagerly somebody opens another ticket which nothing waits for
LONGEST = timedelta(days=14)


def delay(random: Random, verb: str, dawdle: float = 0.0) -> timedelta:
    """Return how long a person takes to a verb: log-normal around its usual minutes, so that some are late.

    Args:
        dawdle: the share of steps for which somebody takes much longer.
    """
    minutes = HABITS[verb].minutes * random.lognormvariate(0, 0.6)
    if dawdle and random.random() < dawdle:
        minutes *= random.uniform(*LONGER)
    return min(timedelta(minutes=minutes), LONGEST)


def choose(random: Random, rules: Sequence[ActionRule], waiting: Sequence[ActionRule] = (), detours: float = 1.0) -> ActionRule | None:
    """Return the next action among the possible ones, by habit; None when nobody does anything by himself.

    Args:
        waiting: what would be possible if a ticket below were far enough: such a ticket is opened eagerly.
        detours: how eagerly people leave the main way (`style: primary`) where the regulation shows one, 1.0 for as eagerly.
    """
    likely = [rule for rule in rules if rule.spec.verb in HABITS]
    awaited = {reference for rule in waiting for reference in rule.spec.children}
    if all(rule.spec.verb in ASIDE and rule.spec.opens not in awaited for rule in likely):
        return None
    shown = any(rule.spec.style == "primary" for rule in likely)
    weights = [_eagerness(rule, awaited, 1.0 if rule.spec.style == "primary" or not shown else detours) for rule in likely]
    return random.choices(likely, weights)[0]


def _eagerness(rule: ActionRule, awaited: set[str], factor: float) -> float:
    opens = rule.spec.opens
    if opens is None:
        return HABITS[rule.spec.verb].weight * factor
    return AWAITED if opens in awaited else BESIDES


def brought_about(program: Program) -> frozenset[str]:
    """Return the actions that nobody does of his own accord: those that a timer does, and what a duty owes first of all."""
    owed = {duty.do[0] for duty in program.book.duties.values() if duty.do}
    return frozenset(owed.union(*({timer.do for timer in p.timers.values()} for p in program.book.processes.values())))
