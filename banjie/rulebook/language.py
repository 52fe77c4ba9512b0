"""The rulebook language: typed models of everything that a regulation can say.

`docs/rulebook.md` explains each keyword with an example; the JSON Schema for editors is exported from here. Names that
one part gives to another (states, fields, roles ...) are checked in `check.py`, because that needs the whole book.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BeforeValidator, Field, StringConstraints

from banjie.rulebook.doing import Attempts, Extension, Match, Repeated
from banjie.rulebook.keeping import Ledger
from banjie.rulebook.parts import (
    RELATIONS,
    STAGES,
    Choice,
    Clauses,
    Expression,
    Field_,
    Must,
    Name,
    Names,
    Part,
    Role,
    Slug,
    Span,
    Stage,
    Text,
    Title,
    Titled,
    TypeReference,
    listed,
)
from banjie.rulebook.readiness import Course, Registration

__all__ = ["RELATIONS", "STAGES", "Choice", "Field_", "Part", "Role", "Stage", "Titled"]


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


class Action(Part):
    """What people may do: one verb, who, from which states, with which fields, to which state.

    `to` is a state, or one state per outcome of the verb; without it the ticket stays where it is. With `decided_by`, a
    choice field that the action needs, its value is the outcome. `must` hold of what is entered. `tell` are told when it is
    done, `repeated` when it is done once more; with `sms` whoever is told gets a text message, too. Holders of the roles `copies`
    get a copy and read the ticket from then on.
    `opens` opens a ticket of another type below this one: `type` of this book, or `book/type`. With `children` the action
    waits for tickets below: a type, and the state in which one of them must be. `prints` names the sheet that the action
    lets print.
    """

    title: Title
    verb: Name
    en: str = ""
    by: Names
    from_: Annotated[
        list[Name] | Literal["any", "open"], BeforeValidator(lambda v: listed(v) if v not in ("any", "open") else v), Field(alias="from")
    ] = "open"
    to: Name | dict[Name, Name] | None = None
    needs: Names = []
    needs_one_of: list[Names] = []
    asks: Names = []
    when: Expression | None = None
    must: list[Must] = []
    clause: Clauses = []
    match: Match | None = None
    attempts: Attempts | None = None
    signoff: Name | None = None
    tell: Names = []
    sms: bool = False
    copies: Names = []
    repeated: Repeated | None = None
    opens: TypeReference | None = None
    children: dict[TypeReference, Name] = {}
    extends: Extension | None = None
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
    """One step of a sign-off. `by` are roles that sign in parallel.

    `need` says how many: `any` one person of any of the roles; `all` one for each role; `everyone` each person who
    holds one of them; a number, so many different people. With `when` the step is left out where the condition fails.
    """

    by: Annotated[Names, Field(min_length=1)]
    need: Literal["all", "any", "everyone"] | Annotated[int, Field(ge=1, le=50)] = "any"
    title: str = ""
    en: str = ""
    when: Expression | None = None


class Signoff(Part):
    """Ordered signatures; each step opens when the one before is through. One return ends the round, whoever signed before.

    With `choose`, a field of kind rows, the last signer picks one of its rows (`chosen`) and writes an `instruction`.
    Who signed one step is not asked at a later one; with `again` he is.
    """

    title: Title
    en: str = ""
    clause: Clauses = []
    steps: Annotated[list[SignoffStep], Field(min_length=1, max_length=20)]
    choose: Name | None = None
    again: bool = False


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

    With `opens` it is owed once per period, apart from any ticket: one of that type is opened and must end in time, for the
    whole organisation or, with `each: unit`, for every unit in which somebody holds one of the roles in `by`.
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
    each: Literal["", "unit"] = ""
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
    courses: dict[Name, Course] = {}
    registration: Registration | None = None
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
