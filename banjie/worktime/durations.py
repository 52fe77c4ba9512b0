"""`Duration`: a length of clock time, of working time or of working days, as regulations state it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Self

#: Amounts of `CLOCK` and `WORKING_HOURS` count microseconds.
SECOND = 1_000_000
#: Amounts of `WORKING_DAYS` count billionths of a thousandth of a day: finer than a microsecond of any day, so that
#: "how much of the day is used" can be stored as a whole number and nothing is lost in a pause and resume.
WORKING_DAY = 10**12


class DurationKind(StrEnum):
    """How a duration is measured; each rule names its own (requirements 5, no. 46)."""

    CLOCK = "clock"
    WORKING_HOURS = "working_hours"
    WORKING_DAYS = "working_days"


@dataclass(frozen=True, slots=True)
class Duration:
    """Hold a length of time and how it is measured. Negative amounts point back in time.

    Durations of one kind add, subtract, compare, scale (`limit * 0.7`) and divide (`used / limit`, a float).
    Mixing kinds raises TypeError: a working day has no length without a calendar.
    """

    kind: DurationKind
    amount: int

    @classmethod
    def clock(cls, length: timedelta) -> Self:
        """Make a length of elapsed time."""
        return cls(DurationKind.CLOCK, length // timedelta(microseconds=1))

    @classmethod
    def working_time(cls, length: timedelta) -> Self:
        """Make a length of time that passes only while the calendar works."""
        return cls(DurationKind.WORKING_HOURS, length // timedelta(microseconds=1))

    @classmethod
    def working_days(cls, days: Fraction | Decimal | float) -> Self:
        """Make a number of working days; 0.5 is half of that calendar day's working hours (requirements 5, no. 40)."""
        return cls(DurationKind.WORKING_DAYS, round(Fraction(days) * WORKING_DAY))

    @property
    def timedelta(self) -> timedelta:
        """The length as a timedelta; of elapsed or of working time.

        Raises:
            TypeError: working days have no length without a calendar.
        """
        if self.kind is DurationKind.WORKING_DAYS:
            raise TypeError("working days have no length without a calendar")
        return timedelta(microseconds=self.amount)

    @property
    def days(self) -> Fraction:
        """The number of working days.

        Raises:
            TypeError: the duration is not in working days.
        """
        if self.kind is not DurationKind.WORKING_DAYS:
            raise TypeError(f"{self.kind} is not counted in working days")
        return Fraction(self.amount, WORKING_DAY)

    def _amount_of(self, other: Duration) -> int:
        if self.kind is not other.kind:
            raise TypeError(f"cannot mix {self.kind} with {other.kind}")
        return other.amount

    def __add__(self, other: Duration) -> Duration:
        return Duration(self.kind, self.amount + self._amount_of(other))

    def __sub__(self, other: Duration) -> Duration:
        return Duration(self.kind, self.amount - self._amount_of(other))

    def __mul__(self, factor: Fraction | Decimal | float) -> Duration:
        return Duration(self.kind, round(self.amount * Fraction(factor)))

    def __truediv__(self, other: Duration) -> float:
        return self.amount / self._amount_of(other)

    def __neg__(self) -> Duration:
        return Duration(self.kind, -self.amount)

    def __abs__(self) -> Duration:
        return Duration(self.kind, abs(self.amount))

    def __bool__(self) -> bool:
        return self.amount != 0

    def __lt__(self, other: Duration) -> bool:
        return self.amount < self._amount_of(other)

    def __le__(self, other: Duration) -> bool:
        return self.amount <= self._amount_of(other)
