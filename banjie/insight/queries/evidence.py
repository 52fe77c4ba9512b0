"""The evidence of one finding: the row with all its facts, its corrections, and the events around it with their chain digests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from banjie.deadlines.models import Clock, DutyRun, Finding
from banjie.insight.access import seen_units
from banjie.kernel.errors import Unseen
from banjie.people.actor import Actor
from banjie.people.models import Unit
from banjie.people.permissions import Permission
from banjie.rulebook.program import Program
from banjie.rulebook.queries import program_of
from banjie.tickets.access import is_root, visible_tickets
from banjie.tickets.models import Event, Ticket

MOST_EVENTS = 60
_LONGEST_CHAIN = 100


@dataclass(frozen=True, slots=True)
class Evidence:
    """A finding as it stands, what it replaced (oldest first), and what it rests on.

    `ticket` and `events` are empty when the reader may see figures but not the ticket.
    """

    finding: Finding
    history: list[Finding]
    program: Program
    clock: Clock | None
    run: DutyRun | None
    ticket: Ticket | None
    events: Sequence[Event]

    @property
    def ended_at(self) -> datetime | None:
        """When the case ended: the finding says so, or the clock that was stopped later."""
        return self.finding.ended_at or (self.clock.stopped_at if self.clock else None)


def visible_findings(actor: Actor) -> QuerySet[Finding]:
    """Return the findings that the actor may see: of his units; those of no unit (duties) only over the whole organisation.

    Raises:
        NotPermitted: the actor may read no figures.
    """
    units = seen_units(actor)
    if any(is_root(unit.path) for unit in units):
        return Finding.objects.all()
    return Finding.objects.filter(unit__in=[unit.id for unit in units])


def evidence(actor: Actor, finding_id: int) -> Evidence:
    """Return a finding's evidence; asked for a corrected one, that of the correction which stands.

    Raises:
        NotPermitted: the actor may read no figures.
        Unseen: it does not exist, or is not his to see.
    """
    related = ("unit", "owner", "rulebook_version", "calendar_version__calendar")
    finding = visible_findings(actor).select_related(*related).filter(pk=finding_id).first()
    if finding is None:
        raise Unseen
    history = _chain(finding)
    standing = history.pop()
    ticket = visible_tickets(actor).filter(pk=standing.ticket_id).first() if standing.ticket_id else None
    clock = Clock.objects.filter(pk=_number(standing, "clock")).first() if standing.kind == "deadline" else None
    run = DutyRun.objects.filter(pk=_number(standing, "run")).first() if standing.kind == "duty" else None
    ended_at = standing.ended_at or (clock.stopped_at if clock else None)
    events = _around(ticket, standing.started_at, ended_at or standing.at) if ticket else []
    return Evidence(standing, history, program_of(standing.rulebook_version_id), clock, run, ticket, events)


def may_correct(actor: Actor, finding: Finding) -> bool:
    """Tell whether the actor may correct a finding: supervisors over its unit, and nobody his own (invariant 7)."""
    is_own = actor.member_id is not None and finding.owner_id == actor.member_id
    return not is_own and actor.may(Permission.FINDING_CORRECT, path_of(finding))


def path_of(finding: Finding) -> str:
    """Return the path of the unit that a finding is about; duties are about the whole organisation."""
    return finding.unit.path if finding.unit else Unit.objects.get(parent=None).path


def _chain(finding: Finding) -> list[Finding]:
    """Return the finding's whole line of corrections, the original first."""
    line = [finding]
    while line[0].corrects_id and len(line) < _LONGEST_CHAIN:
        line.insert(0, _full().get(pk=line[0].corrects_id))
    while len(line) < _LONGEST_CHAIN and (later := _full().filter(corrects_id=line[-1].pk).first()):
        line.append(later)
    return line


def _full() -> QuerySet[Finding]:
    return Finding.objects.select_related("unit", "owner", "rulebook_version", "calendar_version__calendar")


def _number(finding: Finding, name: str) -> int:
    """Return a record's number from the evidence; 0, which no record has, when it is missing."""
    value = finding.evidence.get(name)
    return value if isinstance(value, int) else 0


def _around(ticket: Ticket, begin: datetime, end: datetime) -> Sequence[Event]:
    """Return the events from the clock's start to its end, in order; of very many the first and the last ones."""
    between = Event.objects.filter(ticket=ticket, at__gte=begin, at__lte=end)
    events = list(between.order_by("seq")[: MOST_EVENTS + 1])
    if len(events) <= MOST_EVENTS:
        return events
    half = MOST_EVENTS // 2
    return [*events[:half], *reversed(between.order_by("-seq")[:half])]
