"""Enter and correct an asset with the keys under which it is found (PLT-18)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from banjie.customers.access import get_asset, get_customer, may_over, must_over, path_of
from banjie.customers.inputs import Faults
from banjie.customers.keys import MAX_VALUE, is_unique_kind, key_title, normalise_key
from banjie.customers.models import Asset, AssetKey
from banjie.kernel.errors import StaleVersion
from banjie.people.actor import Actor
from banjie.people.events import changed, record
from banjie.people.models import Member
from banjie.people.permissions import Permission


@dataclass(frozen=True, slots=True)
class AssetDraft:
    """What is entered about an asset. `keys` holds a value per kind; a blank value removes the key.

    Kinds that are not in `keys` stay as they are. `engineer` is a sign-in name, or blank for none.
    """

    kind: str = "pos_terminal"
    name: str = ""
    address: str = ""
    unit_id: int | None = None
    engineer: str = ""
    detail: Mapping[str, object] = field(default_factory=dict)
    is_active: bool = True
    keys: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def save_asset(
    customer_id: int, draft: AssetDraft, asset_id: int | None = None, *, by: Actor, at: datetime, expect: datetime | None = None
) -> Asset:
    """Create an asset of a customer, or correct the one with `asset_id` (its customer stays).

    Raises:
        Unseen: the customer or the asset is missing or hidden.
        NotPermitted: `by` may not manage customers of the unit that serves it, before or after.
        StaleVersion: somebody else changed it since `expect`.
        InvalidInput: names each wrong field; a terminal number or barcode that another asset has, too.
    """
    asset = _locked(by, asset_id, expect) if asset_id is not None else Asset(customer=get_customer(by, customer_id), created_at=at)
    before = _facts(asset) if asset.pk else {}
    faults = Faults()
    asset.kind = faults.text("kind", draft.kind, 40, needed=True)
    asset.name = faults.text("name", draft.name, 120)
    asset.address = faults.text("address", draft.address, 200)
    if draft.unit_id != asset.unit_id:
        asset.unit = faults.unit("unit", draft.unit_id)
    asset.engineer = _engineer(faults, asset, draft.engineer)
    asset.detail, asset.is_active, asset.updated_at = dict(draft.detail), draft.is_active, at
    keys = _checked_keys(faults, asset, draft.keys)
    if path_of(asset) is None and not may_over(by, Permission.CUSTOMER_MANAGE, None):
        faults.add("unit", _("Choose the unit that serves this asset."))
    faults.refuse()
    must_over(by, Permission.CUSTOMER_MANAGE, path_of(asset))
    asset.save()
    _write_keys(asset, keys)
    record("asset.changed" if before else "asset.created", str(asset), changed(before, _facts(asset)), by=by, at=at)
    return asset


def _locked(by: Actor, asset_id: int, expect: datetime | None) -> Asset:
    asset = get_asset(by, asset_id)
    must_over(by, Permission.CUSTOMER_MANAGE, path_of(asset))
    locked = Asset.objects.select_for_update(of=("self",)).select_related("unit", "customer__unit", "engineer").get(pk=asset_id)
    if expect is not None and locked.updated_at != expect:
        raise StaleVersion(_("Somebody else has changed this asset since you opened it. Reload, and enter your change again."))
    return locked


def _engineer(faults: Faults, asset: Asset, username: str) -> Member | None:
    """Return who is responsible; somebody who left stays until somebody else is named."""
    wanted = username.strip().lower()
    if not wanted or (asset.engineer is not None and asset.engineer.username == wanted):
        return asset.engineer if wanted else None
    member = Member.objects.filter(username=wanted, is_active=True).first()
    if member is None:
        faults.add("engineer", _("Nobody who works here signs in as %(name)s.") % {"name": wanted[:60]})
    return member


def _checked_keys(faults: Faults, asset: Asset, given: Mapping[str, str]) -> dict[str, str]:
    """Return the trimmed values by kind, after noting values that belong elsewhere."""
    keys = {kind: faults.text(kind, value, MAX_VALUE) for kind, value in given.items()}
    for kind, value in sorted(keys.items()):
        if not (upper := normalise_key(value)):
            continue
        _lock_key(kind, upper)
        others = AssetKey.objects.filter(kind=kind, value_upper=upper, is_active=True).exclude(asset_id=asset.pk)
        if is_unique_kind(kind) and others.exists():
            faults.add(kind, _("%(title)s %(value)s belongs to another asset.") % {"title": key_title(kind), "value": value})
        elif kind == "merchant_no" and others.exclude(asset__customer_id=asset.customer_id).exists():
            faults.add(kind, _("%(title)s %(value)s belongs to another customer.") % {"title": key_title(kind), "value": value})
    return keys


def _lock_key(kind: str, upper: str) -> None:
    """Hold this key for the transaction: two editors of one merchant number come one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"asset-key/{kind}/{upper}"])


def _write_keys(asset: Asset, keys: Mapping[str, str]) -> None:
    """Retire changed keys and add the new ones; an inactive asset keeps no key alive, so that its number is free again."""
    present = {key.kind: key.value for key in asset.keys.filter(is_active=True)}
    wanted = {kind: value for kind, value in (present | dict(keys)).items() if value and asset.is_active}
    gone = [kind for kind, value in present.items() if wanted.get(kind) != value]
    asset.keys.filter(kind__in=gone, is_active=True).update(is_active=False)
    AssetKey.objects.bulk_create(
        AssetKey(asset=asset, kind=kind, value=value, value_upper=normalise_key(value), is_unique=is_unique_kind(kind))
        for kind, value in wanted.items()
        if present.get(kind) != value
    )


def _facts(asset: Asset) -> dict[str, object]:
    names = ("customer_id", "kind", "name", "address", "unit_id", "engineer_id", "detail", "is_active")
    keys = {key.kind: key.value for key in asset.keys.filter(is_active=True).order_by("kind")}
    return {"id": asset.pk, "keys": keys} | {name: getattr(asset, name) for name in names}
