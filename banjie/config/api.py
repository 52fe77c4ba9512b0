"""The REST API: one NinjaAPI with every room's router, bearer tokens, and problem+json for every failure."""

from __future__ import annotations

from typing import Any

import orjson
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser
from ninja.security import HttpBearer

from banjie.approval.rest import router as approvals
from banjie.config.openapi import Documented
from banjie.customers.rest import router as customers
from banjie.deadlines.rest import router as registrations
from banjie.insight.rest import router as insight
from banjie.kernel.answers import problem, refusal
from banjie.kernel.errors import Refused
from banjie.kernel.outage import RETRY_AFTER, is_outage
from banjie.people.access import actor_of_token, digest_of
from banjie.people.actor import Actor
from banjie.people.rest import router as people
from banjie.people.rest_certificates import router as certificates
from banjie.tickets.rest import router as tickets
from banjie.tickets.rest_links import router as links
from banjie.tickets.rest_uploads import router as uploads

MAX_TOKEN = 200


class Bearer(HttpBearer):
    """A token of a member; its scope narrows what the member's posts allow."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        if len(token) > MAX_TOKEN or not token.isascii():
            return None
        return actor_of_token(digest_of(token), timezone.now())


class OrjsonParser(Parser):
    """Strict JSON: no lone surrogates, no NaN, no duplicated surprises of the standard library."""

    def parse_body(self, request: HttpRequest) -> Any:
        return orjson.loads(request.body)


api = Documented(
    title="Banjie",
    version="1",
    description="Open, list and work tickets under the rulebooks of the organisation.",
    auth=Bearer(),
    parser=OrjsonParser(),
    docs_url=None,
    urls_namespace="api",
)
for router in (tickets, uploads, links, approvals, customers, people, certificates, registrations, insight):
    api.add_router("", router)


@api.exception_handler(Refused)
def _refused(request: HttpRequest, refused: Refused) -> HttpResponse:
    return refusal(refused)


@api.exception_handler(AuthenticationError)
def _unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    response = problem(401, "unauthorised", _("Send a valid token: “Authorization: Bearer …”."))
    response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(ValidationError)
def _ill_formed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [{"field": ".".join(str(part) for part in e["loc"]), "message": str(e["msg"])} for e in error.errors[:50]]
    return problem(422, "invalid-input", _("The request has the wrong shape."), errors=errors)


@api.exception_handler(Http404)
def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(404, "not-found", _("Nothing is here, or it is not yours to see."))


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(error.status_code, "bad-request", str(error.message))


@api.exception_handler(RequestDataTooBig)
def _too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return problem(413, "too-large", _("The request is larger than 1 MiB."))


@api.exception_handler(DatabaseError)
def _no_database(request: HttpRequest, error: DatabaseError) -> HttpResponse:
    if not is_outage(error):
        raise error
    response = problem(503, "unavailable", _("The system is not available for a moment. Send the same again in some seconds."))
    response["Retry-After"] = RETRY_AFTER
    return response
