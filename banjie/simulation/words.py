"""What stands in one field: of the ticket's story, of the regulation's phrases, or by the kind of field."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from banjie.rulebook.language import Field_
from banjie.simulation.people import Reach

HALF_HOUR = 30
FIRST_HOUR, LAST_HOUR = 8, 18  # in which people agree to meet
PHONES = ("130", "133", "135", "136", "137", "138", "139", "150", "151", "158", "159", "177", "186", "189")


@dataclass(frozen=True, slots=True)
class Writer:
    """Who fills one form, with what he has to tell."""

    random: Random
    at: datetime
    story: Mapping[str, Any]
    phrases: Mapping[str, Any]
    reach: Reach

    def knows(self, name: str) -> bool:
        """Tell whether there are words for a field."""
        return name in self.story or name in self.phrases

    def depends_on(self, name: str) -> str:
        """Return the field by which the words for another are chosen, or ""."""
        found = self.phrases.get(name)
        return str(found["by"]) if name not in self.story and isinstance(found, dict) and "by" in found else ""

    def value(self, name: str, field: Field_, role: str, present: Mapping[str, Any]) -> Any:
        """Return a value for a field; None when it stays empty.

        Args:
            role: of a person or a unit: who holds it.
            present: what the ticket's record and the form say so far.
        """
        if field.kind == "file":
            return None  # nobody of them has papers
        if field.kind == "person":
            able = self.reach.members(role) or self.reach.members("")
            return self.random.choice(able) if able else None
        if field.kind == "unit":
            units = self.reach.units(role) or self.reach.units("")
            return self.random.choice(units) if units else None
        if name in self.story:
            return self.told(field, self.story[name])
        found = self.phrases.get(name)
        if isinstance(found, dict) and "by" in found:
            known = present.get(found["by"])
            found = found.get(_key(known), found.get("otherwise", [])) if known not in (None, "") else _usual(found)
        if isinstance(found, dict):
            return self._within(field, found)
        if isinstance(found, list) and field.kind == "choice":
            found = [key for key in found if key in field.choices] or None
        if isinstance(found, list):
            return self.told(field, self.random.choice(found)) if found else None
        return self._unspoken(name, field)

    def told(self, field: Field_, said: Any) -> Any:
        """Return a phrase as a form takes it: digits for `#`, this year for YYYY, times for spans, tables row by row."""
        if isinstance(said, dict):
            return self._within(field, said)
        if field.kind == "rows":
            return [{key: self.told(inner, row[key]) for key, inner in field.fields.items() if key in row} for row in said]
        if isinstance(said, bool):
            return said
        return re.sub("#", lambda _found: str(self.random.randrange(10)), str(said).replace("YYYY", f"{self.at:%Y}"))

    def _within(self, field: Field_, span: Mapping[str, Any]) -> str:
        if "days" in span:
            return (
                (self.at + timedelta(days=self.random.randint(*span["days"]))).astimezone(ZoneInfo(settings.TIME_ZONE)).date().isoformat()
            )
        if "hours" in span:
            return self._moment(self.random.randint(*(hours * 60 for hours in span["hours"]))).isoformat()
        step = span.get("step", 1)
        return str(span["from"] + step * self.random.randrange(int((span["to"] - span["from"]) / step) + 1))

    def _moment(self, minutes: int) -> datetime:
        """Return a time so far from now, at an hour and minute that people would name; never on the other side of now."""
        wanted = self.at + timedelta(minutes=minutes)
        local = wanted.astimezone(ZoneInfo(settings.TIME_ZONE))
        local = local.replace(minute=local.minute // HALF_HOUR * HALF_HOUR, second=0, microsecond=0)
        if minutes > 0 and not FIRST_HOUR <= local.hour < LAST_HOUR:
            local = (local + timedelta(days=local.hour >= LAST_HOUR)).replace(hour=self.random.randint(FIRST_HOUR + 1, LAST_HOUR - 2))
        return local if (local > self.at) == (minutes > 0) else wanted

    def _unspoken(self, name: str, field: Field_) -> Any:
        """Return a value for a field of which nobody said what people write."""
        match field.kind:
            case "choice":
                return self.random.choice(list(field.choices))
            case "yes_no":
                return True
            case "datetime":
                return self._moment(self.random.randrange(90, 2400)).isoformat()
            case "date":
                return (self.at + timedelta(days=self.random.randrange(1, 10))).date().isoformat()
            case "number" | "money":
                return str(self.random.randrange(field.min or 1, max((field.max or 200), 2)))
            case "phone":
                return f"{self.random.choice(PHONES)}{self.random.randrange(10**8):08d}"
            case "rows":
                return [{key: self.value(key, inner, "", {}) for key, inner in field.fields.items()}]
        if field.pattern:
            return next((text for text in _coded(self.random) if re.fullmatch(field.pattern, text)), None)
        usual = self.phrases.get(f"as_{field.as_}") if field.as_ else None
        return self.told(field, self.random.choice(usual)) if usual else f"{field.title}{self.random.randrange(1, 100)}"


def _key(value: Any) -> str:
    return {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _usual(choices: Mapping[str, Any]) -> Any:
    """Return the words for a field when nothing is known of the one on which they depend."""
    return choices.get("otherwise") or next((words for key, words in choices.items() if key != "by" and words), [])


def _coded(random: Random) -> Iterator[str]:
    """Yield texts that codes may look like: digits, letters before digits, parts with hyphens."""
    for length in range(2, 19):
        digits = str(random.randrange(10 ** (length - 1), 10**length))
        yield from (digits, f"A{digits}", f"U-{digits}", f"AB{digits}", f"{digits[:2]}-{digits[2:] or 1}")
