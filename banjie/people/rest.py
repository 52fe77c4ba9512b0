"""REST of deputies: read, name and end them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Path, Router, Schema
from pydantic import AwareDatetime, StringConstraints

from banjie.kernel.answers import answer
from banjie.kernel.errors import FieldError, InvalidInput
from banjie.people.actor import Actor
from banjie.people.deputies import deputies_of, deputy_for, ending_for, found
from banjie.people.forms import seen
from banjie.people.models import Member
from banjie.people.queries import members_for
from banjie.people.verbs.delegations import DelegationDraft, end_delegation, name_deputy

router = Router(tags=["people"])
Username = Annotated[str, StringConstraints(max_length=60, pattern=r"^[^\x00-\x1f]*$")]
Key = Annotated[int, Field(ge=1, le=2**63 - 1)]


class DelegationIn(Schema):
    """Who signs for whom. Without `member` the caller names his own deputy; without `since` it begins now."""

    deputy: Username
    until: AwareDatetime
    since: AwareDatetime | None = None
    reason: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")] = ""
    member: Username = ""


class DelegationOut(Schema):
    """A deputy of a member from `since` until just before `until`; members by sign-in name."""

    id: int
    member: str
    member_username: str
    deputy: str
    deputy_username: str
    since: datetime
    until: datetime
    reason: str
    is_now: bool


class DelegationsOut(Schema):
    """The caller's deputies, and for whom he is the deputy: now and later."""

    deputies: list[DelegationOut]
    deputy_for: list[DelegationOut]


def _answer(member_id: int, status: int = 200) -> HttpResponse:
    """Answer with a member's deputies and whom he represents."""
    now = timezone.now()
    lists = {"deputies": deputies_of(member_id, now), "deputy_for": deputy_for(member_id, now)}
    return answer({name: [DelegationOut.from_orm(one).model_dump() for one in rows] for name, rows in lists.items()}, status)


@router.get("/delegations", response={200: DelegationsOut}, summary="The caller's deputies, and for whom he is one")
def index(request: HttpRequest) -> HttpResponse:
    """List the delegations of now and later."""
    by: Actor = request.auth  # type: ignore[attr-defined]  # the API's authentication has put it there
    return _answer(by.member_id or 0)


@router.post("/delegations", response={201: DelegationsOut}, summary="Name a deputy")
def create(request: HttpRequest, payload: DelegationIn) -> HttpResponse:
    """Let somebody sign for the caller, or for a member whom the caller manages. 409 when deputies would go round in a circle."""
    by: Actor = request.auth  # type: ignore[attr-defined]  # the API's authentication has put it there
    now = timezone.now()
    deputy, member = found(payload.deputy), _member(by, payload.member, now)
    if deputy is None:
        raise InvalidInput(errors=[FieldError("deputy", _("Nobody who works here has this sign-in name."))])
    draft = DelegationDraft(member, deputy, payload.since or now, payload.until, payload.reason)
    name_deputy(draft, by=by, at=now)
    return _answer(member.pk, 201)


@router.delete("/delegations/{delegation_id}", response={200: DelegationsOut}, summary="End a delegation")
def end(request: HttpRequest, delegation_id: Path[Key]) -> HttpResponse:
    """End a delegation of the caller's, or of a member whom he manages; what the deputy has signed stays signed."""
    by: Actor = request.auth  # type: ignore[attr-defined]  # the API's authentication has put it there
    now = timezone.now()
    it = seen(ending_for(by, now), delegation_id)
    end_delegation(it, by=by, at=now)
    return _answer(it.member_id)


def _member(by: Actor, username: str, now: datetime) -> Member:
    """Return for whom a deputy is named: the caller, or a member whom he manages."""
    if not username:
        return Member.objects.get(pk=by.member_id or 0)
    member = members_for(by, now).filter(username=username.strip().lower()).first()
    if member is None:
        raise InvalidInput(errors=[FieldError("member", _("You manage no member with this sign-in name."))])
    return member
