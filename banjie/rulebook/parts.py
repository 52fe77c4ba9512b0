"""The small parts of the rulebook language: names, texts, titles, roles and fields."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticKnownError

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,59}$")]
Title = Annotated[str, StringConstraints(min_length=1, max_length=120)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
Expression = Annotated[str, StringConstraints(min_length=1, max_length=500)]


def listed(value: Any) -> Any:
    """Return a single name as a list of one."""
    return [value] if isinstance(value, str) else value


Names = Annotated[list[Name], BeforeValidator(listed)]
Clauses = Annotated[list[str], BeforeValidator(listed)]
TypeReference = Annotated[str, StringConstraints(pattern=r"^([a-z][a-z0-9-]{1,59}/)?[a-z][a-z0-9_]{0,39}$")]
Span = Annotated[str, StringConstraints(min_length=1, max_length=40)]

STAGES = ("intake", "approval", "dispatch", "handling", "verification", "closing", "archive")
Stage = Literal["intake", "approval", "dispatch", "handling", "verification", "closing", "archive"]
# Who may act or be told, besides roles: people by their relation to the ticket.
RELATIONS = ("assignee", "responsible", "opener")


class Part(BaseModel):
    """Base of all parts: unknown keys are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Titled(Part):
    """A part with a title in the regulation's words; `en` is its English name."""

    title: Title
    en: str = ""


class Role(Titled):
    """A role of the regulation. `en` is its English name. `own` roles see only what is assigned to the person.

    `certificate` is a course: without having passed it nobody is appointed to the role, is sent a ticket, or acts in it.
    """

    sees: Literal["unit", "own"] = "unit"
    certificate: Name | None = None


class Choice(Titled):
    """One of the choices of a field, written as its title alone, or with its English name."""


def _choice(value: Any) -> Any:
    if isinstance(value, str | dict | Choice):
        return {"title": value} if isinstance(value, str) else value
    raise PydanticKnownError("string_type")


class Must(Part):
    """What must hold of the entries, and the sentence that refuses them otherwise; `en` is that sentence in English."""

    that: Expression
    say: Title
    en: str = ""


class Field_(Titled):  # noqa: N801  pydantic's Field is used in this very file
    """One thing that a form asks. `as` ties it to a column that every ticket has."""

    kind: Literal[
        "text", "long_text", "number", "money", "date", "datetime", "choice", "yes_no", "phone", "person", "unit", "file", "rows"
    ] = "text"
    choices: dict[Name, Annotated[Choice, BeforeValidator(_choice, json_schema_input_type=Title | Choice)]] = {}
    pattern: Annotated[str, StringConstraints(max_length=120)] = ""
    hint: str = ""
    max: int | None = None
    min: int | None = None
    unit: str = ""
    as_: Annotated[Literal["contact", "phone", "address", "summary", "priority", "source", "level", ""], Field(alias="as")] = ""
    asset_key: bool = False
    show_if: Expression | None = None
    need_if: Expression | None = None
    value: Expression | None = None
    fields: dict[Name, Field_] = {}
    role: Name | None = None
