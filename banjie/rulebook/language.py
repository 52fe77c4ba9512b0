"""The rulebook language: typed models of everything that a regulation can say.

`docs/rulebook.md` explains each keyword with an example; the JSON Schema for editors is exported from here. Names that
one part gives to another (states, fields, roles ...) are checked in `check.py`, because that needs the whole book.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticKnownError

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,59}$")]
Title = Annotated[str, StringConstraints(min_length=1, max_length=120)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
Expression = Annotated[str, StringConstraints(min_length=1, max_length=500)]


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Names = Annotated[list[Name], BeforeValidator(_listed)]
Clauses = Annotated[list[str], BeforeValidator(_listed)]
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
    """A role of the regulation. `en` is its English name. `own` roles see only what is assigned to the person."""

    sees: Literal["unit", "own"] = "unit"


class Choice(Titled):
    """One of the choices of a field, written as its title alone, or with its English name."""


def _choice(value: Any) -> Any:
    if isinstance(value, str | dict | Choice):
        return {"title": value} if isinstance(value, str) else value
    raise PydanticKnownError("string_type")


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


class Limit(Titled):
    """A named time limit, one value or one per value of `per` (`type`, `unit`, or a choice field)."""

    clause: Clauses = []
    per: Name | None = None
    values: Span | dict[str, Span] = "unset"
    otherwise: Span | None = None


class TypeOfTicket(Titled):
    """A class of tickets: its process, the state in which it begins, its letter in the number, its rank in queues."""

    process: Name
    start: Name
    letter: Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,4}$")] = "T"
    clause: Clauses = []
    rank: Annotated[int, Field(ge=0, le=9)] = 5
    asks: Names = []
    group: str = ""
    repeat: Repeat | None = None


class Repeat(Part):
    """When an earlier ticket counts as the same problem: same `key`, opened within `within`, of the same type."""

    key: Literal["customer", "asset", "phone"] = "customer"
    within: Span
    types: Names = []
    clause: Clauses = []


class State(Part):
    """A state in the regulation's own word, inside one of the fixed stages. `tell` are told when a ticket enters it."""

    title: Title
    stage: Stage
    en: str = ""
    colour: Literal["", "grey", "blue", "amber", "green", "red", "purple"] = ""
    clause: Clauses = []
    tell: Names = []


class Match(Part):
    """How dispatch finds the person: `direct` from the asset, else `relay` to holders of a role in the region's unit."""

    direct: Literal["asset.engineer"] | None = None
    relay: Name | None = None
    role: Name | None = None


class Attempts(Part):
    """How often an unreachable customer is tried before `then`, and how far apart."""

    at_most: Annotated[int, Field(ge=1, le=20)] = 3
    apart: Span = "30m"


class Action(Part):
    """What people may do: one verb, who, from which states, with which fields, to which state.

    `to` is a state, or one state per outcome of the verb; without it the ticket stays where it is. With `decided_by`, a
    choice field that the action needs, its value is the outcome. `prints` names the sheet that the action lets print.
    """

    title: Title
    verb: Name
    en: str = ""
    by: Names
    from_: Annotated[
        list[Name] | Literal["any", "open"], BeforeValidator(lambda v: _listed(v) if v not in ("any", "open") else v), Field(alias="from")
    ] = "open"
    to: Name | dict[Name, Name] | None = None
    needs: Names = []
    needs_one_of: list[Names] = []
    asks: Names = []
    when: Expression | None = None
    clause: Clauses = []
    match: Match | None = None
    attempts: Attempts | None = None
    signoff: Name | None = None
    opens: Name | None = None
    decided_by: Name | None = None
    prints: str = ""
    hint: str = ""
    style: Literal["", "primary", "danger"] = ""


class Escalation(Part):
    """One rung after a breach: `after` the due time tell `notify`, or `do` an action."""

    after: Span | None = None
    notify: Names = []
    do: Name | None = None


class Deadline(Titled):
    """A clock: starts on entering a state or doing an action, stops likewise, and its limit.

    One of `within` (a duration, a named limit, or "unset"), `by` (a time of day, "end of day") or `due` (a date field
    with an offset, "appointment_at - 30m").
    """

    clause: Clauses
    from_: Annotated[Names, Field(alias="from")]
    until: Names
    within: Span | None = None
    by: Span | None = None
    due: Span | None = None
    when: Expression | None = None
    calendar: Slug | None = None
    warn: (
        Annotated[
            int,
            Field(ge=1, le=99),
            BeforeValidator(lambda v: int(v[:-1]) if isinstance(v, str) and v.endswith("%") and v[:-1].isdigit() else v),
        ]
        | None
    ) = None
    pause_in: Names = []
    owner: Literal["assignee", "unit", "opener"] = "assignee"
    on_warn: Names = []
    on_breach: list[Escalation] = []


