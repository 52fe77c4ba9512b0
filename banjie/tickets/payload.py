"""Check what a person entered against the rulebook's fields; return plain JSON values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from banjie.kernel.errors import FieldError, InvalidInput
from banjie.kernel.phones import normalise_phone
from banjie.rulebook import expressions
from banjie.rulebook.explain.words import colon, listed, title
from banjie.rulebook.language import Field_
from banjie.rulebook.program import ActionRule, Program
from banjie.tickets.conditions import expression_values, hidden_fields

DEFAULT_MAX = {"text": 200, "long_text": 5000}
MAX_ROWS = 200
MAX_FILES = 20
MAX_PLACES = 12
MAX_ERRORS = 50
_Day = TypeVar("_Day", date, datetime)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Wrong(ValueError):
    """One value is wrong; the message says how."""


def clean(program: Program, rule: ActionRule, given: Mapping[str, Any], *, known: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """Return the payload's clean values. What stands in a field that is hidden counts for nothing, right or wrong.

    Args:
        known: the ticket's present fields, which satisfy a need when the payload says nothing.
        zone: in which a date-time without offset is read.

    Raises:
        InvalidInput: with one FieldError for each unknown, ill-formed or missing field.
    """
    errors: list[FieldError] = []
    values: dict[str, Any] = {}
    for name, raw in given.items():
        if name not in rule.fields:
            errors.append(FieldError(str(name)[:60], _("This entry is not known for “%(action)s”.") % {"action": title(rule.spec)}))
            continue
        field = program.field(name)
        try:
            value = clean_value(field, raw, program.patterns.get(name), zone)
        except Wrong as wrong:
            errors.append(FieldError(name, f"{title(field)}{colon()}{wrong}"))
            continue
        if value is not None:
            values[name] = value
        elif name in known:
            values[name] = ""
    hidden = hidden_fields(program, {**known, **values})
    if hidden:
        errors = [error for error in errors if error.field not in hidden]
        values = {name: value for name, value in values.items() if name not in hidden}
        values |= {name: "" for name in rule.fields if name in hidden and not is_empty(known.get(name))}
    have = {name: value for name, value in {**known, **values}.items() if name not in hidden}
    errors += _missing(program, rule, have, wrong={e.field for e in errors}, hidden=hidden)
    if errors:
        raise InvalidInput(clause=program.reference(rule.clause), errors=errors[:MAX_ERRORS])
    return values


def _missing(program: Program, rule: ActionRule, have: Mapping[str, Any], *, wrong: set[str], hidden: frozenset[str]) -> list[FieldError]:
    errors = []
    needed = [*rule.spec.needs, *(n for n in rule.fields if (program.field(n).need_if and _holds(program, program.field(n).need_if, have)))]
    for name in dict.fromkeys(needed):
        if name not in wrong and name not in hidden and is_empty(have.get(name)):
            errors.append(FieldError(name, _("“%(title)s” is missing.") % {"title": title(program.field(name))}))
    for whole in rule.spec.needs_one_of:
        group = [name for name in whole if name not in hidden]
        if group and all(is_empty(have.get(name)) for name in group) and not wrong & set(group):
            titles = listed(title(program.field(n)) for n in group)
            errors.append(FieldError(group[0], _("Enter at least one of: %(titles)s.") % {"titles": titles}))
    return errors


def lenient(program: Program, rule: ActionRule, given: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """Return what can be read of a form that is still being filled: a text that is not right yet as it stands, any other as empty."""
    found = {}
    for name, raw in given.items():
        if name not in rule.fields:
            continue
        field = program.field(name)
        try:
            value = clean_value(field, raw, program.patterns.get(name), zone)
        except Wrong:
            value = raw if field.kind in ("text", "long_text", "phone") and isinstance(raw, str) else None
        found[name] = "" if value is None else value
    return found


def _holds(program: Program, condition: str | None, have: Mapping[str, Any]) -> bool:
    return bool(condition) and bool(expressions.evaluate(condition or "", expression_values(program, have)))


def is_empty(value: Any) -> bool:
    """Tell whether nothing was entered; a "no" is something."""
    return value is None or value in ("", [])


def clean_value(field: Field_, raw: Any, pattern: re.Pattern[str] | None, zone: ZoneInfo) -> Any:
    """Return the clean form of one value, None when it is empty.

    Raises:
        Wrong: it is not of the field's kind.
    """
    if is_empty(raw):
        return None
    if field.kind == "rows":
        return _rows(field, raw, zone)
    if field.kind == "yes_no":
        return _yes_no(raw)
    if field.kind == "file":
        return raw if _are_references(raw) else file_ids(raw)
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        raise Wrong(_("a text is expected."))
    text = str(raw).strip()
    if not any(sign.isprintable() and not sign.isspace() for sign in text):
        return None  # blanks, and signs that nobody sees, say nothing
    if len(text) > 20_000:
        raise Wrong(_("the text is far too long."))
    return _BY_KIND.get(field.kind, _text)(field, text, pattern, zone)


def _text(field: Field_, text: str, pattern: re.Pattern[str] | None, zone: ZoneInfo) -> str:
    text = _CONTROL.sub("", text)
    limit = field.max or DEFAULT_MAX.get(field.kind, 200)
    if len(text) > limit:
        raise Wrong(_("at most %(limit)d characters; these are %(n)d.") % {"limit": limit, "n": len(text)})
    if pattern and (len(text) > 200 or not pattern.fullmatch(text)):
        raise Wrong(_("“%(text)s” has the wrong form.%(hint)s") % {"text": text[:40], "hint": f" {field.hint}" if field.hint else ""})
    return text


def _phone(field: Field_, text: str, pattern: re.Pattern[str] | None, zone: ZoneInfo) -> str:
    try:
        return normalise_phone(text)
    except ValueError as wrong:
        raise Wrong(str(wrong)) from wrong


def _number(field: Field_, text: str, pattern: re.Pattern[str] | None, zone: ZoneInfo) -> str:
    try:
        number = Decimal(text)
    except InvalidOperation as wrong:
        raise Wrong(_("“%(text)s” is no number.") % {"text": text[:40]}) from wrong
    if not number.is_finite() or abs(number) >= 10**12 or (number and number.adjusted() < -MAX_PLACES):
        raise Wrong(_("the number is too large, or too small to count."))
    if field.min is not None and number < field.min:
        raise Wrong(_("at least %(min)s.") % {"min": field.min})
    if field.max is not None and number > field.max:
        raise Wrong(_("at most %(max)s.") % {"max": field.max})
    return str(number.quantize(Decimal("0.01"))) if field.kind == "money" else format(number.normalize(), "f")


def _reckoned(at: _Day) -> _Day:
    """Return a date that limits can be counted from; others are slips of the hand.

    Raises:
        ValueError: it lies before 1900 or after 2199.
    """
    if not 1900 <= at.year < 2200:
        raise ValueError("out of reach")
    return at


def _date(field: Field_, text: str, pattern: re.Pattern[str] | None, zone: ZoneInfo) -> str:
    try:
        return _reckoned(date.fromisoformat(text)).isoformat()
    except ValueError as wrong:
        raise Wrong(_("“%(text)s” is no date; write e.g. 2024-06-03.") % {"text": text[:40]}) from wrong


def _datetime(field: Field_, text: str, pattern: re.Pattern[str] | None, zone: ZoneInfo) -> str:
    try:
        at = datetime.fromisoformat(text)
        at = at.replace(tzinfo=zone) if at.tzinfo is None else at
        return _reckoned(at.astimezone(UTC)).isoformat()
    except (ValueError, OverflowError) as wrong:
        raise Wrong(_("“%(text)s” is no date and time; write e.g. 2024-06-03 15:00.") % {"text": text[:40]}) from wrong


def _choice(field: Field_, text: str, pattern: re.Pattern[str] | None, zone: ZoneInfo) -> str:
    if text in field.choices:
        return text
    for key, choice in field.choices.items():
        if text in (choice.title, choice.en):
            return key
    raise Wrong(_("“%(text)s” is not one of: %(choices)s.") % {"text": text[:40], "choices": listed(map(title, field.choices.values()))})


def _reference(field: Field_, text: str, pattern: re.Pattern[str] | None, zone: ZoneInfo) -> int:
    if not text.isdecimal() or len(text) > 18:
        raise Wrong(_("choose an entry of the list."))
    return int(text)


def _yes_no(raw: Any) -> bool:
    if raw in (True, "true", "on", "yes", "1", 1, "是"):
        return True
    if raw in (False, "false", "off", "no", "0", 0, "否"):
        return False
    raise Wrong(_("yes or no is expected."))


def file_ids(raw: Any) -> list[int]:
    """Return the ids of files as they were sent: one or several, as numbers or as references; each once.

    Raises:
        Wrong: something else, or more than `MAX_FILES`.
    """
    ids: dict[int, None] = {}
    for one in raw if isinstance(raw, list) else [raw]:
        number = str(one.get("id", "") if isinstance(one, dict) else one)
        if isinstance(one, bool) or not (number.isascii() and number.isdigit() and len(number) < 19):
            raise Wrong(_("upload the file first, then name it by its id."))
        ids[int(number)] = None
    if len(ids) > MAX_FILES:
        raise Wrong(_("at most %(n)d files; put several into one document.") % {"n": MAX_FILES})
    return list(ids)


def _are_references(raw: Any) -> bool:
    return isinstance(raw, list) and all(isinstance(one, dict) and one.keys() == {"id", "name", "size", "digest"} for one in raw)


def _rows(field: Field_, raw: Any, zone: ZoneInfo) -> list[dict[str, Any]]:
    if not isinstance(raw, list) or len(raw) > MAX_ROWS:
        raise Wrong(_("a list of at most %(n)d rows is expected.") % {"n": MAX_ROWS})
    result = []
    for number, row in enumerate(raw, start=1):
        if not isinstance(row, dict) or set(row) - set(field.fields):
            raise Wrong(_("row %(n)d has unknown columns.") % {"n": number})
        try:
            result.append(
                {k: clean_value(f, row.get(k), re.compile(f.pattern) if f.pattern else None, zone) for k, f in field.fields.items()}
            )
        except Wrong as wrong:
            raise Wrong(_("row %(n)d: %(why)s") % {"n": number, "why": wrong}) from wrong
    return result


_BY_KIND = {
    "phone": _phone,
    "number": _number,
    "money": _number,
    "date": _date,
    "datetime": _datetime,
    "choice": _choice,
    "person": _reference,
    "unit": _reference,
}
