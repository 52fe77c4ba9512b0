"""Regular expressions that a rulebook may use: those that cannot run for long.

Python's engine tries one possibility after the other, so what counts is how many there are: a repeat `{2,5}` has 4, `?`
has 2, `*` as many as a text has characters, a choice of three has 3. Their product is bounded.
"""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

LONGEST_TEXT = 200  # of an entry that is matched
MAX_POSSIBILITIES = 50_000
_REPEAT = re.compile(r"[*+?]|\{(\d*)(?:(,)(\d*))?\}")
_SET = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_SPECIAL = re.compile(r"\\[1-9]|\(\?")


def fault(text: str) -> str:
    r"""Return what is wrong with a pattern as a sentence, or "".

    `\d{8}` and `[A-Z]{2}-\d+` are welcome; repeated groups that repeat or choose, look-around and back references are not.
    """
    try:
        re.compile(text)
    except (re.error, OverflowError, RecursionError) as wrong:
        return _("This is no regular expression: %(why)s.") % {"why": wrong}
    if _SPECIAL.search(text.replace("\\\\", "")):
        return _("Look-around, named groups and back references are not allowed in patterns.")
    possibilities, nested = _possibilities(text)
    if nested or possibilities > MAX_POSSIBILITIES:
        return _("This pattern could run for very long: repeat no group that itself repeats or chooses, and use *, + and ? sparingly.")
    return ""


def _possibilities(text: str) -> tuple[int, bool]:
    """Return in how many ways the pattern could be tried on the longest text, and whether it nests repeats."""
    total, nested, index = 1, False, 0
    groups = [[1, 1]]  # of each open group: its choices, the possibilities inside it
    closed = 1  # possibilities inside the group that has just closed
    while index < len(text):
        sign = text[index]
        repeat = _REPEAT.match(text, index)
        if sign == "\\":
            index, closed = index + 2, 1
        elif sign == "[" and (found := _SET.match(text, index)):
            index, closed = found.end(), 1
        elif repeat:
            ways = _ways(repeat)
            nested = nested or (closed > 1 and repeat[0] != "?")
            total, groups[-1][1] = total * ways, groups[-1][1] * ways
            index = repeat.end() + (text[repeat.end() : repeat.end() + 1] == "?")
        else:
            if sign == "(":
                groups.append([1, 1])
            elif sign == "|":
                groups[-1][0] += 1
            if sign == ")" and len(groups) > 1:
                choices, inside = groups.pop()
                total, closed = total * choices, choices * inside
                groups[-1][1] *= closed
            else:
                closed = 1
            index += 1
    return total * groups[0][0], nested


def _ways(repeat: re.Match[str]) -> int:
    if repeat[0] in {"*", "+"}:
        return LONGEST_TEXT
    if repeat[0] == "?":
        return 2
    if repeat[2] is None:
        return 1
    return max(1, int(repeat[3] or LONGEST_TEXT) - int(repeat[1] or 0) + 1)
