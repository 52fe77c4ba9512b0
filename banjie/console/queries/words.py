"""States, types, priorities and clocks in the reader's words, with the tones of the face."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from banjie.rulebook.program import Program, TypeProgram
from banjie.tickets.possible import titled
from banjie.ui.filters import remaining

_COLOURS = {"grey": "neutral", "blue": "info", "amber": "warn", "green": "ok", "red": "bad", "purple": "accent"}
_STAGES = {
    "intake": "info",
    "approval": "accent",
    "dispatch": "warn",
    "handling": "info",
    "verification": "ok",
    "closing": "neutral",
    "archive": "neutral",
}


def type_title(program: Program, name: str, language: str) -> str:
    """Return a type's title."""
    return titled(program.types[name].spec, language)


def state_mark(kind: TypeProgram, state: str, language: str) -> tuple[str, str]:
    """Return a state's title and tone: the regulation's colour, else that of its stage."""
    spec = kind.process.states[state]
    return titled(spec, language), _COLOURS.get(spec.colour) or _STAGES[spec.stage]


def priority_mark(program: Program, priority: str, language: str) -> tuple[str, str]:
    """Return a priority's title and tone; the first choice of the regulation is the most urgent one."""
    name = program.columns.get("priority")
    if not name or not priority:
        return "", ""
    choices = program.field(name).choices
    title = titled(choices[priority], language) if priority in choices else priority
    return title, "bad" if next(iter(choices), "") == priority and len(choices) > 1 else ""


@dataclass(frozen=True, slots=True)
class Countdown:
    """A running clock as a list draws it: the tone, the words of now, and what the browser needs to go on counting."""

    title: str
    clause: str
    tone: str
    text: str
    due: str
    warn: str


def countdown(kind: TypeProgram, name: str, times: tuple[datetime, datetime | None], now: datetime, language: str) -> Countdown:
    """Return the countdown of a running clock; `times` are when it is due and when it warns."""
    due_at, warn_at = times
    spec = kind.process.deadlines.get(name)
    left = int((due_at - now).total_seconds())
    words = _("%(span)s over") if left < 0 else _("%(span)s left")
    tone = "bad" if left < 0 else "warn" if warn_at is not None and warn_at <= now else "ok"
    return Countdown(
        title=titled(spec, language) if spec else "",
        clause=spec.clause[0] if spec else "",
        tone=tone,
        text=words % {"span": remaining(left)},
        due=due_at.isoformat(),
        warn=warn_at.isoformat() if warn_at else "",
    )
