"""Acknowledge a dispatch."""

from __future__ import annotations

from datetime import datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from banjie.handling.models import Acknowledgement
from banjie.kernel.errors import Refused
from banjie.people.actor import Actor
from banjie.rulebook.program import ActionRule, Program
from banjie.tickets.registry import objection, verb
from banjie.tickets.step import Outcome, Snapshot, Step

# Read with a ticket: who has acknowledged its last dispatch.
READ = """
select json_agg(json_build_object('member', a.by_id, 'name', a.by_name, 'at', a.at) order by a.id) from handling_acknowledgement a
where a.ticket_id = t.id
    and a.at >= coalesce((select d.at from dispatch_assignment d where d.ticket_id = t.id order by d.id desc limit 1), '-infinity')
"""


class AcknowledgedAlready(Refused):
    """The last dispatch was confirmed before; whoever gets the ticket next confirms anew."""

    code = "acknowledged-already"


@objection("acknowledge")
def _acknowledged(actor: Actor, program: Program, rule: ActionRule, ticket: Snapshot) -> Refused | None:
    """Object to a second acknowledgement of the same dispatch by the same person."""
    mine = [one for one in ticket.extra.get("acknowledged") or [] if one["member"] == actor.member_id]
    if not mine:
        return None
    when = localtime(datetime.fromisoformat(mine[-1]["at"])).strftime("%Y-%m-%d %H:%M")
    message = _("%(name)s acknowledged this dispatch on %(when)s already. Go on with the work.") % {"name": mine[-1]["name"], "when": when}
    return AcknowledgedAlready(message, clause=program.reference(rule.clause))


@verb("acknowledge")
def acknowledge(step: Step) -> Outcome:
    """Confirm, once for each dispatch, that it was read and understood (DSP-05, DSP-06)."""
    return Outcome(rows=[Acknowledgement(**step.stamp)])
