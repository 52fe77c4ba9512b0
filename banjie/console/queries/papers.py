"""Which sheets a ticket lets print, and what stands on each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from banjie.approval.models import Signature
from banjie.console.printing import Paper, Table
from banjie.console.queries.details import chosen_row, details_of
from banjie.console.queries.sheet import Sheet
from banjie.console.queries.words import state_mark, type_title
from banjie.kernel.errors import Unseen
from banjie.people.models import Unit
from banjie.rulebook.program import ActionRule
from banjie.tickets.models import Event
from banjie.tickets.possible import titled
from banjie.tickets.story_lines import Names, named, shown

MOST_SIGNATURES = 50


def printable(page: Sheet) -> list[dict[str, str]]:
    """Return the sheets of those actions that were done; asks nothing where the regulation prints nothing."""
    rules = {rule.name: rule for rule in page.kind.actions.values() if rule.spec.prints}
    if not rules:
        return []
    done = set(Event.objects.filter(ticket_id=page.it.ticket.id, action__in=list(rules)).values_list("action", flat=True))
    return [
        {"title": rule.spec.prints, "url": reverse("console:print", args=[page.number, name])}
        for name, rule in rules.items()
        if name in done
    ]


def paper_of(page: Sheet, action: str, origin: str) -> Paper:
    """Return what stands on the sheet of an action, as it was done last.

    Args:
        origin: scheme and host of this site, for the QR code.

    Raises:
        Unseen: the action prints nothing, or was not done.
    """
    rule = page.kind.actions.get(action)
    event = Event.objects.filter(ticket_id=page.it.ticket.id, action=action).order_by("-seq").first() if rule and rule.spec.prints else None
    if rule is None or event is None:
        raise Unseen
    values = {**page.it.ticket.fields, **event.payload}
    names = named(page.program, [values])
    asked = [
        name
        for name in dict.fromkeys((*page.kind.open_action.fields, *page.it.ticket.fields, *rule.fields))
        if values.get(name) not in (None, "")
    ]
    fields = [(name, page.program.field(name)) for name in asked if name in page.program.book.fields]
    return Paper(
        organisation=Unit.objects.values_list("name", flat=True).get(parent=None),
        title=rule.spec.prints,
        number=page.number,
        address=f"{origin}{reverse('console:ticket', args=[page.number])}",
        lines=[
            *_head(page, rule, event),
            *(
                (titled(f, page.reader.language), shown(f, values[n], names, page.reader))
                for n, f in fields
                if f.kind not in ("rows", "file")
            ),
        ],
        tables=[*(_detail(page, name, values, names) for name, field in fields if field.kind == "rows"), *_signatures(page)],
        files=[
            (titled(field, page.reader.language), one["name"], f"{origin}{reverse('console:file', args=[page.number, one['id']])}")
            for name, field in fields
            if field.kind == "file"
            for one in values[name]
        ],
        foot=_("Printed by %(name)s, %(time)s") % {"name": page.actor.name, "time": localtime(page.now).strftime("%Y-%m-%d %H:%M")},
    )


def _head(page: Sheet, rule: ActionRule, event: Event) -> list[tuple[str, str]]:
    language = page.reader.language
    clause = page.program.reference(rule.clause)
    return [
        (_("Class"), type_title(page.program, page.it.ticket.type, language)),
        (_("State"), state_mark(page.kind, page.it.ticket.state, language)[0]),
        (_("Unit"), page.it.names.unit),
        (titled(rule.spec, language), f"{event.actor_name} {localtime(event.at).strftime('%Y-%m-%d %H:%M')}"),
        *([(_("Clause"), clause)] if clause else []),
    ]


def _detail(page: Sheet, name: str, values: Mapping[str, Any], names: Names) -> Table:
    """Return the rows of a field, numbered; the number of the chosen one is marked."""
    field = page.program.field(name)
    found = details_of(field, values[name], names, page.reader, chosen_row(page.kind, name, values))
    chosen = _("(chosen)")
    rows = [[f"{place}{chosen if place == found.chosen else ''}", *cells] for place, cells in enumerate(found.rows, start=1)]
    return Table(titled(field, page.reader.language), [_("No."), *found.titles], rows)


def _signatures(page: Sheet) -> list[Table]:
    found = Signature.objects.filter(ticket_id=page.it.ticket.id).order_by("pk")[:MOST_SIGNATURES]
    rows = [
        [
            one.by_name + (_(" for %(name)s") % {"name": one.behalf_name} if one.behalf_name else ""),
            str(Signature.Decision(one.decision).label),
            one.opinion or "—",
            localtime(one.at).strftime("%Y-%m-%d %H:%M"),
        ]
        for one in found
    ]
    return [Table(_("Signatures"), [_("Signer"), _("Decision"), _("Opinion"), _("Time")], rows)] if rows else []
