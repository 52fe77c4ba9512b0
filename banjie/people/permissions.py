"""The permission vocabulary: `resource:action`, alphabetical.

Permissions say what a role may do outside a rulebook. Who may perform an action on a ticket is written in the
rulebook (`by:`), by role; a role's *scope* says on which units' tickets.
"""

from enum import StrEnum


class Permission(StrEnum):
    """What a role may do."""

    AUDIT_READ = "audit:read"
    CALENDAR_MANAGE = "calendar:manage"
    CUSTOMER_IMPORT = "customer:import"
    CUSTOMER_MANAGE = "customer:manage"
    CUSTOMER_PHONE = "customer:phone"
    CUSTOMER_READ = "customer:read"
    FINDING_CORRECT = "finding:correct"
    INSIGHT_READ = "insight:read"
    MEMBER_MANAGE = "member:manage"
    ROLE_MANAGE = "role:manage"
    RULEBOOK_ACTIVATE = "rulebook:activate"
    RULEBOOK_EDIT = "rulebook:edit"
    RULEBOOK_READ = "rulebook:read"
    TICKET_COMMENT = "ticket:comment"
    TICKET_EXPORT = "ticket:export"
    TICKET_READ = "ticket:read"
    TOKEN_MANAGE = "token:manage"
    UNIT_MANAGE = "unit:manage"


# What a read-only token may still do.
READING = frozenset(
    {
        Permission.AUDIT_READ,
        Permission.CUSTOMER_PHONE,
        Permission.CUSTOMER_READ,
        Permission.INSIGHT_READ,
        Permission.RULEBOOK_READ,
        Permission.TICKET_EXPORT,
        Permission.TICKET_READ,
    }
)
