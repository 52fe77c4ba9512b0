"""Any regulation at work: a rulebook, an organisation of its own, and its people by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from banjie.people.access import actor_of_member, forget
from banjie.people.actor import Actor
from banjie.people.checks import MemberDraft, UnitDraft
from banjie.people.models import Member, Post, Role, Unit
from banjie.people.roles import install_shipped_roles
from banjie.people.verbs.members import create_member
from banjie.people.verbs.posts import assign_post, end_post
from banjie.people.verbs.units import create_unit
from banjie.rulebook.program import Program
from banjie.rulebook.queries import active_program
from banjie.rulebook.shipped import install_shipped
from banjie.rulebook.verbs.versions import activate, propose, save_draft
from banjie.tickets.lifecycle import perform
from banjie.tickets.models import Event, Ticket
from banjie.tickets.opening import Asked, open_ticket
from banjie.tickets.possible import possible_actions
from banjie.tickets.snapshot import load
from banjie.tickets.step import Performed
from banjie.worktime.verbs.install_shipped import install_shipped_calendars
from tests.cast import BUILDER, LONG_AGO
from tests.pos import moment

# Who does what: sign-in name -> (name, roles, unit).
People = Mapping[str, tuple[str, str, str]]


@dataclass
class Regulation:
    """A regulation at work, with a clock that tests move by hand. People are named by their sign-in names."""

    program: Program
    units: dict[str, Unit]
    members: dict[str, Member] = field(default_factory=dict)
    now: datetime = field(default_factory=lambda: moment("2024-06-03 09:00"))

    def actor(self, name: str) -> Actor:
        """Return who somebody is now, with the posts and delegations of this moment."""
        return actor_of_member(self.members[name].pk, self.now)

    def pass_time(self, **length: float) -> datetime:
        """Let time pass: `law.pass_time(minutes=7)`."""
        self.now += timedelta(**length)
        return self.now

    def at(self, text: str) -> datetime:
        """Set the clock to a local time of Shanghai: `law.at("2024-06-03 15:00")`."""
        self.now = moment(text)
        return self.now

    def open(self, kind: str, payload: Mapping[str, Any] | None = None, *, by: str, is_new: bool = False) -> str:
        """Open a ticket and return its number; `is_new` says that it repeats none of the earlier ones."""
        return open_ticket(self.program, kind, payload or {}, by=self.actor(by), at=self.now, asked=Asked(is_new=is_new)).number

    def do(self, number: str, action: str, payload: Mapping[str, Any] | None = None, *, by: str) -> Performed:
        """Perform an action."""
        return perform(number, action, payload or {}, by=self.actor(by), at=self.now)

    def ticket(self, number: str) -> Ticket:
        """Return the ticket as it is stored."""
        return Ticket.objects.get(number=number)

    def state(self, number: str) -> str:
        """Return the ticket's state."""
        return self.ticket(number).state

    def may(self, number: str, *, by: str) -> set[str]:
        """Return the names of the actions that somebody is offered."""
        return {a.name for a in possible_actions(self.actor(by), self.program, load(number, lock=False), "zh-hans")}

    def events(self, number: str, action: str = "") -> list[Event]:
        """Return the ticket's events, of one action if it is named."""
        found = Event.objects.filter(ticket__number=number).order_by("seq")
        return list(found.filter(action=action) if action else found)

    def appoint(self, name: str, role: str, unit: str = "HQ") -> None:
        """Give somebody a post."""
        assign_post(self.members[name], role=Role.objects.get(code=role), unit=self.units[unit], by=BUILDER, at=LONG_AGO)
        forget()

    def dismiss(self, name: str, role: str) -> None:
        """End somebody's posts of a role."""
        for post in Post.objects.filter(member=self.members[name], role__code=role, until=None):
            end_post(post, by=BUILDER, at=self.now)
        forget()


def install(book: str, people: People, units: Mapping[str, tuple[str, str]] | None = None) -> Regulation:
    """Put a rulebook to work: a shipped one by its name, or a text.

    Args:
        people: sign-in name -> (name, roles separated by spaces, unit).
        units: code -> (name, region), all below headquarters; code "HQ" is there always.
    """
    install_shipped_roles(by=BUILDER, at=LONG_AGO)
    install_shipped_calendars(by=BUILDER, at=LONG_AGO)
    if "\n" in book:
        version = save_draft(book, by=BUILDER, at=LONG_AGO)
        propose(version.pk, by=BUILDER, at=LONG_AGO)
        slug = activate(version.pk, by=BUILDER, at=LONG_AGO).rulebook.slug
    else:
        slug = install_shipped(book, by=BUILDER, at=LONG_AGO).rulebook.slug
    root = Unit.objects.filter(parent=None).first() or create_unit(
        UnitDraft("HQ", "总部", Unit.Kind.HEADQUARTERS, ""), parent=None, by=BUILDER, at=LONG_AGO
    )
    law = Regulation(active_program(slug), {"HQ": root})
    for code, (name, region) in (units or {}).items():
        law.units[code] = create_unit(UnitDraft(code, name, Unit.Kind.DEPARTMENT, region), parent=root, by=BUILDER, at=LONG_AGO)
    for number, (username, (name, roles, unit)) in enumerate(people.items()):
        member, _password = create_member(MemberDraft(username=username, name=name, phone=f"1380001{number:04d}"), by=BUILDER, at=LONG_AGO)
        law.members[username] = member
        for role in roles.split():
            law.appoint(username, role, unit)
    Member.objects.update(must_change_password=False)  # they signed in before
    forget()
    return law
