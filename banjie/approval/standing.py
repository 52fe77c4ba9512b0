"""A ticket's sign-off as it stands: what was read with the ticket, put before `progress`, and who may sign now."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import orjson
from django.db import connection
from django.utils.translation import gettext as _

from banjie.approval.models import Signature
from banjie.approval.progress import Progress, Signed, progress
from banjie.kernel.errors import NotPermitted, Refused
from banjie.people.actor import Actor
from banjie.rulebook.language import STAGES, Signoff, SignoffStep
from banjie.rulebook.program import ActionRule, Program, TypeProgram
from banjie.tickets.lifecycle import holds
from banjie.tickets.step import Snapshot

# Of a ticket `t`: it stands where it is signed; and the event that brought it into its present state: who submitted it.
SIGNED_NOW = f"t.stage = {STAGES.index('approval')}"
_BROUGHT = (
    "from tickets_event e where e.ticket_id = t.id and e.to_state = t.state and e.from_state <> e.to_state order by e.seq desc limit 1"
)
SUBMITTER = f"(select e.member_id {_BROUGHT})"
SUBMITTER_NAME = f"(select e.actor_name {_BROUGHT})"
# Read with a ticket that is being signed: the signatures and handovers of this round, and who brought it here.
READ = f"""
case when {SIGNED_NOW} then (select json_build_object(
    'signatures', (select coalesce(json_agg(json_build_object(
            'signoff', s.signoff, 'member', s.by_id, 'for', s.behalf_of_id, 'name', s.by_name, 'at', s.at, 'step', s.step, 'roles', s.roles,
            'decision', s.decision, 'opinion', s.opinion, 'digest', s.digest, 'behalf', s.behalf_name) order by s.id), '[]'::json)
        from approval_signature s where s.ticket_id = t.id and s.entered_at = t.entered_at),
    'handovers', (select coalesce(json_agg(json_build_object(
            'signoff', h.signoff, 'role', h.role, 'from', h.by_id, 'to', h.to_member_id, 'to_name', h.to_name,
            'from_name', h.by_name, 'at', h.at, 'reason', h.reason) order by h.id), '[]'::json)
        from approval_handover h where h.ticket_id = t.id and h.entered_at = t.entered_at),
    'submitter', {SUBMITTER})) end
"""  # noqa: S608  constants of this room
# Who is able to sign in a role over a unit: he has a post in it or in one above it, and the role lets him see more than his own.
POSTS = """people_post p join people_role r on r.id = p.role_id join people_unit u on u.id = p.unit_id join people_member m on m.id = p.member_id"""
ABLE = "p.until is null and m.is_active and r.scope = 'subtree' and r.code = any(%(roles)s)"
_HOLDERS = f"select r.code, m.id from {POSTS} where {ABLE} and starts_with(%(path)s, u.path)"  # noqa: S608  constants of this room


class SignedAlready(Refused):
    """His signature counts; the sign-off waits for others."""

    code = "signed-already"


class OwnApplication(NotPermitted):
    """Nobody signs his own application."""

    code = "own-application"


@dataclass(frozen=True, slots=True)
class Capacity:
    """As whom somebody signs: with which roles, and on whose behalf."""

    roles: frozenset[str]
    behalf_of: int | None = None
    behalf_name: str = ""


def covered(kind: TypeProgram, fields: dict[str, Any]) -> str:
    """Return the digest of what is signed: the ticket's record, without what signing itself writes into it."""
    own = {name for rule in kind.actions.values() if rule.spec.signoff for name in rule.fields}
    said = {name: value for name, value in fields.items() if name not in own}
    return sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()


