"""What every REST router shares: quick JSON answers, problem+json, and how a cursor list looks."""

from __future__ import annotations

from dataclasses import asdict, is_dataclass
from typing import Any

import orjson
from django.http import HttpResponse

from banjie.kernel.errors import Refused


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return str(value)


def answer(value: Any, status: int = 200) -> HttpResponse:
    """Return a JSON response. Times are ISO 8601 in UTC."""
    return HttpResponse(
        orjson.dumps(value, default=_plain, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS),
        content_type="application/json",
        status=status,
    )


def problem(status: int, code: str, detail: str, *, clause: str = "", errors: Any = ()) -> HttpResponse:
    """Return an RFC 9457 problem; `clause` is the clause of the regulation that refuses."""
    body = {
        "type": f"urn:banjie:problem:{code}",
        "title": code,
        "status": status,
        "code": code,
        "detail": detail,
        "clause": clause,
        "errors": list(errors),
    }
    response = HttpResponse(orjson.dumps(body), content_type="application/problem+json", status=status)
    response["Cache-Control"] = "no-store"
    return response


def refusal(refused: Refused) -> HttpResponse:
    """Return the problem that tells of an expected failure."""
    errors = [{"field": e.field, "message": str(e.message)} for e in refused.errors]
    return problem(refused.status, refused.code, refused.message, clause=refused.clause, errors=errors)
