"""Say in plain words what pydantic found wrong, at its line and column."""

from __future__ import annotations

import difflib
import types
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from django.utils.translation import gettext as _
from pydantic import ValidationError

from banjie.rulebook.language import Book, Part
from banjie.rulebook.source import Path, Problem, Source

_LOWEST = {"greater_than_equal": "ge", "greater_than": "gt"}
_HIGHEST = {"less_than_equal": "le", "less_than": "lt"}


def near(name: str, names: Iterable[str]) -> str:
    """Return a suggestion of the nearest name, or ""."""
    found = difflib.get_close_matches(name[:60], list(names), n=1)
    return _(" Did you mean “%(near)s”?") % {"near": found[0]} if found else ""


def problems(source: Source, wrong: ValidationError) -> tuple[Problem, ...]:
    """Return one problem for each wrong place, in the order of the text.

    A value that may have several forms gives an error for each; the one that looked deepest knows best.
    """
    found: dict[Path, str] = {}
    for error in wrong.errors(include_url=False):
        path = _place(source, error["loc"])
        if path not in found:
            found[path] = _message(error, path)
        elif error["type"].startswith("int") or error["type"] in {*_LOWEST, *_HIGHEST}:
            found[path] += _(" A whole number may stand here too, at least 1.")
    deepest = {path: text for path, text in found.items() if not any(other[: len(path)] == path and other != path for other in found)}
    return tuple(sorted((source.problem(path, text) for path, text in deepest.items()), key=lambda p: (p.line, p.column)))


def _place(source: Source, loc: tuple[int | str, ...]) -> Path:
    path: Path = ()
    for part in loc:
        if (*path, part) in source.marks:
            path = (*path, part)
    return path


def _message(error: Any, path: Path) -> str:
    kind, ctx, last = error["type"], error.get("ctx") or {}, error["loc"][-1]
    given = str(error.get("input"))[:60]
    if kind == "missing":
        return _("“%(key)s” is missing here.") % {"key": last}
    if kind == "extra_forbidden":
        keys = keys_at(path[:-1])
        return _("The key “%(key)s” is not known here.%(hint)s Known: %(choices)s.") % {
            "key": last,
            "hint": near(str(last), keys),
            "choices": ", ".join(keys),
        }
    if kind == "literal_error":
        allowed = [word.strip(" '") for word in str(ctx.get("expected", "")).replace(" or ", ", ").split(",")]
        named = [word for word in allowed if word]
        return _("“%(given)s” is not allowed.%(hint)s Allowed: %(allowed)s.") % {
            "given": given,
            "hint": near(given, named),
            "allowed": ", ".join(named),
        }
    if kind == "string_pattern_mismatch":
        return _("“%(given)s” has the wrong form. %(advice)s") % {"given": given, "advice": _form(str(ctx.get("pattern")))}
    if kind == "string_too_long":
        return _("This is longer than %(n)d characters.") % {"n": ctx.get("max_length", 0)}
    if kind in _LOWEST or kind in _HIGHEST:
        number = ctx.get(_LOWEST.get(kind) or _HIGHEST[kind])
        return _("At least %(n)s.") % {"n": number} if kind in _LOWEST else _("At most %(n)s.") % {"n": number}
    return _expected(kind, given)


def _expected(kind: str, given: str) -> str:
    if kind in {"dict_type", "model_type", "model_attributes_type"}:
        return _("Keys and values are expected here, e.g. “title: …”.")
    if kind == "list_type":
        return _("A list is expected here, e.g. [a, b].")
    if kind in {"too_short", "string_too_short"}:
        return _("This must not be empty.")
    if kind.startswith("string"):
        return _("A text is expected here, not “%(given)s”. Put it in quotes if it is one.") % {"given": given}
    if kind.startswith("int"):
        return _("A whole number is expected here, not “%(given)s”.") % {"given": given}
    if kind.startswith("bool"):
        return _("true or false is expected here, not “%(given)s”.") % {"given": given}
    return _("“%(given)s” is not right here.") % {"given": given}


def _form(pattern: str) -> str:
    return {
        "^[a-z][a-z0-9_]{0,39}$": _("A name is made of small letters a-z, digits and _, begins with a letter, and has at most 40."),
        "^[a-z][a-z0-9-]{1,59}$": _("Write small letters a-z, digits and hyphens, beginning with a letter."),
        "^[A-Z]{1,4}$": _("Write one to four capital letters."),
        r"^(all|100%|[1-9]?\d(\.\d+)?%)$": _("Write all, or a share such as 10%%.") % {},
        r"^(<=|>=|<|>) ?\d+(\.\d+)?%$": _("Write a comparison in quotes, such as '>= 98%%'.") % {},
    }.get(pattern, _("It must match %(pattern)s.") % {"pattern": pattern})


def keys_at(path: Path) -> list[str]:
    """Return the keys that the language knows at a place, e.g. for ("types", "fault")."""
    here: Any = Book
    for part in path:
        here = _step(here, part)
    model = _model(here)
    return [] if model is None else [field.alias or name for name, field in model.model_fields.items()]


@dataclass(frozen=True, slots=True)
class Known:
    """What the language knows at a place: of which part it is, its keys, those that must be there, the words that may stand there."""

    part: str = ""
    keys: tuple[str, ...] = ()
    needed: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()
    is_list: bool = False


def known_at(path: Path) -> Known:
    """Return what may stand at a place, e.g. at ("types", "fault") or at ("types", "fault", "rank")."""
    here: Any = Book
    for part in path:
        here = _step(here, part)
    model, forms = _model(here), _forms(here)
    words = [str(word) for form in forms if get_origin(form) is Literal for word in get_args(form) if word != ""]
    if bool in forms:
        words += ["true", "false"]
    if model is None:
        return Known(words=tuple(words), is_list=any(get_origin(form) is list for form in forms))
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    return Known(model.__name__, tuple(fields), frozenset(key for key, field in fields.items() if field.is_required()), tuple(words))


def _step(here: Any, part: str | int) -> Any:
    model = _model(here)
    if model is not None and isinstance(part, str):
        return next((f.annotation for name, f in model.model_fields.items() if (f.alias or name) == part), None)
    inner = [arg for form in _forms(here) if get_origin(form) in {dict, list} for arg in get_args(form)[-1:]]
    return inner[0] if inner else None


def _model(here: Any) -> type[Part] | None:
    return next((form for form in _forms(here) if isinstance(form, type) and issubclass(form, Part)), None)


def _forms(here: Any) -> list[Any]:
    """Return the alternatives of an annotation: of `A | None` A and None."""
    if get_origin(here) is Annotated:
        return _forms(get_args(here)[0])
    if get_origin(here) in {Union, types.UnionType}:
        return [form for arg in get_args(here) for form in _forms(arg)]
    return [here]