def holders_of(roles: Collection[str], unit_path: str) -> dict[str, frozenset[int]]:
    """Return who holds each role over a unit now."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLDERS, {"roles": list(roles), "path": unit_path})
        rows = cursor.fetchall()
    return {role: frozenset(member for code, member in rows if code == role) for role in roles}


# Tells who holds each of some roles over a unit.
Holders = Callable[[Collection[str], str], dict[str, frozenset[int]]]


@dataclass(frozen=True, slots=True)
class Standing:
    """The sign-off of one action on one ticket. `holders` is asked where everyone must sign; lists bring what they have read already."""

    name: str
    spec: Signoff
    steps: tuple[tuple[int, SignoffStep], ...]
    signatures: tuple[dict[str, Any], ...]
    handovers: tuple[dict[str, Any], ...]
    excluded: frozenset[int]
    unit_path: str
    holders: Holders = holders_of

    @classmethod
    def of(cls, program: Program, rule: ActionRule, ticket: Snapshot, holders: Holders = holders_of) -> Standing:
        """Return how the sign-off of `rule` stands on a ticket as read. Signatures on what has changed since do not count."""
        return cls.after(program, rule, ticket, ticket.extra.get("approval") or {}, holders)

    @classmethod
    def after(
        cls, program: Program, rule: ActionRule, ticket: Snapshot, read: Mapping[str, Any], holders: Holders = holders_of
    ) -> Standing:
        """Return how the sign-off stands after what was `read` of this round: who brought the ticket here, signatures, handovers."""
        kind = program.types[ticket.type]
        name = rule.spec.signoff or ""
        spec = kind.process.signoffs[name]
        digest = covered(kind, ticket.fields)
        return cls(
            name=name,
            spec=spec,
            steps=applicable(program, spec, ticket),
            signatures=tuple(s for s in read.get("signatures", ()) if s["signoff"] == name and s["digest"] == digest),
            handovers=tuple(h for h in read.get("handovers", ()) if h["signoff"] == name),
            excluded=frozenset(m for m in (ticket.opened_by_id, read.get("submitter")) if m is not None),
            unit_path=ticket.unit_path,
            holders=holders,
        )

    @property
    def roles(self) -> frozenset[str]:
        """The roles of all steps."""
        return frozenset(role for _place, step in self.steps for role in step.by)

    def progress(self, *more: Signed) -> Progress:
        """Return how far it is, with `more` signatures than those read."""
        counted = [
            Signed(s["member"], s["step"], frozenset(s["roles"]), s["for"])
            for s in self.signatures
            if s["decision"] == Signature.Decision.APPROVED and s["member"] is not None
        ]
        return progress(self.steps, [*counted, *more], again=self.spec.again, holders=self.everyone)

    def everyone(self, roles: frozenset[str]) -> frozenset[int]:
        """Return everybody who holds one of the roles, with handovers, without those who may not sign here."""
        found = frozenset[int]().union(*self.holders(roles, self.unit_path).values()) - self.excluded
        for handover in self.handovers:
            if handover["role"] in roles:
                found = found - {handover["from"]} | {handover["to"]}
        return found

    def capacity(self, actor: Actor) -> Capacity:
        """Return as whom the actor signs now.

        Raises:
            NotPermitted: he is not asked; OwnApplication: it is his own; SignedAlready: he has signed this step.
        """
        now = self.progress()
        me = actor.member_id
        if me is None or actor.read_only:
            raise NotPermitted
        own = self._roles_of(actor)
        absent = {g.behalf_of: g.behalf_name for g in actor.grants if g.behalf_of is not None}
        capacities = [Capacity(own)] + [Capacity(self._behalf(actor, m), m, name) for m, name in absent.items()]
        asked = [c for c in capacities if c.roles & now.roles]
        if asked and me in self.excluded:
            raise OwnApplication(_("Nobody signs his own application. Let a colleague with the same post do it."))
        for capacity in asked:
            if (capacity.behalf_of or me) not in now.spoken_for | self.excluded and not (self.counts_hands(now) and me in now.signed):
                return capacity
        if any(s["member"] == me for s in self.signatures):
            raise SignedAlready(_("You have signed; now it waits for others."))
        raise NotPermitted(_("It is not your turn to sign."))

    def counts_hands(self, now: Progress) -> bool:
        """Tell whether the present step asks for so many different people."""
        return any(place == now.step and isinstance(step.need, int) for place, step in self.steps)

    def _roles_of(self, actor: Actor) -> frozenset[str]:
        """Return the sign-off's roles that the actor has by his posts over the ticket's unit, or that were handed to him."""
        held = {g.role for g in actor.grants if g.role in self.roles and g.covers(self.unit_path)}
        for handover in self.handovers:
            if handover["to"] == actor.member_id:
                held.add(handover["role"])
            elif handover["from"] == actor.member_id:
                held.discard(handover["role"])
        return frozenset(held)

    def _behalf(self, actor: Actor, member: int) -> frozenset[str]:
        given = {h["role"] for h in self.handovers if h["from"] == member}
        return frozenset(
            g.behalf_role
            for g in actor.grants
            if g.behalf_of == member and g.behalf_role in self.roles - given and g.covers(self.unit_path)
        )


def applicable(program: Program, spec: Signoff, ticket: Snapshot) -> tuple[tuple[int, SignoffStep], ...]:
    """Return the steps whose condition holds for the ticket."""
    return tuple((place, step) for place, step in enumerate(spec.steps) if step.when is None or holds(program, step.when, ticket))
