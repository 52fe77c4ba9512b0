"""A repeated contact about a ticket that is known."""

from __future__ import annotations

from django.utils.translation import gettext as _

from banjie.intake.models import Addition
from banjie.tickets.payload import DEFAULT_MAX
from banjie.tickets.registry import verb
from banjie.tickets.step import Notice, Outcome, Step


@verb("append")
def append(step: Step) -> Outcome:
    """Add what the customer says now to the ticket that he has already, and urge whoever works it (HOT-10, HOT-11, HOT-14).

    `to` schedules it again, or takes up an ended one; every contact is kept, none opens a second ticket. What is added stands
    in the ticket's own content, too, where that is a long text with room for it.
    """
    text = step.need("note", _("Write what the customer says."))
    people = [m for m in (step.ticket.assignee_id or step.ticket.responsible_id,) if m]
    return Outcome(
        rows=[Addition(note=text, **step.stamp)],
        record=_content_with(step, text),
        notify=[Notice(m, "", "appended", step.clause) for m in people],
    )


def _content_with(step: Step, text: str) -> dict[str, str]:
    """Return the field that tells what the ticket is about, with the addition below; nothing where it does not fit."""
    name = step.program.columns.get("summary", "")
    field = step.program.book.fields.get(name)
    whole = f"{step.ticket.fields.get(name, '')}\n{text}".strip()
    fits = field is not None and field.kind == "long_text" and len(whole) <= (field.max or DEFAULT_MAX["long_text"])
    return {name: whole} if fits else {}
