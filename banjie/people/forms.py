"""Parse what the pages of this room send into drafts and records. The verbs check it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from banjie.kernel.errors import FieldError, InvalidInput, Unseen
from banjie.people.checks import MemberDraft, RoleDraft, UnitDraft
from banjie.people.deputies import found
from banjie.people.held import CertificateState, HeldFilter
from banjie.people.models import Member, Unit
from banjie.people.standing import PeopleFilter, Standing
from banjie.people.verbs.delegations import DelegationDraft
from banjie.people.verbs.examinations import Result

M = TypeVar("M", bound=Model)
NOBODY = gettext_lazy("Choose somebody who works here: by his sign-in name, or by a name that only one person has.")


def member_draft(sent: QueryDict) -> MemberDraft:
    """Read the form of a member."""
    return MemberDraft(*(_text(sent, name) for name in ("username", "name", "phone", "email")))


def unit_draft(sent: QueryDict) -> UnitDraft:
    """Read the form of a unit."""
    return UnitDraft(*(_text(sent, name) for name in ("code", "name", "kind", "region")))


def role_draft(sent: QueryDict) -> RoleDraft:
    """Read the form of a role."""
    return RoleDraft(_text(sent, "code"), _text(sent, "title"), _text(sent, "scope"), frozenset(sent.getlist("permissions")))


def chosen(among: QuerySet[M], sent: QueryDict, name: str) -> M:
    """Return the record whose number was chosen in the list called `name`.

    Raises:
        InvalidInput: nothing was chosen, or it is not in the list.
    """
    found = picked(among, sent, name)
    if found is None:
        raise InvalidInput(errors=[FieldError(name, _("Choose one of the list."))])
    return found


def picked(among: QuerySet[M], sent: QueryDict, name: str) -> M | None:
    """Return the chosen record, or None; for filters, where a wrong choice means no choice."""
    number = sent.get(name, "")
    return among.filter(pk=int(number)).first() if number.isascii() and number.isdigit() and len(number) < 19 else None


def seen(among: QuerySet[M], number: int) -> M:
    """Return the record of an address.

    Raises:
        Unseen: it does not exist, or not for this person.
    """
    found = among.filter(pk=number).first()
    if found is None:
        raise Unseen
    return found


def day(sent: QueryDict, name: str) -> date | None:
    """Return a day, or None when there is none or it is no day."""
    try:
        return parse_date(sent.get(name, ""))
    except ValueError:
        return None


def end_of_day(sent: QueryDict, name: str) -> datetime | None:
    """Return the end of an entered day, in the site's time zone.

    Raises:
        InvalidInput: something else was entered.
    """
    entered = day(sent, name)
    if entered is None:
        if sent.get(name, ""):
            raise InvalidInput(errors=[FieldError(name, _("Write a day such as 2026-12-31."))])
        return None
    try:
        return datetime.combine(entered + timedelta(days=1), time.min, timezone.get_current_timezone())
    except OverflowError:
        raise InvalidInput(errors=[FieldError(name, _("Write a day such as 2026-12-31."))]) from None


def delegation_draft(sent: QueryDict, member: Member, now: datetime) -> DelegationDraft:
    """Read the form of a deputy: first and last day, both whole; from now on when no first day is entered.

    Raises:
        InvalidInput: nobody is named, or a day is missing or none.
    """
    deputy, first, until = found(_text(sent, "deputy")), day(sent, "since"), end_of_day(sent, "until")
    wrong = []
    if deputy is None:
        wrong.append(FieldError("deputy", str(NOBODY)))
    if until is None:
        wrong.append(FieldError("until", _("Enter the last day.")))
    if sent.get("since", "") and first is None:
        wrong.append(FieldError("since", _("Write a day such as 2026-12-31.")))
    if deputy is None or until is None or wrong:
        raise InvalidInput(errors=wrong)
    since = datetime.combine(first, time.min, timezone.get_current_timezone()) if first else now
    return DelegationDraft(member, deputy, since, until, _text(sent, "reason"))


def results_of(sent: QueryDict, rows: int) -> list[Result]:
    """Read the table of marks, at most so many rows; empty ones are left out. Errors of a row are named "3.score".

    Raises:
        InvalidInput: a row names nobody, no whole number or no day.
    """
    results: list[Result] = []
    wrong: list[FieldError] = []
    for number in range(1, rows + 1):
        place = f"{number}."
        typed, mark = _text(sent, f"{place}member").strip(), _text(sent, f"{place}score").strip()
        if not typed and not mark:
            continue
        member, held_on = found(typed), day(sent, f"{place}held_on")
        score = int(mark) if mark.isascii() and mark.isdigit() and len(mark) < 6 else None
        if member is None:
            wrong.append(FieldError(f"{place}member", str(NOBODY)))
        if score is None:
            wrong.append(FieldError(f"{place}score", _("Write a whole number, e.g. 85.")))
        if held_on is None:
            wrong.append(FieldError(f"{place}held_on", _("Write a day such as 2026-12-31.")))
        if member is not None and score is not None and held_on is not None:
            results.append(Result(member, score, held_on, place))
    if wrong:
        raise InvalidInput(errors=wrong)
    return results


def people_filter(asked: QueryDict) -> PeopleFilter:
    """Read the filters of a course's people."""
    standing = asked.get("state", "")
    return PeopleFilter(
        text=_text(asked, "text").strip()[:60],
        unit=picked(Unit.objects.all(), asked, "unit"),
        standing=Standing(standing) if standing in set(Standing) else None,
        everybody=asked.get("who", "") == "everybody",
    )


def waiver_filter(asked: QueryDict) -> HeldFilter:
    """Read the filters of the list of exceptions."""
    state = asked.get("state", "")
    return HeldFilter(
        text=_text(asked, "text").strip()[:60],
        course=_text(asked, "course")[:40],
        state=CertificateState(state) if state in set(CertificateState) else None,
        is_waiver=True,
    )


def _text(sent: QueryDict, name: str) -> str:
    """Return a text; PostgreSQL stores no NUL."""
    return sent.get(name, "").replace("\x00", "")
