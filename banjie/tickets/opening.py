"""`open_ticket`: how a ticket comes to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from banjie.kernel.chain import GENESIS
from banjie.kernel.errors import FieldError, InvalidInput, NotPermitted, Refused
from banjie.people.actor import Actor
from banjie.people.models import Unit
from banjie.rulebook.program import Program, TypeProgram
from banjie.rulebook.queries import active_program
from banjie.tickets import outcome, repeats
from banjie.tickets.demands import must_hold
from banjie.tickets.filefields import Holder, claim, referred
from banjie.tickets.identify import Where, called, identify
from banjie.tickets.models import Link, RequestKey
from banjie.tickets.payload import clean
from banjie.tickets.registry import reactions, verb_of
from banjie.tickets.snapshot import next_id
from banjie.tickets.step import Performed, Snapshot, Step
from banjie.tickets.write import write_opening


class KeyReused(Refused):
    """The idempotency key was used before with other content."""

    status = 422
    code = "idempotency-key-reused"
    default_message = gettext_lazy("This idempotency key was used before with other content. Use a new key for a new ticket.")


@dataclass(frozen=True, slots=True)
class Asked:
    """How somebody asks for a ticket.

    `key` is his idempotency key, at most 80 characters: a retry with it returns the same ticket. With `is_new` he says that
    it is another problem than the earlier tickets that it may repeat.
    """

    key: str = ""
    is_new: bool = False


JUST_ASKED = Asked()


def open_ticket(
    program: Program, type_name: str, payload: Mapping[str, Any], *, by: Actor, at: datetime, asked: Asked = JUST_ASKED
) -> Performed:
    """Accept a request as a new ticket of `type_name`.

    Raises:
        NotPermitted, InvalidInput, KeyReused.
        RepeatSuspected: the rulebook looks for repeats, there are earlier tickets, and nobody said that it is another problem.
    """
    key = asked.key
    digest = (
        sha256(orjson.dumps([program.slug, type_name, dict(payload)], option=orjson.OPT_SORT_KEYS, default=str)).digest() if key else b""
    )
    try:
        with transaction.atomic():
            found = _already(key, digest, by) if key else None
            return found or _open(
                program, type_name, payload, _Origin((key[:80], digest) if key else None, is_new=asked.is_new), by=by, at=at
            )
    except IntegrityError as raced:
        found = _already(key, digest, by) if key and "request_key_once" in str(raced) else None
        if found is None:
            raise
        return found


def _already(key: str, digest: bytes, by: Actor) -> Performed | None:
    row = RequestKey.objects.select_related("ticket").filter(member=by.member_id, key=key[:80]).first()
    if row is None:
        return None
    if bytes(row.digest) != digest:
        raise KeyReused
    return Performed(row.ticket_id, row.ticket.number, row.ticket.version, row.ticket.state, "")


def open_below(step: Step, reference: str) -> None:
    """Open the ticket that an action opens, below the ticket of the step (PLT-14). Both timelines name the other one.

    The rulebook says that it is opened, so no post is asked. Its form is filled from the action's and from the ticket's
    own record, as far as fields have the same names.

    Raises:
        InvalidInput: a field that the other form needs is missing; NoSuchType: the other rulebook is not in force.
    """
    slug, _slash, type_name = reference.rpartition("/")
    program = active_program(slug or step.program.slug)
    kind = program.types.get(type_name)
    entered = {**step.ticket.fields, **step.payload}
    payload = {name: entered[name] for name in (kind.open_action.fields if kind else ()) if entered.get(name) not in (None, "")}
    done = _open(program, type_name, payload, _Origin(above=step), by=step.by, at=step.at)
    step.events[0].payload["opened"] = done.number
    step.rows.append(Link(source_id=done.ticket_id, target_id=step.ticket.id, kind=Link.Kind.CHILD, at=step.at, by_name=step.by.name))


@dataclass(frozen=True, slots=True)
class _Origin:
    """Whence a new ticket comes: a request with its idempotency key, or an action on the ticket `above`."""

    request: tuple[str, bytes] | None = None
    above: Step | None = None
    is_new: bool = False


def _open(program: Program, type_name: str, payload: Mapping[str, Any], origin: _Origin, *, by: Actor, at: datetime) -> Performed:
    above = origin.above
    kind = program.types.get(type_name)
    if kind is None:
        message = _("“%(book)s” has no ticket type “%(type)s”.") % {"book": program.book.title, "type": str(type_name)[:60]}
        raise InvalidInput(message, errors=[FieldError("type", message)])
    if above is None:
        _must_open(program, kind, by)
    holder = Holder(by, above_id=above.ticket.id if above else None)
    given = referred(program, payload, holder)
    values = clean(program, kind.open_action, given, known={}, zone=ZoneInfo(settings.TIME_ZONE))
    where = _where(program, kind, values, by=by, at=at) if above is None else _where_below(above)
    earlier = (
        repeats.earlier_ones(program, kind, where, repeats.phone_of(program, values), by=by, at=at)
        if kind.spec.repeat and not above
        else []
    )
    if earlier and not origin.is_new:
        raise repeats.suspected(program, kind, earlier)
    pk, extra = next_id()
    must_hold(program, kind.open_action, values, standing={"type": kind.name, "state": kind.spec.start, "round": 1})
    claim(program, values, pk, holder)
    number = f"{kind.spec.letter}-{at.astimezone(ZoneInfo(settings.TIME_ZONE)):%y%m%d}-{pk:05d}"
    ticket = _snapshot(program, kind, where, (pk, number, extra), by=by, at=at)
    step = Step(ticket, program, kind, kind.open_action, values, by, at, from_state="", to_state=kind.spec.start, opening=True)
    accepted = verb_of(kind.open_action.spec.verb)(step)
    if above is not None:
        accepted.notes["parent"] = above.ticket.number
    if earlier:
        accepted.notes["not_repeated"] = [one.number for one in earlier]
    outcome.apply(step, accepted)
    for reaction in reactions():
        reaction(step)
    write_opening(step, origin.request)
    return Performed(pk, number, 1, kind.spec.start, step.outcome)


def may_open(program: Program, kind: TypeProgram, by: Actor) -> bool:
    """Tell whether the rulebook lets the actor open tickets of this type."""
    return by.is_system or any(g.role in kind.open_action.roles for g in by.grants)


def _must_open(program: Program, kind: TypeProgram, by: Actor) -> None:
    if by.read_only or not may_open(program, kind, by):
        clause = program.reference(kind.open_action.clause)
        raise NotPermitted(_("“%(action)s” is not among the tasks of your role.") % {"action": kind.open_action.spec.title}, clause=clause)


def _where(program: Program, kind: TypeProgram, values: Mapping[str, Any], *, by: Actor, at: datetime) -> Where:
    home = _home(kind, by)
    return identify(program, kind.open_action, values, home, by=by) or called(program, values, home, at=at)


def _where_below(above: Step) -> Where:
    ticket = above.ticket
    unit_id = above.changes.get("unit_id", ticket.unit_id)
    return Where(unit_id, above.unit_path or ticket.unit_path, ticket.customer_id, ticket.asset_id)


def _home(kind: TypeProgram, by: Actor) -> tuple[int, str]:
    """Return the unit of the post under which the actor opens the ticket; the root for the system."""
    for grant in by.grants:
        if grant.role in kind.open_action.roles:
            return grant.unit_id, grant.unit_path
    root = Unit.objects.get(parent=None)
    return root.pk, root.path


def _snapshot(
    program: Program, kind: TypeProgram, where: Where, new: tuple[int, str, dict[str, Any]], *, by: Actor, at: datetime
) -> Snapshot:
    return Snapshot(
        id=new[0],
        number=new[1],
        type=kind.name,
        state=kind.spec.start,
        stage=kind.stage_rank(kind.spec.start),
        is_open=not kind.is_ended(kind.spec.start),
        version=0,
        round=1,
        rank=0,
        rulebook_version_id=program.version_id,
        unit_id=where.unit_id,
        unit_path=where.unit_path,
        assignee_id=None,
        responsible_id=by.member_id,
        opened_by_id=by.member_id,
        customer_id=where.customer_id,
        asset_id=where.asset_id,
        fields={},
        opened_at=at,
        entered_at=at,
        ended_at=None,
        chain_length=0,
        chain_head=GENESIS,
        extra=new[2],
    )
