"""Say in plain words what pydantic found wrong, at its line and column."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from banjie.rulebook.source import Path, Problem, Source


def _message(error: Any) -> str:
    kind, ctx = error["type"], error.get("ctx") or {}
    given = error.get("input")
    if kind == "missing":
        return _("“%(key)s” is missing here.") % {"key": error["loc"][-1]}
    if kind == "extra_forbidden":
        return _("The key “%(key)s” is not known here. Remove it, or check its spelling.") % {"key": error["loc"][-1]}
    if kind == "literal_error":
        return _("“%(given)s” is not allowed. Allowed: %(allowed)s.") % {
            "given": given,
            "allowed": str(ctx.get("expected", "")).replace(" or ", ", "),
        }
    if kind == "string_pattern_mismatch":
        return _("“%(given)s” has the wrong form; it must match %(pattern)s.") % {"given": given, "pattern": ctx.get("pattern")}
    if kind in ("dict_type", "model_type", "model_attributes_type"):
        return _("Keys and values are expected here, e.g. “title: …”.")
    if kind == "list_type":
        return _("A list is expected here, e.g. [a, b].")
    if kind in ("string_type", "int_type", "int_parsing", "bool_type", "bool_parsing"):
        return _("“%(given)s” is not of the right kind here (%(why)s).") % {"given": given, "why": error["msg"]}
    if kind in ("too_short", "string_too_short"):
        return _("This must not be empty.")
    return str(error["msg"])


def problem(source: Source, error: Any) -> Problem:
    """Return the problem for one pydantic error; union branches in its location are skipped."""
    path: Path = ()
    for part in error["loc"]:
        if (*path, part) in source.marks:
            path = (*path, part)
    return source.problem(path, _message(error))
