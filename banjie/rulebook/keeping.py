"""What a regulation says of its ledgers: their columns, what they are counted by, and who freezes and signs a copy of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from django.utils.translation import gettext_lazy as _
from pydantic import BeforeValidator, Field, StringConstraints

from banjie.rulebook.parts import Clauses, Names, Part, Title, listed

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Column = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Columns = Annotated[list[Column], BeforeValidator(listed)]
Roles = Annotated[Names, Field(min_length=1, max_length=20)]


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that Banjie knows of every ticket, whatever its form asks. `kind` says how it is written; `counts`: tickets are counted by it."""

    title: StrOrPromise
    kind: Literal["name", "time", "figure", "choice"]
    counts: bool = False


# What a ledger may show besides the fields of the form. The statements behind them are in the room of reports.
FACTS: dict[str, Fact] = {
    "ticket.opened_by": Fact(_("Opened by"), "name"),
    "ticket.responsible": Fact(_("First taker"), "name"),
    "ticket.dispatched_by": Fact(_("Dispatched by"), "name"),
    "ticket.dispatched_at": Fact(_("Dispatched at"), "time"),
    "ticket.taken_at": Fact(_("Taken at"), "time"),
    "ticket.completed_at": Fact(_("Completed at"), "time"),
    "ticket.first_callback": Fact(_("First callback"), "choice", counts=True),
    "ticket.last_callback": Fact(_("Last callback"), "choice", counts=True),
    "ticket.callbacks": Fact(_("Callbacks"), "figure"),
    "ticket.urges": Fact(_("Urges"), "figure"),
    "ticket.rounds": Fact(_("Rounds"), "figure"),
}
# What every ledger shows by itself, so that its columns need not name it.
STANDING: dict[str, Fact] = {
    "ticket.number": Fact(_("Number"), "name"),
    "ticket.type": Fact(_("Class"), "choice", counts=True),
    "ticket.opened_at": Fact(_("Opened"), "time"),
    "ticket.unit": Fact(_("Unit"), "name", counts=True),
    "ticket.assignee": Fact(_("Handler"), "name", counts=True),
    "ticket.state": Fact(_("State"), "choice", counts=True),
    "ticket.ended_at": Fact(_("Ended at"), "time"),
}


class Freeze(Part):
    """Who freezes a ledger when a period is over, and who signs the copy: one person of each role in `signed_by`, and none of them froze it."""

    every: Literal["month", "quarter", "half_year", "year"]
    by: Roles
    signed_by: Roles
    clause: Clauses = []


class Ledger(Part):
    """A register of tickets as a table: which types, which columns. A `shared` one is read whole by whoever reads figures of any unit.

    A column is a field of the form, or a fact of the ticket, written `ticket.urges`. `count_by` names the columns by which
    its tickets are counted above the table.
    """

    title: Title
    en: str = ""
    types: Names
    columns: Columns
    count_by: Annotated[Columns, Field(max_length=6)] = []
    shared: bool = False
    freeze: Freeze | None = None
    clause: Clauses = []
