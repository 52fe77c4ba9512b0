"""What this room writes into the administration log, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from banjie.people.events import name_kinds

name_kinds(
    {
        "finding.corrected": _("Result of a duty corrected"),
        "ledger.exported": _("Ledger exported"),
        "ledger.frozen": _("Ledger frozen"),
        "ledger.signed": _("Frozen ledger signed"),
    },
    {
        "book": _("rulebook"),
        "rows": _("rows"),
        "clause": _("clause"),
        "copy": _("frozen copy"),
        "corrects": _("corrected result"),
        "finding": _("new result"),
        "outcome": _("outcome"),
        "reason": _("reason"),
        "rule": _("rule"),
        "sha256": _("digest"),
        "was": _("outcome before"),
    },
)
