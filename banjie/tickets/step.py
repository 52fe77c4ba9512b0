"""`Step`: one change in the making. A verb reads the ticket from it and says what follows; nothing is written yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Model

from banjie.kernel.errors import FieldError, InvalidInput, Refused
from banjie.people.actor import Actor
from banjie.rulebook.program import ActionRule, Program, TypeProgram


@dataclass(slots=True)
class Snapshot:
    """A ticket as read under lock (or about to be opened). `extra` holds what reactions asked to read with it."""

    id: int
    number: str
    type: str
    state: str
    stage: int
    is_open: bool
    version: int
    round: int
    rank: int
    rulebook_version_id: int
    unit_id: int
    unit_path: str
    assignee_id: int | None
    responsible_id: int | None
    opened_by_id: int | None
    customer_id: int | None
    asset_id: int | None
    fields: dict[str, Any]
    opened_at: datetime
    entered_at: datetime
    ended_at: datetime | None
    chain_length: int
    chain_head: bytes
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Performed:
    """What a change came to."""

    ticket_id: int
    number: str
    version: int
    state: str
    outcome: str


@dataclass(frozen=True, slots=True)
class EventDraft:
    """An event to append, apart from its place in the chain."""

    kind: str
    payload: dict[str, Any]
    action: str = ""
    outcome: str = ""
    from_state: str = ""
    to_state: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """Somebody to be told: a member, or the holders of a role over the ticket's unit."""

    member_id: int | None
    role: str
    kind: str
    clause: str = ""


@dataclass(slots=True)
class Outcome:
    """What a verb decided: its outcome, rows to insert, columns of the ticket to change, what the timeline keeps.

    `record` are fields that become part of the ticket, beside those of a verb that keeps its form. `unit_path` is
    given together with a changed `unit_id`. `notify` are people to tell, with the verb's name as kind.
    """

    outcome: str = ""
    rows: list[Model] = field(default_factory=list)
    changes: dict[str, Any] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)
    record: dict[str, Any] = field(default_factory=dict)
    unit_path: str = ""
    notify: list[Notice] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RawWrite:
    """A statement without result, joined to the one that writes the step: SQL with its parameters."""

    sql: str
    params: tuple[Any, ...]


@dataclass(slots=True)
class Step:
    """One action on one ticket by one actor at one time, with everything that a verb and the reactions need."""

    ticket: Snapshot
    program: Program
    kind: TypeProgram
    rule: ActionRule
    payload: dict[str, Any]
    by: Actor
    at: datetime
    outcome: str = ""
    from_state: str = ""
    to_state: str = ""
    changes: dict[str, Any] = field(default_factory=dict)
    rows: list[Model] = field(default_factory=list)
    writes: list[RawWrite] = field(default_factory=list)
    events: list[EventDraft] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    opening: bool = False
    unit_path: str = ""

    @property
    def stamp(self) -> dict[str, Any]:
        """Return what every outcome row carries: ticket, who, when."""
        return {"ticket_id": self.ticket.id, "by_id": self.by.member_id, "by_name": self.by.name, "at": self.at}

    @property
    def clause(self) -> str:
        """Return the clause that this action serves, as a refusal cites it."""
        return self.program.reference(self.rule.clause)

    @property
    def moved(self) -> bool:
        return self.from_state != self.to_state

    def value(self, name: str) -> Any:
        """Return a field's value: from the payload, else from the ticket."""
        given = self.payload.get(name)
        return self.ticket.fields.get(name) if given is None else given

    def need(self, name: str, message: object) -> Any:
        """Return a payload value that the verb itself demands.

        Raises:
            InvalidInput: it is missing or empty, whatever the rulebook says (invariant 8).
        """
        given = self.payload.get(name)
        if given is None or given == "" or given is False:
            raise InvalidInput(message, clause=self.clause, errors=[FieldError(name, str(message))])
        return given

    def corrected(self) -> dict[str, Any]:
        """Return what the timeline keeps when a form becomes part of the ticket: the values that its fields had before."""
        now = self.ticket.fields
        before = {name: now.get(name) for name, value in self.payload.items() if now.get(name) != value}
        return {"before": before} if before else {}

    def refuse(self, message: object, kind: type[Refused] = Refused, errors: Sequence[FieldError] = ()) -> Refused:
        """Return a refusal that cites this action's clause."""
        return kind(message, clause=self.clause, errors=errors)


Verb = Callable[[Step], Outcome]
