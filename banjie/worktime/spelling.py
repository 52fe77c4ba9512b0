"""Durations as managers write them, in Chinese and English, and as people read them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction

from django.utils.translation import gettext as _

from banjie.worktime.durations import SECOND, WORKING_DAY, Duration, DurationKind

LONGEST_YEARS = 10
_LONGEST_TEXT = 60

_CLOCK, _HOURS, _DAYS = DurationKind.CLOCK, DurationKind.WORKING_HOURS, DurationKind.WORKING_DAYS
_LONGEST = {
    _CLOCK: LONGEST_YEARS * 366 * 86_400 * SECOND,
    _HOURS: LONGEST_YEARS * 366 * 86_400 * SECOND,
    _DAYS: LONGEST_YEARS * 366 * WORKING_DAY,
}

_WORKING = r"(?:working|work|business|office)[ -]?"
_UNITS: tuple[tuple[str, DurationKind, int], ...] = (
    (rf"{_WORKING}days?|workdays?|wd|工作日|工作天", _DAYS, WORKING_DAY),
    (rf"{_WORKING}(?:hours?|hrs?|h)|wh|工作小时|工作时|工时", _HOURS, 3600 * SECOND),
    (rf"{_WORKING}(?:minutes?|mins?|m)|wm|工作分钟", _HOURS, 60 * SECOND),
    (r"weeks?|wks?|w|周|星期|礼拜", _CLOCK, 7 * 86_400 * SECOND),
    (r"(?:calendar |natural )?days?|d|自然日|日历日|自然天|天|日", _CLOCK, 86_400 * SECOND),
    (r"hours?|hrs?|h|小时|钟头", _CLOCK, 3600 * SECOND),
    (r"minutes?|mins?|m|分钟|分", _CLOCK, 60 * SECOND),
    (r"seconds?|secs?|s|秒钟|秒", _CLOCK, SECOND),
)
_NUMBER = r"[0-9]+(?:\.[0-9]+)?|half(?: an?)?|an?|one|two|three|four|five|six|seven|eight|nine|ten|[零〇一二两三四五六七八九十百]+|半"
_PART = re.compile(
    rf"(?P<number>{_NUMBER})\s*个?\s*(?P<half>半)?\s*(?:"
    + "|".join(f"(?P<u{n}>{pattern})" for n, (pattern, *_) in enumerate(_UNITS))
    + r")(?![a-z])"
)
_BETWEEN = re.compile(r"[\s,、零又]*(?:and\s+)?")
_FRAME = re.compile(r"^(?:within |in |不超过|最多)?\s*(?P<text>.*?)\s*(?P<working>of working time|工作时间)?\s*(?:之内|以内|内)?$")
_ENGLISH = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}


class BadDuration(ValueError):
    """The text states no usable length of time. `str()` says what is wrong and what to write, in the active language."""

    def __init__(self, reason: str, text: str) -> None:
        self.reason = reason
        super().__init__(_sentence(reason) % {"text": text[:_LONGEST_TEXT]})


def _sentence(reason: str) -> str:
    return {
        "unknown": _(
            "“%(text)s” is not a length of time. Write for example 10m, 4h, 2 days, 8 working hours, 3 working days or"
            " half a working day. Months and years differ in length and cannot be used."
        ),
        "mixed": _("“%(text)s” mixes two ways of counting. Use one: clock time, working hours or working days."),
        "part_day": _("“%(text)s”: a part of a day is unclear. Write hours (12h), or half a working day."),
        "part_working_day": _("“%(text)s”: working days are whole or half, as 1, 0.5 or 1.5."),
        "part_second": _("“%(text)s” is not a whole number of seconds."),
        "zero": _("“%(text)s” must be longer than zero."),
        "long": _("“%(text)s” is longer than 10 years."),
    }[reason]


def parse_duration(text: str) -> Duration:
    """Read "10m", "24h", "2d", "1小时30分钟", "8 working hours", "8个工作小时", "3 working days", "半个工作日" and the like.

    A day ("2d", "2天") is 24 hours of clock time; a working day is "2 working days", "2个工作日".

    Raises:
        BadDuration: with a sentence of what may be written.
    """
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    frame = _FRAME.match(plain)
    if len(plain) > _LONGEST_TEXT or frame is None:
        raise BadDuration("unknown", text)
    kinds, amount = set(), Fraction(0)
    for number, kind, size in _parts(frame["text"], text):
        if size in (86_400 * SECOND, 7 * 86_400 * SECOND) and kind is _CLOCK and number.denominator != 1:
            raise BadDuration("part_day", text)
        kinds.add(kind)
        amount += number * size
    if frame["working"]:
        kinds = {_HOURS if kind is not _DAYS else kind for kind in kinds}
    if len(kinds) != 1:
        raise BadDuration("mixed", text)
    return _checked(kinds.pop(), amount, text)


def _parts(body: str, text: str) -> Iterator[tuple[Fraction, DurationKind, int]]:
    place = 0
    while place < len(body) or not place:
        part = _PART.match(body, place)
        if part is None:
            raise BadDuration("unknown", text)
        _pattern, kind, size = next(unit for n, unit in enumerate(_UNITS) if part[f"u{n}"])
        yield _number(part["number"]) + (Fraction(1, 2) if part["half"] else 0), kind, size
        between = _BETWEEN.match(body, part.end())
        place = between.end() if between and between.end() < len(body) else part.end()


def _number(word: str) -> Fraction:
    if word.startswith("half") or word == "半":
        return Fraction(1, 2)
    if word in _ENGLISH:
        return Fraction(_ENGLISH[word])
    if word[0] in "0123456789":
        return Fraction(word)
    total, digit = 0, 0
    for sign in word:
        if sign in _DIGITS:
            digit = _DIGITS[sign]
        else:
            total += (digit or 1) * (100 if sign == "百" else 10)
            digit = 0
    return Fraction(total + digit)


def _checked(kind: DurationKind, amount: Fraction, text: str) -> Duration:
    if kind is _DAYS and (amount * 2 / WORKING_DAY).denominator != 1:
        raise BadDuration("part_working_day", text)
    if kind is not _DAYS and (amount / SECOND).denominator != 1:
        raise BadDuration("part_second", text)
    if amount <= 0:
        raise BadDuration("zero", text)
    if amount > _LONGEST[kind]:
        raise BadDuration("long", text)
    return Duration(kind, int(amount))


def format_duration(duration: Duration, language: str) -> str:
    """Write a duration for people, in Chinese ("zh-hans") or English; what `parse_duration` made, it reads back.

    Clock time is shown in hours up to 72 ("24小时", as regulations say it), then in days; parts of a second are dropped,
    odd parts of a working day rounded to hundredths. Negative durations begin with a minus sign.
    """
    if duration.amount < 0:
        return "-" + format_duration(-duration, language)
    chinese = language.startswith("zh")
    if duration.kind is _DAYS:
        return _working_days(duration, chinese)
    seconds = duration.amount // SECOND
    if duration.kind is _CLOCK:
        return _clock(seconds, chinese, with_days=True)
    if seconds and seconds % 3600 == 0:
        hours = seconds // 3600
        return f"{hours}个工作小时" if chinese else _plural(hours, "working hour")
    return _clock(seconds, chinese, with_days=False) + ("工作时间" if chinese else " of working time")


def _working_days(duration: Duration, chinese: bool) -> str:
    if duration.days == Fraction(1, 2):
        return "半个工作日" if chinese else "half a working day"
    number = f"{float(duration.days):.2f}".rstrip("0").rstrip(".")
    if chinese:
        return f"{number}个工作日"
    return f"{number} working day" if number == "1" else f"{number} working days"


def _clock(seconds: int, chinese: bool, *, with_days: bool) -> str:
    days, rest = divmod(seconds, 86_400) if with_days and seconds > timedelta(hours=72).total_seconds() else (0, seconds)
    hours, rest = divmod(rest, 3600)
    minutes, seconds = divmod(rest, 60)
    numbers = (days, hours, minutes, seconds)
    if chinese:
        return "".join(f"{number}{unit}" for number, unit in zip(numbers, ("天", "小时", "分钟", "秒"), strict=True) if number) or "0分钟"
    return (
        " ".join(_plural(number, unit) for number, unit in zip(numbers, ("day", "hour", "minute", "second"), strict=True) if number)
        or "0 minutes"
    )


def _plural(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
