"""Chinese texts take full-width punctuation: say which do not.

What stands in “…” is quoted from somewhere else (code, a keyword, a form), and a place holder may become anything, so both are
left alone; so is half-width punctuation between Latin words and numbers: 14:00, (1), field.map(one, …).
"""

from __future__ import annotations

import re

FULL = dict(zip(",;:!?().", "，；：！？（）。", strict=True))
_KEPT = re.compile(r"“[^”]*”|%\(\w+\)[a-z]|`[^`]*`")
_HAN = r"[\u3400-\u9fff《》]"
_HALF = re.compile(rf"(?<={_HAN})[,;:!?()]|[,;:!?()](?={_HAN})|(?<={_HAN})\.(?=\s|$|{_HAN})")


def half_width(text: str) -> list[str]:
    """Return each half-width mark beside a Chinese character, with what stands around it."""
    bare = _bare(text)
    return [text[max(0, found.start() - 4) : found.end() + 4] for found in _HALF.finditer(bare)]


def mended(text: str) -> str:
    """Return the text with full-width marks there, and with the other half of each pair of brackets."""
    signs = list(text)
    bare = _bare(text)
    places = {found.start() for found in _HALF.finditer(bare)}
    opened: list[int] = []
    for place, sign in enumerate(bare):
        if sign == "(":
            opened.append(place)
        elif sign == ")" and opened:
            pair = {opened.pop(), place}
            places |= pair if places & pair else set()
    for place in places:
        signs[place] = FULL[signs[place]]
    return re.sub(r"(?<=[，；：！？（）。]) +(?=[\u3400-\u9fff“])", "", "".join(signs))


def _bare(text: str) -> str:
    """Return the text, as long as before, with what is kept blotted out; its quotation marks count as Chinese characters."""
    return _KEPT.sub(lambda kept: "引" * len(kept[0]) if kept[0][0] == "“" else "\0" * len(kept[0]), text)
