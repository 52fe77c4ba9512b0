"""The roles that every organisation starts with. It may change them, and add its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from banjie.people.actor import Actor
from banjie.people.events import facts_of, record
from banjie.people.models import Role
from banjie.people.permissions import Permission

ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class ShippedRole:
    """A role as shipped: `code` is what rulebooks write in `by:`, `title` the organisation's word for it."""

    code: str
    title: str
    permissions: frozenset[Permission]
    scope: str = Role.Scope.SUBTREE


# Who works on tickets sees them, the customer and his phone: without it nobody can call back.
_WORK = frozenset(
    {Permission.TICKET_READ, Permission.TICKET_COMMENT, Permission.CUSTOMER_READ, Permission.CUSTOMER_PHONE, Permission.RULEBOOK_READ}
)
_LEAD = _WORK | {Permission.TICKET_EXPORT, Permission.INSIGHT_READ}
_SUPERVISE = _LEAD | {Permission.CUSTOMER_MANAGE, Permission.CUSTOMER_IMPORT, Permission.FINDING_CORRECT}

SHIPPED = (
    ShippedRole(ADMIN, "系统管理员", frozenset(Permission)),
    ShippedRole(
        "auditor",
        "审计员",
        frozenset(
            {Permission.AUDIT_READ, Permission.CUSTOMER_READ, Permission.INSIGHT_READ, Permission.RULEBOOK_READ, Permission.TICKET_READ}
        ),
    ),
    ShippedRole(
        "rulebook_approver", "管理办法审批人", frozenset({Permission.RULEBOOK_ACTIVATE, Permission.RULEBOOK_READ, Permission.INSIGHT_READ})
    ),
    # Both levels of a service count their own work (POS-02, POS-03).
    ShippedRole("hq_agent", "总部客服", _WORK | {Permission.CUSTOMER_MANAGE, Permission.INSIGHT_READ}),
    ShippedRole("hq_supervisor", "客服主管", _SUPERVISE | {Permission.RULEBOOK_EDIT}),
    ShippedRole("second_level", "二级客服", _WORK | {Permission.CUSTOMER_MANAGE, Permission.INSIGHT_READ}),
    ShippedRole("branch_manager", "分公司经理", _LEAD),
    ShippedRole("engineer", "巡检员", _WORK, Role.Scope.OWN),
    ShippedRole("agent", "客服专员", _WORK | {Permission.CUSTOMER_MANAGE}),
    ShippedRole("supervisor", "主管", _SUPERVISE),
    ShippedRole("handler", "处理人员", _WORK, Role.Scope.OWN),
    ShippedRole("director", "部门负责人", _LEAD | {Permission.RULEBOOK_ACTIVATE, Permission.AUDIT_READ}),
)


@transaction.atomic
def install_shipped_roles(*, by: Actor, at: datetime) -> dict[str, Role]:
    """Create the shipped roles that are missing and return all of them by code; existing ones stay as they are.

    Raises:
        NotPermitted: `by` may not manage roles.
    """
    by.must(Permission.ROLE_MANAGE)
    present = {role.code: role for role in Role.objects.filter(code__in=[shipped.code for shipped in SHIPPED])}
    for shipped in SHIPPED:
        if shipped.code not in present:
            role = Role.objects.create(code=shipped.code, title=shipped.title, scope=shipped.scope, permissions=sorted(shipped.permissions))
            record("role.created", role.code, {"after": facts_of(role)}, by=by, at=at)
            present[role.code] = role
    return present
