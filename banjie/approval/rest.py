"""REST of sign-offs: what waits for the caller, and how far a ticket's sign-offs are. To sign is an action of the ticket."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from ninja import Field, Path, Query, Router, Schema
from pydantic import StringConstraints

from banjie.approval.inbox import MOST_SHOWN, waiting_for
from banjie.approval.shown import signoffs_of
from banjie.approval.signed import signatures_of
from banjie.kernel.answers import answer
from banjie.people.actor import Actor
from banjie.rulebook.queries import program_of
from banjie.tickets.detail import detail

router = Router(tags=["approvals"])
Number = Annotated[str, StringConstraints(max_length=32, pattern=r"^[A-Za-z0-9-]+$")]


class ListIn(Schema):
    """Which part of the list."""

    cursor: Annotated[str, StringConstraints(max_length=200)] = ""
    limit: Annotated[int, Field(ge=1, le=MOST_SHOWN)] = 50


class WaitingOut(Schema):
    """A ticket that waits for the caller's signature. `behalf`: for whom he would sign; `handed_by`: who handed it to him."""

    number: str
    type: str
    summary: str
    applicant: str
    unit: str
    step: str
    missing: int
    waiting_since: datetime
    due_at: datetime | None
    behalf: str
    handed_by: str


class WaitingsOut(Schema):
    """A page, and the cursor of the next one. A page may be short, even empty, and still have a next one."""

    approvals: list[WaitingOut]
    next: str


class MarkOut(Schema):
    """A signature that counts. `behalf` is for whom it was given; `earlier` tells that it was given at an earlier step."""

    name: str
    behalf: str
    at: datetime
    opinion: str
    earlier: bool


class AskedOut(Schema):
    """Somebody who may sign now, his deputies of this moment, who handed it to him, and for which post where each of several must sign."""

    name: str
    deputies: list[str]
    handed_by: str
    role: str


class StepOut(Schema):
    """A step: done, now or later; `missing` is how many signatures it lacks at least."""

    place: int
    title: str
    roles: list[str]
    need: str
    state: str
    missing: int
    signed: list[MarkOut]
    asked: list[AskedOut]


class HandedOut(Schema):
    """A signature that was handed over."""

    by: str
    to: str
    role: str
    at: datetime
    reason: str


class SignoffOut(Schema):
    """A sign-off that the ticket waits for. `void` no longer counts, because the ticket was changed after it was signed."""

    name: str
    title: str
    clause: str
    mine: bool
    behalf: str
    steps: list[StepOut]
    void: list[MarkOut]
    handovers: list[HandedOut]


class SignatureOut(Schema):
    """A signature of any round."""

    by: str
    behalf: str
    decision: str
    decision_title: str
    opinion: str
    at: datetime


class SignaturesOut(Schema):
    """The sign-offs that a ticket waits for now, none when it waits for no signature; and all signatures, the first one first."""

    signoffs: list[SignoffOut]
    signatures: list[SignatureOut]


def _language() -> str:
    return get_language() or "zh-hans"


@router.get("/approvals", response={200: WaitingsOut}, summary="What waits for the caller's signature")
def index(request: HttpRequest, asked: Query[ListIn]) -> HttpResponse:
    """List the tickets that wait for the caller now, as signer, as deputy or because it was handed to him; the longest waiting first."""
    by: Actor = request.auth  # type: ignore[attr-defined]  # the API's authentication has put it there
    page = waiting_for(by, _language(), timezone.now(), cursor=asked.cursor, limit=asked.limit)
    rows = [{name: getattr(row, name) for name in WaitingOut.model_fields} for row in page.rows]
    return answer({"approvals": rows, "next": page.next})


@router.get("/tickets/{number}/signatures", response={200: SignaturesOut}, summary="How far a ticket's sign-offs are")
def signatures(request: HttpRequest, number: Path[Number]) -> HttpResponse:
    """Return the steps, who signed, who is asked now, and the signatures of all rounds. To sign, do the ticket's action."""
    by: Actor = request.auth  # type: ignore[attr-defined]  # the API's authentication has put it there
    ticket = detail(by, number).ticket
    program = program_of(ticket.rulebook_version_id)
    shown = signoffs_of(program, ticket, by, _language(), timezone.now())
    signed = signatures_of(ticket.id, program, _language())
    return answer(
        {
            "signoffs": [SignoffOut.from_orm(one).model_dump() for one in shown],
            "signatures": [SignatureOut.from_orm(one).model_dump() for one in signed],
        }
    )
