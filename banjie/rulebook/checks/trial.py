"""Try an expression on forms as they can come: filled in, empty, with one entry missing, with the least and the greatest entries."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from banjie.rulebook import expressions
from banjie.rulebook.language import Field_

_EMPTY: dict[str, Any] = {"number": 0.0, "money": 0.0, "yes_no": False, "rows": [], "file": []}
_ENDS: dict[str, tuple[Any, ...]] = {
    "number": (-1.0, 1e9),
    "money": (-1.0, 1e9),
    "yes_no": (False,),
    "text": ("甲", "0"),
    "long_text": ("甲", "0"),
    "date": ("1900-01-01", "2099-12-31"),
    "datetime": ("1900-01-01T00:00:00+00:00", "2099-12-31T15:59:00+00:00"),
}
_GUARDS = {"number": "{} != 0.0 && …", "money": "{} != 0.0 && …", "rows": "size({}) > 0 && …", "file": "size({}) > 0 && …"}
_GUARDS_OF_VALUES = {
    "number": "{} == 0.0 ? 0.0 : …",
    "money": "{} == 0.0 ? 0.0 : …",
    "rows": "size({}) == 0 ? 0.0 : …",
    "file": "size({}) == 0 ? 0.0 : …",
}


def samples(fields: Mapping[str, Field_]) -> dict[str, Any]:
    """Return a plausible value of each field, as expressions see them, and a ticket."""
    row = {"ticket": {"type": "a", "state": "a", "round": 1}}
    return row | {name: [_inside(samples(f.fields))] if f.kind == "rows" else _sample(f) for name, f in fields.items()}


def blanks(fields: Mapping[str, Field_]) -> dict[str, Any]:
    """Return what expressions see of an empty form."""
    return {name: _EMPTY.get(f.kind, "") for name, f in fields.items()}


def _inside(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "ticket"}


def _sample(field: Field_) -> Any:
    if field.kind == "choice":
        return next(iter(field.choices), "")
    return {
        "number": 1.0,
        "money": 1.0,
        "yes_no": True,
        "file": ["a.pdf"],
        "date": "2024-06-03",
        "datetime": "2024-06-03T01:00:00+00:00",
        "person": 1,
        "unit": 1,
    }.get(field.kind, "1")


def failures(text: str, used: Collection[str], fields: Mapping[str, Field_], *, value: bool, given: Collection[str] = ()) -> Iterator[str]:
    """Yield a sentence for each field of those `used` that makes the expression fail, when it works on a filled-in form.

    Args:
        value: it computes a value; otherwise it is a condition. The guard that is proposed hangs on that.
        given: fields that cannot be empty where it is reckoned.
    """
    full, found = samples(fields), False
    for name in sorted(set(used) & set(fields)):
        field = fields[name]
        empty = _EMPTY.get(field.kind, "")
        if (name not in given or empty != "") and (why := _why(text, {**full, name: empty})):
            found = True
            guard = (_GUARDS_OF_VALUES if value else _GUARDS).get(field.kind, "{} == '' ? '' : …" if value else "{} != '' && …")
            yield _("This expression fails while “%(field)s” is empty: %(why)s. Say what holds then: %(guard)s.") % {
                "field": name,
                "why": why,
                "guard": guard.format(name),
            }
            continue
        for end in ends(field):
            if why := _why(text, {**full, name: end}):
                found = True
                yield _(
                    "This expression fails while “%(field)s” is “%(value)s”: %(why)s. Say what holds then, or let the form refuse it."
                ) % {
                    "field": name,
                    "value": end,
                    "why": why,
                }
                break
    empty_form = {**full, **{name: value for name, value in blanks(fields).items() if name not in given}}
    if not found and (why := _why(text, empty_form)):
        yield _("This expression fails on an empty form: %(why)s. Say what holds then: a == 0.0 ? 0.0 : b / a.") % {"why": why}


def ends(field: Field_) -> Iterator[Any]:
    """Yield the entries at the ends of what a field may hold."""
    if field.kind == "choice":
        yield from field.choices
    elif field.kind == "rows":
        yield [blanks(field.fields)]
    elif field.pattern:
        return  # what fits a pattern is not guessed
    else:
        for end in _ENDS.get(field.kind, ()):
            if field.kind not in ("number", "money"):
                yield end
            elif end < 0:
                yield end if field.min is None else float(field.min)
            else:
                yield end if field.max is None else float(field.max)


def _why(text: str, values: Mapping[str, Any]) -> str:
    """Return why an expression fails on these values, "" if it does not."""
    try:
        expressions.evaluate(text, values)
    except expressions.BadExpression as wrong:
        return str(wrong).rstrip(".。") or "?"
    return ""
