"""What the list's templates are given: finished rows, chosen filters and the addresses around them."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from banjie.customers.models import Customer
from banjie.customers.queries import Hit
from banjie.customers.queries.lists import CustomerPage, CustomerRow
from banjie.people.actor import Actor
from banjie.people.permissions import Permission
from banjie.people.queries import units_for

_FILTERS = ("q", "kind", "grade", "unit")


def list_context(actor: Actor, asked: QueryDict, hits: list[Hit] | None, found: CustomerPage | None) -> dict[str, Any]:
    """Return the context of the list: `hits` of a search, or a page of all."""
    chosen = {name: value for name in _FILTERS if (value := asked.get(name, ""))}
    here = reverse("customers:list")
    return {
        "asked": {name: asked.get(name, "") for name in _FILTERS},
        "columns": [{"title": title, **more} for title, more in (_hit_columns() if hits is not None else _columns())],
        "rows": [_hit(hit) for hit in hits] if hits is not None else [_row(row) for row in found.rows] if found else [],
        "is_search": hits is not None,
        "next_url": f"{here}?{_query(chosen | {'after': str(found.after)})}" if found and found.after else "",
        "export_url": f"{reverse('customers:export')}?{_query(chosen)}",
        "kinds": Customer.Kind.choices,
        "grades": Customer.Grade.choices,
        "units": [(unit.pk, unit.name) for unit in units_for(Permission.CUSTOMER_READ, actor).filter(is_active=True)],
        "may_manage": actor.may(Permission.CUSTOMER_MANAGE),
        "may_import": actor.may(Permission.CUSTOMER_IMPORT),
    }


def _columns() -> list[tuple[str, dict[str, object]]]:
    return [
        (_("Customer"), {"main": True}),
        (_("Customer number"), {}),
        (_("Kind"), {"width": "narrow"}),
        (_("Grade"), {"width": "narrow"}),
        (_("Phone"), {"width": "narrow"}),
        (_("Address"), {"width": "wide"}),
        (_("Unit"), {"width": "narrow"}),
        (_("Assets"), {"align": "end"}),
    ]


def _row(row: CustomerRow) -> dict[str, object]:
    cells = [row.name, row.code, row.kind, row.grade, row.phone, row.address, row.unit_name, row.assets]
    return {"cells": cells, "url": reverse("customers:page", args=[row.id])}


def _hit_columns() -> list[tuple[str, dict[str, object]]]:
    return [
        (_("Customer"), {"main": True}),
        (_("Keys"), {"width": "wide"}),
        (_("Address"), {"width": "wide"}),
        (_("Phone"), {"width": "narrow"}),
        (_("Unit"), {"width": "narrow"}),
        (_("Engineer"), {"width": "narrow"}),
    ]


def _hit(hit: Hit) -> dict[str, object]:
    keys = " · ".join(f"{key.title} {key.value}" for key in hit.keys)
    cells = [hit.customer_name, keys or hit.customer_code, hit.address, hit.phone, hit.unit_name, hit.engineer_name]
    row: dict[str, object] = {"cells": cells}
    return row | {"url": reverse("customers:page", args=[hit.customer_id])} if hit.may_open else row


def _query(values: dict[str, str]) -> str:
    query = QueryDict(mutable=True)
    query.update(values)
    return query.urlencode()
