"""Found, change, move, close and reopen units (POS-01)."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from banjie.kernel.errors import Refused
from banjie.people.actor import Actor
from banjie.people.checks import Checklist, UnitDraft
from banjie.people.events import changed, facts_of, record
from banjie.people.grants import forget
from banjie.people.guards import current_posts, lock_organisation
from banjie.people.models import Unit
from banjie.people.permissions import Permission

_LONGEST_PATH = 200


class UnitInUse(Refused):
    """People or units still belong to it."""

    code = "unit-in-use"
    default_message = gettext_lazy("People or active units still belong to this unit. Move them first.")


class BelowItself(Refused):
    """A tree has no circles."""

    code = "below-itself"
    default_message = gettext_lazy("A unit cannot be moved into itself or below itself.")


class RootStays(Refused):
    """The organisation itself has no place to go."""

    code = "root-stays"
    default_message = gettext_lazy("The topmost unit is the organisation itself; it cannot be moved or closed.")


class UnitClosed(Refused):
    """Nothing new belongs to a closed unit."""

    code = "unit-closed"
    default_message = gettext_lazy("This unit is closed. Reopen it first, or choose another one.")


class TooDeep(Refused):
    """The tree would become too deep to store."""

    code = "too-deep"
    default_message = gettext_lazy("The tree would become too deep. Choose a unit nearer to the top.")


@transaction.atomic
def create_unit(draft: UnitDraft, *, parent: Unit | None, by: Actor, at: datetime) -> Unit:
    """Found a unit below `parent`; without one, the organisation itself (once).

    Raises:
        NotPermitted: `by` may not manage units there.
        UnitClosed: the parent is closed.
        RootStays: there is a topmost unit already.
        TooDeep: the parent is too far down.
        InvalidInput: an entry is missing or wrong, or the code is taken.
    """
    root = lock_organisation()
    if parent is None:
        by.must(Permission.UNIT_MANAGE)
        if root is not None:
            raise RootStays(_("There is a topmost unit already; choose the unit above."))
    else:
        parent = Unit.objects.get(pk=parent.pk)
        by.must(Permission.UNIT_MANAGE, parent.path)
        if not parent.is_active:
            raise UnitClosed
    draft = _checked(draft, besides=None)
    number = _next_id()
    path = f"{parent.path if parent else '/'}{number}/"
    if len(path) > _LONGEST_PATH:
        raise TooDeep
    unit = Unit.objects.create(
        id=number, code=draft.code, name=draft.name, kind=draft.kind, region=draft.region, parent=parent, path=path, created_at=at
    )
    record("unit.created", str(unit.code), {"after": facts_of(unit)}, by=by, at=at)
    return unit


@transaction.atomic
def change_unit(unit: Unit, draft: UnitDraft, *, by: Actor, at: datetime) -> Unit:
    """Rename a unit, or change its code, kind or region.

    Raises:
        NotPermitted: `by` may not manage this unit.
        InvalidInput: an entry is missing or wrong, or the code is taken.
    """
    unit = _held(unit)
    by.must(Permission.UNIT_MANAGE, unit.path)
    draft = _checked(draft, besides=unit)
    before = facts_of(unit)
    unit.code, unit.name, unit.kind, unit.region = draft.code, draft.name, draft.kind, draft.region
    return _saved("unit.changed", unit, before, by=by, at=at)


@transaction.atomic
def move_unit(unit: Unit, *, to: Unit, by: Actor, at: datetime) -> Unit:
    """Put a unit, with everything below it, under another one.

    Raises:
        NotPermitted: `by` may not manage both units.
        RootStays: the topmost unit was to be moved.
        BelowItself: the new place lies in the unit's own subtree.
        UnitClosed: the new place is closed.
        TooDeep: something below it would be too far down.
    """
    unit = _held(unit)
    to = Unit.objects.get(pk=to.pk)
    by.must(Permission.UNIT_MANAGE, unit.path)
    by.must(Permission.UNIT_MANAGE, to.path)
    if unit.parent_id is None:
        raise RootStays
    if to.path.startswith(unit.path):
        raise BelowItself
    if not to.is_active:
        raise UnitClosed
    before = facts_of(unit)
    _rewrite_paths(unit.path, f"{to.path}{unit.pk}/")
    unit.refresh_from_db()
    unit.parent = to
    return _saved("unit.moved", unit, before, by=by, at=at)


@transaction.atomic
def close_unit(unit: Unit, *, by: Actor, at: datetime) -> Unit:
    """Close a unit. It keeps its history and can be reopened.

    Raises:
        NotPermitted: `by` may not manage this unit.
        RootStays: it is the topmost unit.
        UnitInUse: somebody holds a post in it, or an active unit lies below.
    """
    unit = _held(unit)
    by.must(Permission.UNIT_MANAGE, unit.path)
    if unit.parent_id is None:
        raise RootStays
    if unit.children.filter(is_active=True).exists() or current_posts(at).filter(unit=unit).exists():
        raise UnitInUse
    before = facts_of(unit)
    unit.is_active = False
    return _saved("unit.closed", unit, before, by=by, at=at)


@transaction.atomic
def reopen_unit(unit: Unit, *, by: Actor, at: datetime) -> Unit:
    """Reopen a closed unit.

    Raises:
        NotPermitted: `by` may not manage this unit.
        UnitClosed: the unit above it is closed.
    """
    unit = _held(unit)
    by.must(Permission.UNIT_MANAGE, unit.path)
    if unit.parent is not None and not unit.parent.is_active:
        raise UnitClosed(_("The unit above is closed. Reopen that one first."))
    before = facts_of(unit)
    unit.is_active = True
    return _saved("unit.reopened", unit, before, by=by, at=at)


def _held(unit: Unit) -> Unit:
    """Read the unit again, with the whole organisation locked: paths of a stale copy would be wrong."""
    lock_organisation()
    return Unit.objects.select_related("parent").get(pk=unit.pk)


def _saved(kind: str, unit: Unit, before: dict[str, object], *, by: Actor, at: datetime) -> Unit:
    unit.save()
    difference = changed(before, facts_of(unit))
    if difference["after"]:
        record(kind, unit.code, difference, by=by, at=at)
    forget()
    return unit


def _checked(draft: UnitDraft, *, besides: Unit | None) -> UnitDraft:
    draft = draft.cleaned()
    found = Checklist()
    draft.check(found)
    others = Unit.objects.exclude(pk=besides.pk) if besides else Unit.objects.all()
    found.demand(not others.filter(code__iexact=draft.code).exists(), "code", _("Another unit has this code."))
    found.settle()
    return draft


def _next_id() -> int:
    """Draw the id first: the path contains it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('people_unit', 'id'))")
        return int(cursor.fetchone()[0])


def _rewrite_paths(old: str, new: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(length(path)) FROM people_unit WHERE starts_with(path, %s)", [old])
        if cursor.fetchone()[0] - len(old) + len(new) > _LONGEST_PATH:
            raise TooDeep
        cursor.execute(
            "UPDATE people_unit SET path = %s || substr(path, %s) WHERE starts_with(path, %s)",
            [new, len(old) + 1, old],
        )
