"""What this room writes into the administration log, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from banjie.people.events import name_kinds

name_kinds(
    {
        "ticket.exported": _("Tickets exported"),
    },
    {
        "rows": _("rows"),
        "state": _("state"),
        "text": _("search words"),
        "type": _("type"),
        "view": _("view"),
    },
)
