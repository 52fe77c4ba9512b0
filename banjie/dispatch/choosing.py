"""Choose the person or the unit for a dispatch, as the rulebook's `match` says."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from banjie.deadlines.registration import lacking
from banjie.dispatch.candidates import EVERYWHERE, Candidate, candidates, relay_unit
from banjie.kernel.errors import FieldError, Refused
from banjie.people.certified import certified
from banjie.people.models import Unit
from banjie.rulebook.doing import Match
from banjie.rulebook.explain.words import title
from banjie.tickets.step import Step


class NobodyToTakeIt(Refused):
    """Nobody fits: no engineer, and no unit that could choose one."""

    status = 422
    code = "nobody-to-take-it"


class NotEligible(Refused):
    """The chosen person cannot take this ticket."""

    status = 422
    code = "not-eligible"


class UnitNotRegistered(Refused):
    """The unit has not registered what the regulation asks for before tickets are sent to it."""

    status = 422
    code = "unit-not-registered"


def must_be_registered(step: Step, unit_id: int, unit_path: str) -> None:
    """Refuse to send a ticket to a unit that lacks its specialist, steps or limits (BNK-11).

    Raises:
        UnitNotRegistered: the message names what is missing.
    """
    if step.program.book.registration is None:
        return
    missing = lacking(step.program, unit_path, step.at)
    if missing:
        name = Unit.objects.values_list("name", flat=True).get(pk=unit_id)
        message = _(
            "%(unit)s cannot be sent tickets yet; it has not registered: %(missing)s. That is done on the page “Registration of units”."
        )
        raise step.refuse(message % {"unit": name, "missing": "、".join(missing)}, UnitNotRegistered)


EXCLUSIONS = {
    "inactive": gettext_lazy("is no longer active"),
    "lacks-role": gettext_lazy("does not hold the post that this work needs"),
    "other-region": gettext_lazy("works outside your units"),
    "uncertified": gettext_lazy("has no valid certificate for this work (results are entered on the page “Certificates”)"),
    "already": gettext_lazy("already has this ticket"),
}


def match_of(step: Step) -> Match:
    """Return the action's match rule (`check` guarantees one)."""
    assert step.rule.spec.match is not None
    return step.rule.spec.match


def chosen_field(step: Step) -> str | None:
    """Return the name of the form's person field, if it has one."""
    return next((name for name in step.rule.fields if step.program.field(name).kind == "person"), None)


def choose_person(step: Step, wanted: int, people: list[Candidate]) -> Candidate:
    """Return the candidate whom the dispatcher chose.

    Raises:
        NotEligible: inactive, without the post, or outside the dispatcher's units.
    """
    field = chosen_field(step) or "assignee"
    person = next((p for p in people if p.member_id == wanted), None)
    if person is None:
        raise step.refuse(_("This person does not exist."), NotEligible, [FieldError(field, _("Choose a person of the list."))])
    if not person.excluded and not _reaches(step, person.unit_path):
        person.excluded = "other-region"
    if person.excluded:
        message = _("%(name)s %(why)s.") % {"name": person.name, "why": EXCLUSIONS[person.excluded]}
        raise step.refuse(message, NotEligible, [FieldError(field, message)])
    return person


def _reaches(step: Step, unit_path: str) -> bool:
    """Tell whether a unit lies under a post by which the actor dispatches; an auditor's post, say, gives no such reach (POS-03).

    Whoever acts by his relation to the ticket, without such a post, reaches the units of the posts he has. With `match.anywhere`
    everybody reaches every unit.
    """
    posts = [g for g in step.by.grants if g.role in step.rule.roles] or step.by.grants
    return step.by.is_system or match_of(step).anywhere or any(unit_path.startswith(g.unit_path) for g in posts)


def engineer_of_asset(step: Step) -> int | None:
    """Return the engineer whom the ticket's asset names."""
    if step.ticket.asset_id is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute("select engineer_id from customers_asset where id = %s", [step.ticket.asset_id])
        row = cursor.fetchone()
    return row[0] if row else None


def considered(step: Step, named: list[int]) -> list[Candidate]:
    """Return the candidates for this ticket's region, or of the whole organisation."""
    people = candidates(match_of(step).role or "", EVERYWHERE if match_of(step).anywhere else step.ticket.unit_path, named)
    role = step.program.book.roles.get(match_of(step).role or "")
    if role is not None and role.certificate:
        able = certified([p.member_id for p in people], role.certificate, step.at)
        for person in people:
            if not person.excluded and person.member_id not in able:
                person.excluded = "uncertified"
    return people


def evidence(people: list[Candidate], chosen: Candidate | None, source: str) -> list[dict[str, Any]]:
    """Return who was considered and why not: everyone else was passed over for `source`."""
    for person in people:
        person.chosen = chosen is not None and person.member_id == chosen.member_id
        if not person.chosen and not person.excluded:
            person.excluded = f"passed-over:{source}"
    return [p.evidence() for p in people]


def relay_target(step: Step) -> tuple[int, str, str]:
    """Return the unit whose second-level service takes over (POS-13).

    Raises:
        NobodyToTakeIt: the region has none; the form must name the unit, or the named one has nobody.
        UnitNotRegistered: the named unit lacks its specialist.
        NotEligible: the named unit lies outside the dispatcher's.
    """
    role = match_of(step).relay
    wanted = step.value("target_unit") if "target_unit" in step.rule.fields else None
    path = step.ticket.unit_path
    if wanted:
        with connection.cursor() as cursor:
            cursor.execute("select path from people_unit where id = %s and is_active", [wanted])
            row = cursor.fetchone()
        path = row[0] if row else ""
    found = relay_unit(role, path) if role and path else None
    if found is None:
        message = _("No engineer matches, and this region has no second-level service. Choose the branch or the engineer.")
        if wanted and path:
            must_be_registered(step, wanted, path)
            message = _(
                "Nobody holds the post “%(role)s” in this unit or above it. Choose another unit, or let an administrator appoint somebody."
            )
            message %= {"role": title(step.program.book.roles[role]) if role in step.program.book.roles else role}
        raise step.refuse(message, NobodyToTakeIt, [FieldError("target_unit", message)])
    if wanted and not _reaches(step, found[1]):
        message = _("%(name)s lies outside your units.") % {"name": found[2]}
        raise step.refuse(message, NotEligible, [FieldError("target_unit", message)])
    return found
