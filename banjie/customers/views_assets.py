"""Pages of assets."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from banjie.customers.access import get_asset, get_customer, path_of
from banjie.customers.forms import asset_draft, expected
from banjie.customers.keys import KEY_KINDS
from banjie.customers.models import Asset, Customer
from banjie.customers.queries import engineers_offered
from banjie.customers.verbs.assets import save_asset
from banjie.people.access import actor_of, needs
from banjie.people.permissions import Permission
from banjie.people.queries import units_for


@require_http_methods(["GET", "POST"])
@needs(Permission.CUSTOMER_MANAGE)
def new_asset(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Enter an asset of a customer."""
    if request.method == "POST":
        save_asset(customer_id, asset_draft(request.POST, {}), by=actor_of(request), at=timezone.now())
        return redirect("customers:page", customer_id)
    return _form(request, get_customer(actor_of(request), customer_id), None)


@require_http_methods(["GET", "POST"])
@needs(Permission.CUSTOMER_MANAGE)
def edit_asset(request: HttpRequest, asset_id: int) -> HttpResponse:
    """Correct an asset."""
    actor = actor_of(request)
    asset = get_asset(actor, asset_id)
    if request.method == "POST":
        draft = asset_draft(request.POST, asset.detail)
        save_asset(asset.customer_id, draft, asset_id, by=actor, at=timezone.now(), expect=expected(request.POST))
        return redirect("customers:page", asset.customer_id)
    return _form(request, asset.customer, asset)


def _form(request: HttpRequest, customer: Customer, asset: Asset | None) -> HttpResponse:
    actor = actor_of(request)
    values = dict(asset.keys.filter(is_active=True).values_list("kind", "value")) if asset else {}
    context = {
        "customer": customer,
        "asset": asset,
        "keys": [(kind.code, kind.title, values.get(kind.code, "")) for kind in KEY_KINDS.values()],
        "units": [(unit.pk, unit.name) for unit in units_for(Permission.CUSTOMER_MANAGE, actor).filter(is_active=True)],
        "engineers": engineers_offered(path_of(asset or customer), timezone.now()),
    }
    return render(request, "customers/asset.html", context)
