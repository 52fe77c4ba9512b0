"""What an action may say of itself: whom it finds, how often it is tried, what is told when it happens again."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from banjie.rulebook.parts import Clauses, Name, Names, Part, Span


class Match(Part):
    """How dispatch finds the person: `direct` from the asset, else `relay` to holders of a role in the region's unit.

    With `anywhere` it may go to every unit of the organisation, also outside those of the dispatcher's post.
    """

    direct: Literal["asset.engineer"] | None = None
    relay: Name | None = None
    role: Name | None = None
    anywhere: bool = False


class Attempts(Part):
    """How often an unreachable customer is tried before `then`, and how far apart."""

    at_most: Annotated[int, Field(ge=1, le=20)] = 3
    apart: Span = "30m"


class Extension(Part):
    """More time on a running deadline: until the date-time field `to`, at most so long after the first due time, so many times."""

    deadline: Name
    to: Name
    at_most: Span
    times: Annotated[int, Field(ge=1, le=10)] = 1


class Repeated(Part):
    """Whom to tell when an action was done `times` times on a ticket, and each time after that."""

    times: Annotated[int, Field(ge=2, le=100)]
    notify: Names
    outcome: Name | None = None
    clause: Clauses = []
