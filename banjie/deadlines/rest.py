"""REST of what units register: read how they stand, and register one."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Field, Query, Router, Schema
from pydantic import StringConstraints

from banjie.deadlines.registration import register_unit
from banjie.deadlines.registrations import MOST_UNITS, Readiness, Standing, asking_programs, standings, units_for
from banjie.kernel.answers import answer
from banjie.kernel.errors import Unseen
from banjie.people.actor import Actor
from banjie.rulebook.program import Program

router = Router(tags=["registrations"])
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,59}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Code = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[^\x00-\x1f]+$")]
Words = Annotated[str, StringConstraints(max_length=2000, pattern=r"^[^\x00]*$")]
Texts = Annotated[dict[Name, Words], Field(max_length=50)]


class ListIn(Schema):
    """Which regulation, which units, and which part of the list."""

    rulebook: Slug
    state: Readiness | None = None
    skip: Annotated[int, Field(ge=0, le=MOST_UNITS)] = 0
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class RegistrationIn(Schema):
    """What a unit registers: limits as "8 working hours", texts by their names in the rulebook."""

    rulebook: Slug
    unit: Code
    limits: Texts = Field(default_factory=dict)
    texts: Texts = Field(default_factory=dict)


class UnitOut(Schema):
    """How a unit stands. `source` is the code of the unit whose registration counts, "" where there is none."""

    unit: str
    name: str
    state: Readiness
    missing: list[str]
    specialists: list[str]
    limits: dict[str, str]
    texts: dict[str, str]
    source: str
    registered_at: datetime | None
    registered_by: str


class UnitsOut(Schema):
    """A page of units, top down, and whether there are more."""

    units: list[UnitOut]
    more: bool


@router.get("/registrations", response={200: UnitsOut}, summary="What units have registered for a regulation, and what they lack")
def index(request: HttpRequest, asked: Query[ListIn]) -> HttpResponse:
    """List the units that the caller may see. 404 when no active regulation of this name asks units to register."""
    by: Actor = request.auth  # type: ignore[attr-defined]  # the API's authentication has put it there
    found = standings(_asking(asked.rulebook), list(units_for(by)[:MOST_UNITS]), timezone.now())
    found = [one for one in found if asked.state in (None, one.state)]
    page = found[asked.skip : asked.skip + asked.limit]
    return answer({"units": [_out(one) for one in page], "more": len(found) > asked.skip + asked.limit})


@router.post("/registrations", response={201: UnitOut}, summary="Register a unit")
def create(request: HttpRequest, payload: RegistrationIn) -> HttpResponse:
    """Register a unit's limits and texts by a role that the regulation names. They count for tickets sent from now on."""
    by: Actor = request.auth  # type: ignore[attr-defined]  # the API's authentication has put it there
    program, unit, now = _asking(payload.rulebook), units_for(by).filter(code=payload.unit).first(), timezone.now()
    if unit is None:
        raise Unseen
    register_unit(program, unit, payload.limits, payload.texts, by=by, at=now)
    return answer(_out(standings(program, [unit], now)[0]), 201)


def _asking(slug: str) -> Program:
    found = next((program for program in asking_programs() if program.slug == slug), None)
    if found is None:
        raise Unseen
    return found


def _out(one: Standing) -> dict[str, object]:
    return UnitOut(
        unit=one.unit.code,
        name=one.unit.name,
        state=one.state,
        missing=list(one.missing),
        specialists=list(one.specialists),
        limits=dict(one.limits),
        texts=dict(one.texts),
        source=one.source.code if one.source else "",
        registered_at=one.at,
        registered_by=one.by,
    ).model_dump()