class Timer(Part):
    """An action that the system does by itself when a ticket has been in a state for so long."""

    in_: Annotated[Names, Field(alias="in")]
    after: Span
    do: Name
    clause: Clauses = []


class SignoffStep(Part):
    """One step of a sign-off: who signs, and whether all, any, or a number of them must."""

    by: Names
    need: Literal["all", "any"] | int = "any"
    title: str = ""


class Signoff(Part):
    """Ordered signatures; each step opens when the one before is through."""

    title: Title
    clause: Clauses = []
    steps: list[SignoffStep]
    choose: Name | None = None
    when: Expression | None = None


class Process(Titled):
    """States, actions, clocks of one way of working."""

    states: dict[Name, State]
    actions: dict[Name, Action]
    deadlines: dict[Name, Deadline] = {}
    timers: dict[Name, Timer] = {}
    signoffs: dict[Name, Signoff] = {}


class Over(Part):
    """The tickets that a duty is about: those in `states`, or those that entered them in the period before."""

    states: Names
    entered: Literal["yesterday", "last_week", "last_month", ""] = ""
    types: Names = []
    older_than: Span | None = None


class Duty(Part):
    """Something owed every period over a set of tickets: a sample or all of them.

    With `opens` it is owed once per period, apart from any ticket: one of that type is opened and must end in time.
    """

    title: Title
    clause: Clauses
    over: Over = Over(states=[])
    do: Names = []
    by: Names
    en: str = ""
    every: Literal["day", "working_day", "week", "month", "quarter", "half_year", "year", "unset"] = "day"
    take: Annotated[str, StringConstraints(pattern=r"^(all|100%|[1-9]?\d(\.\d+)?%)$")] = "all"
    at_least: Annotated[int, Field(ge=0, le=1000)] = 1
    opens: Name | None = None
    until: Span = "end of day"
    on_breach: list[Escalation] = []


class Penalty(Part):
    """Points deducted for a rate that misses its target: once, or for `each` share begun, never more than `at_most`."""

    points: Annotated[float, Field(gt=0, le=1000)]
    each: Annotated[str, StringConstraints(pattern=r"^(0\.([1-9]\d?|0[1-9])|[1-9]\d?(\.\d{1,2})?)%$")] | None = None
    at_most: Annotated[float, Field(gt=0, le=10_000)] | None = None


class Indicator(Part):
    """A rate of the regulation: of a deadline, a duty, or of outcomes of an action. `target` is like ">= 98%"."""

    title: Title
    of: IndicatorOf
    en: str = ""
    clause: Clauses = []
    target: Annotated[str, StringConstraints(pattern=r"^(<=|>=|<|>) ?\d+(\.\d+)?%$")] | None = None
    penalty: Penalty | None = None


class IndicatorOf(Part):
    """What an indicator counts."""

    deadline: Name | None = None
    duty: Name | None = None
    action: Name | None = None
    outcome: Name | None = None


class Ledger(Part):
    """A register of tickets as a table: which types, which columns."""

    title: Title
    types: Names
    columns: Names
    clause: Clauses = []


class Book(Part):
    """A whole rulebook."""

    rulebook: Slug
    title: Title
    en: str = ""
    calendar: Slug
    purpose: str = ""
    source: str = ""
    effective: str = ""
    approver: Name | None = None
    clauses: Annotated[dict[str, Text], Field(min_length=1)]
    roles: dict[Name, Role]
    fields: dict[Name, Field_] = {}
    limits: dict[Name, Limit] = {}
    types: Annotated[dict[Name, TypeOfTicket], Field(min_length=1)]
    processes: Annotated[dict[Name, Process], Field(min_length=1, validation_alias=AliasChoices("processes"))]
    duties: dict[Name, Duty] = {}
    indicators: dict[Name, Indicator] = {}
    ledgers: dict[Name, Ledger] = {}


TypeOfTicket.model_rebuild()
Indicator.model_rebuild()


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a rulebook, for editors."""
    return Book.model_json_schema(by_alias=True)
