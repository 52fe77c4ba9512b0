"""Copies: those who get one are told, and read the ticket from then on, wherever it goes (LTR-01, LTR-05)."""

from __future__ import annotations

from django.db import connection
from django.utils.translation import gettext as _

from banjie.kernel.errors import Refused
from banjie.tickets.models import Copy
from banjie.tickets.step import Notice, Step

_HOLDERS = """
select distinct r.code, m.id, m.name, exists (select from tickets_copy c where c.ticket_id = %s and c.member_id = m.id)
from people_post p join people_role r on r.id = p.role_id join people_unit u on u.id = p.unit_id join people_member m on m.id = p.member_id
where p.until is null and m.is_active and r.code = any(%s) and starts_with(%s, u.path) order by m.id
"""


class NobodyToCopy(Refused):
    """A role that gets a copy is held by nobody over the unit from which the ticket is sent."""

    status = 422
    code = "nobody-to-copy"


def give_copies(step: Step) -> None:
    """Give the copies that an action asks for, to the holders of its roles over the unit where the ticket stands before the action.

    Raises:
        NobodyToCopy: one of the roles is held by nobody; the message names it, and nothing is done.
    """
    roles = step.rule.spec.copies
    if not roles:
        return
    with connection.cursor() as cursor:
        cursor.execute(_HOLDERS, [step.ticket.id, list(roles), step.ticket.unit_path])
        found = cursor.fetchall()
    missing = [role for role in roles if role not in {code for code, *_rest in found}]
    if missing:
        titles = "、".join(step.program.book.roles[role].title for role in missing)
        message = _(
            "The copy for “%(titles)s” would reach nobody: no one holds that post over this unit. Ask an administrator to appoint one."
        )
        raise step.refuse(message % {"titles": titles}, NobodyToCopy)
    people = {member: (name, has) for _code, member, name, has in found}
    step.rows += [
        Copy(ticket_id=step.ticket.id, member_id=member, at=step.at, by_name=step.by.name)
        for member, (_name, has) in people.items()
        if not has
    ]
    step.notices += [Notice(member, "", "copied", step.clause) for member in people]
    step.events[0].payload["copied_to"] = [name for name, _has in people.values()]
