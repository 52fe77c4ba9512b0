"""Who sees which customer. Hidden and missing look the same (invariant 6).

A post with subtree scope shows the customers and assets that its unit and the units below serve. A post at the root of
the tree shows all, also the customers that no unit serves. A post that covers only the person's own work shows none:
its holder reads the customer's data on the ticket.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from banjie.customers.models import Asset, Customer
from banjie.kernel.errors import NotPermitted, Unseen
from banjie.people.actor import Actor
from banjie.people.models import Unit
from banjie.people.permissions import Permission

EVERYTHING = "/"


def reach(actor: Actor, permission: Permission = Permission.CUSTOMER_READ) -> tuple[str, ...]:
    """Return the unit paths below which the actor has `permission`; `("/",)` means everywhere, `()` nowhere."""
    if actor.is_system:
        return (EVERYTHING,)
    paths = {grant.unit_path for grant in actor.grants if permission in grant.permissions and not grant.own_only}
    if any(path.count("/") == 2 for path in paths):
        return (EVERYTHING,)
    return tuple(sorted(path for path in paths if not any(path != other and path.startswith(other) for other in paths)))


def may_over(actor: Actor, permission: Permission, unit_path: str | None) -> bool:
    """Tell whether the actor has `permission` over what the unit at `unit_path` serves; None: what no unit serves."""
    paths = reach(actor, permission)
    return EVERYTHING in paths or (unit_path is not None and unit_path.startswith(paths) if paths else False)


def must_over(actor: Actor, permission: Permission, unit_path: str | None) -> None:
    """Refuse unless `may_over`.

    Raises:
        NotPermitted: no post allows it there.
    """
    if not may_over(actor, permission, unit_path):
        raise NotPermitted


def visible_customers(actor: Actor) -> QuerySet[Customer]:
    """Return the customers that the actor may see, inactive ones too; none without CUSTOMER_READ."""
    paths = reach(actor)
    if EVERYTHING in paths:
        return Customer.objects.all()
    return Customer.objects.filter(unit__in=_units(paths))


def visible_assets(actor: Actor) -> QuerySet[Asset]:
    """Return the assets that the actor may see: served by a unit in reach, or a visible customer's."""
    paths = reach(actor)
    if EVERYTHING in paths:
        return Asset.objects.all()
    units = _units(paths)
    return Asset.objects.filter(Q(unit__in=units) | Q(customer__unit__in=units))


def get_customer(actor: Actor, customer_id: int) -> Customer:
    """Return a visible customer with its unit.

    Raises:
        Unseen: it is missing or hidden.
    """
    found = visible_customers(actor).select_related("unit").filter(pk=customer_id).first()
    if found is None:
        raise Unseen
    return found


def managed_customer(by: Actor, customer_id: int) -> Customer:
    """Return a customer that `by` may change, locked for this transaction.

    Raises:
        Unseen: it is missing or hidden.
        NotPermitted: `by` may not manage this unit's customers.
    """
    customer = get_customer(by, customer_id)
    must_over(by, Permission.CUSTOMER_MANAGE, path_of(customer))
    Customer.objects.select_for_update().get(pk=customer_id)
    return customer


def get_asset(actor: Actor, asset_id: int) -> Asset:
    """Return a visible asset with its customer, units and engineer.

    Raises:
        Unseen: it is missing or hidden.
    """
    found = visible_assets(actor).select_related("unit", "customer__unit", "engineer").filter(pk=asset_id).first()
    if found is None:
        raise Unseen
    return found


def path_of(thing: Customer | Asset) -> str | None:
    """Return the path of the unit that serves a customer or an asset; an asset without unit takes its customer's."""
    if thing.unit is not None:
        return thing.unit.path
    return path_of(thing.customer) if isinstance(thing, Asset) else None


def _units(paths: tuple[str, ...]) -> QuerySet[Unit]:
    """Return the units at and below the paths; none for no path."""
    below = Q(pk__in=[])
    for path in paths:
        below |= Q(path__startswith=path)
    return Unit.objects.filter(below)
