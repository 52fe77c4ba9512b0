"""What this room writes into the administration log, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from banjie.people.events import name_kinds

name_kinds(
    {
        "asset.changed": _("Asset changed"),
        "asset.created": _("Asset created"),
        "customer.changed": _("Customer changed"),
        "customer.contact_saved": _("Contact saved"),
        "customer.created": _("Customer created"),
        "customer.exported": _("Customers exported"),
        "customer.imported": _("Customers imported"),
        "customer.phone_added": _("Phone number added"),
        "customer.phone_removed": _("Phone number removed"),
        "customer.phones_shown": _("Phone numbers shown"),
    },
    {
        "address": _("address"),
        "assets": _("assets"),
        "customer": _("customer"),
        "customers": _("customers"),
        "grade": _("grade"),
        "note": _("note"),
        "phones": _("phones"),
        "rows": _("rows"),
    },
)
