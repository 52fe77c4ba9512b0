"""How permissions read to people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from banjie.people.permissions import Permission

PERMISSIONS = {
    Permission.TICKET_READ: _("See tickets"),
    Permission.TICKET_COMMENT: _("Comment on tickets"),
    Permission.TICKET_EXPORT: _("Export tickets"),
    Permission.CUSTOMER_READ: _("See customers"),
    Permission.CUSTOMER_PHONE: _("See customers' full phone numbers"),
    Permission.CUSTOMER_MANAGE: _("Change customers"),
    Permission.CUSTOMER_IMPORT: _("Import customers"),
    Permission.INSIGHT_READ: _("See reports"),
    Permission.FINDING_CORRECT: _("Correct results of clauses"),
    Permission.RULEBOOK_READ: _("Read rulebooks"),
    Permission.RULEBOOK_EDIT: _("Draft rulebooks"),
    Permission.RULEBOOK_ACTIVATE: _("Approve and activate rulebooks"),
    Permission.CALENDAR_MANAGE: _("Change calendars"),
    Permission.UNIT_MANAGE: _("Change units"),
    Permission.MEMBER_MANAGE: _("Manage members"),
    Permission.ROLE_MANAGE: _("Change roles"),
    Permission.TOKEN_MANAGE: _("Revoke anybody's tokens"),
    Permission.AUDIT_READ: _("Read the administration log"),
}
