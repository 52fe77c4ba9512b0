"""Actions that wait for a ticket below: shipping waits for its request to be granted (REV-14)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from banjie.kernel.errors import NotAllowedNow
from banjie.rulebook.program import ActionRule, Program
from banjie.rulebook.queries import active_program
from banjie.tickets.models import Link
from banjie.tickets.step import Snapshot


def must_have_children(program: Program, rule: ActionRule, ticket: Snapshot) -> None:
    """Refuse unless the ticket has below it what the action's `children` ask for.

    Raises:
        NotAllowedNow: none of that type is in that state; the message names both.
    """
    for reference, state in rule.spec.children.items():
        slug, _slash, type_name = reference.rpartition("/")
        below = Link.objects.filter(target_id=ticket.id, kind=Link.Kind.CHILD, ended_at=None, source__type=type_name)
        below = below.filter(source__rulebook_version__rulebook__slug=slug or program.slug)
        if not below.filter(source__state=state).exists():
            kind = (active_program(slug) if slug else program).types[type_name]
            raise NotAllowedNow(
                _("“%(action)s” waits for a “%(type)s” that is “%(state)s”.")
                % {"action": rule.spec.title, "type": kind.spec.title, "state": kind.process.states[state].title},
                clause=program.reference(rule.clause),
            )
