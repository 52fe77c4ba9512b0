"""What intake offers: the types that the person may open, and whom the typed keys may mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from banjie.console.queries.sheet import brief
from banjie.customers.queries import Hit, find
from banjie.kernel.errors import FieldError, InvalidInput
from banjie.people.actor import Actor
from banjie.rulebook.explain.words import title
from banjie.rulebook.program import Program, TypeProgram
from banjie.rulebook.queries import program_of
from banjie.tickets.access import visible_tickets
from banjie.tickets.identify import Where
from banjie.tickets.models import Ticket
from banjie.tickets.opening import may_open
from banjie.tickets.possible import titled
from banjie.tickets.repeats import earlier_ones, phone_of

MOST_HITS = 5
MOST_OPEN = 5


@dataclass(frozen=True, slots=True)
class Offer:
    """A type of ticket that the person may open. `key` is the digit that chooses it, "" from the tenth on."""

    value: str
    title: str
    group: str
    clause: str
    key: str
    program: Program
    kind: TypeProgram


def offers(actor: Actor, programs: list[Program], language: str) -> list[Offer]:
    """Return the types that the person may open, group by group."""
    allowed = [(program, kind) for program in programs for kind in program.types.values() if may_open(program, kind, actor)]
    groups = list(dict.fromkeys((program.slug, kind.spec.group) for program, kind in allowed))
    allowed.sort(key=lambda pair: groups.index((pair[0].slug, pair[1].spec.group)))
    several = len({program.slug for program, _kind in allowed}) > 1
    return [
        Offer(
            value=f"{program.slug}:{kind.name}",
            title=titled(kind.spec, language),
            group=" · ".join(part for part in (titled(program.book, language) if several else "", kind.spec.group) if part),
            clause=kind.spec.clause[0] if kind.spec.clause else "",
            key=str(place) if place < 10 else "",
            program=program,
            kind=kind,
        )
        for place, (program, kind) in enumerate(allowed, start=1)
    ]


def chosen(among: list[Offer], value: str) -> Offer:
    """Return the chosen type.

    Raises:
        InvalidInput: none was chosen, or it is not the person's to open.
    """
    found = next((one for one in among if one.value == value), None)
    if found is None:
        message = _("Choose what the request is about.")
        raise InvalidInput(message, errors=[FieldError("type", message)])
    return found


def looked_up(offer: Offer) -> dict[str, str]:
    """Return by which fields of the form the caller is looked up: the keys of the regulation, and the phone, each with its title."""
    program = offer.program
    names = [*program.asset_keys, program.columns.get("phone", "")]
    return {name: title(program.field(name)) for name in names if name in offer.kind.open_action.fields}


@dataclass(frozen=True, slots=True)
class Match:
    """Whom the typed keys or phone may mean, what can be filled in, and what is already open there."""

    hits: list[Hit]
    fill: dict[str, str]
    open_tickets: list[dict[str, Any]]
    asked: bool
    repeats: list[dict[str, Any]] = field(default_factory=list)


def match(actor: Actor, offer: Offer, typed: Mapping[str, str], language: str, *, at: datetime) -> Match:
    """Look the caller up by the first key typed, else by phone; name the tickets that a new one may repeat."""
    program = offer.program
    text = next((typed[name].strip() for name in looked_up(offer) if len(typed.get(name, "").strip()) >= 4), "")
    if not text:
        return Match([], {}, [], asked=False)
    hits = find(actor, text, MOST_HITS)
    found = _repeats(actor, offer, hits, typed, language, at=at)
    beside = [one for one in _open_tickets(actor, hits, language) if one["number"] not in {two["number"] for two in found}]
    return Match(hits, _fill(program, hits), beside, asked=True, repeats=found)


def _repeats(actor: Actor, offer: Offer, hits: list[Hit], typed: Mapping[str, str], language: str, *, at: datetime) -> list[dict[str, Any]]:
    """Return the tickets that one of this type may repeat, each with the way to add to it."""
    if offer.kind.spec.repeat is None:
        return []
    hit = hits[0] if len(hits) == 1 else None
    where = Where(0, "", hit.customer_id if hit else None, hit.asset_id if hit else None)
    found = earlier_ones(offer.program, offer.kind, where, phone_of(offer.program, typed), by=actor, at=at)
    rows = {one.number: one for one in visible_tickets(actor).filter(number__in=[one.number for one in found])}
    return [_repeat(rows[one.number], language) for one in found if one.number in rows]


def _repeat(ticket: Ticket, language: str) -> dict[str, Any]:
    kind = program_of(ticket.rulebook_version_id).types[ticket.type]
    adding = next((rule for rule in kind.by_state[ticket.state] if rule.spec.verb == "append"), None)
    return brief(ticket, language) | {"add": titled(adding.spec, language) if adding else "", "action": adding.name if adding else ""}


def _fill(program: Program, hits: list[Hit]) -> dict[str, str]:
    """Return what a single found asset says about fields that are still empty."""
    if len(hits) != 1 or hits[0].asset_id is None:
        return {}
    known = {key.kind: key.value for key in hits[0].keys if key.kind in program.asset_keys}
    if "address" in program.columns and hits[0].address:
        known[program.columns["address"]] = hits[0].address
    return known


def _open_tickets(actor: Actor, hits: list[Hit], language: str) -> list[dict[str, Any]]:
    assets = [hit.asset_id for hit in hits if hit.asset_id]
    customers = [hit.customer_id for hit in hits if hit.asset_id is None]
    if not assets and not customers:
        return []
    found = visible_tickets(actor).filter(Q(asset_id__in=assets) | Q(customer_id__in=customers), is_open=True).order_by("-pk")
    return [brief(one, language) for one in found[:MOST_OPEN]]
