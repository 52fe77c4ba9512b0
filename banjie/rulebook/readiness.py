"""What a regulation asks for before people and units may work by it: courses, and what units register."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from banjie.rulebook.parts import Clauses, Name, Names, Part, Titled


class Course(Titled):
    """A training with an examination: who examines, the mark to pass (of 100), and how many days a certificate is valid."""

    clause: Clauses = []
    by: Name
    pass_mark: Annotated[int, Field(ge=1, le=100)] = 60
    valid_days: Annotated[int, Field(ge=1, le=36_500)] | None = None


class Registration(Part):
    """What a unit must have before tickets are sent to it: a holder of `role`, its own `limits` (with `per: unit`), its `texts`.

    `by` are the roles that register it.
    """

    clause: Clauses = []
    by: Annotated[Names, Field(min_length=1)]
    role: Name | None = None
    limits: Names = []
    texts: dict[Name, Titled] = {}
