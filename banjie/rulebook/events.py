"""What this room writes into the administration log, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from banjie.people.events import name_kinds

name_kinds(
    {
        "rulebook.activated": _("Rulebook activated"),
        "rulebook.approved": _("Rulebook approved for a later day"),
        "rulebook.draft-changed": _("Draft of a rulebook changed"),
        "rulebook.drafted": _("Rulebook drafted"),
        "rulebook.proposed": _("Rulebook proposed"),
        "rulebook.returned": _("Rulebook returned"),
    },
    {
        "digest": _("digest"),
        "reason": _("reason"),
    },
)
