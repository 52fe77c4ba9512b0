"""The OpenAPI description: what every operation may answer besides its result is the same everywhere, so it is said once."""

from __future__ import annotations

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

PROBLEMS = {
    400: "The request cannot be read, e.g. it is no JSON.",
    401: "The token is missing, unknown, revoked or expired.",
    403: "The caller's posts, or the token's scope, do not allow this.",
    404: "Nothing is here, or it is not the caller's to see; both look the same.",
    409: "Not possible now: somebody was faster, or the regulation refuses in this state.",
    413: "The request is larger than 1 MiB.",
    422: "Entries are missing or wrong; `errors` names each.",
}
_ERROR = {"type": "object", "properties": {"field": {"type": "string"}, "message": {"type": "string"}}, "required": ["field", "message"]}
_PROBLEM = {
    "title": "Problem",
    "description": "RFC 9457, with the clause of the regulation that refuses.",
    "type": "object",
    "properties": {
        **{name: {"type": "string"} for name in ("type", "title", "code", "detail", "clause")},
        "status": {"type": "integer"},
        "errors": {"type": "array", "items": _ERROR},
    },
    "required": ["type", "title", "status", "code", "detail", "clause", "errors"],
}


class Documented(NinjaAPI):
    """An API whose every operation also documents the problems that it may answer with."""

    def get_openapi_schema(self, **about: Any) -> OpenAPISchema:
        """Return the description with the problems added."""
        schema = super().get_openapi_schema(**about)
        schema.setdefault("components", {}).setdefault("schemas", {})["Problem"] = _PROBLEM
        content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        for operations in schema["paths"].values():
            for operation in operations.values():
                told = {status: {"description": text, "content": content} for status, text in PROBLEMS.items()}
                operation["responses"] = told | operation["responses"]
        return schema
