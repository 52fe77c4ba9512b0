"""Transfer a ticket to another person."""

from __future__ import annotations

from django.utils.translation import gettext as _

from banjie.dispatch.choosing import EXCLUSIONS, NotEligible, choose_person, chosen_field, considered, evidence, must_be_registered
from banjie.dispatch.models import Assignment
from banjie.kernel.errors import FieldError
from banjie.tickets.registry import verb
from banjie.tickets.step import Notice, Outcome, Step


@verb("transfer")
def transfer(step: Step) -> Outcome:
    """Hand the ticket to another person, with a reason; state and clocks go on, the first taker stays responsible (FQR-01, FQR-02)."""
    reason = step.need("reason", _("Write why the ticket is handed over."))
    field = chosen_field(step) or "assignee"
    wanted = step.need(field, _("Choose who takes the ticket over."))
    people = considered(step, [wanted])
    person = choose_person(step, wanted, people)
    if person.member_id == step.ticket.assignee_id:
        message = _("%(name)s %(why)s.") % {"name": person.name, "why": EXCLUSIONS["already"]}
        raise step.refuse(message, NotEligible, [FieldError(field, message)])
    assert person.unit_id is not None, "who lacks the post is excluded"
    must_be_registered(step, person.unit_id, person.unit_path)
    why = evidence(people, person, "chosen")
    row = Assignment(
        kind=Assignment.Kind.TRANSFER, assignee_id=person.member_id, unit_id=person.unit_id, reason=reason, candidates=why, **step.stamp
    )
    return Outcome(
        rows=[row],
        changes={"assignee_id": person.member_id, "unit_id": person.unit_id},
        unit_path=person.unit_path,
        notes={"from": step.ticket.assignee_id, "assignee": person.member_id},
        notify=[Notice(person.member_id, "", "dispatched", step.clause), Notice(step.ticket.assignee_id, "", "transferred", step.clause)],
    )
