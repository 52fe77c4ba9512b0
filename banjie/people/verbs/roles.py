"""Create roles and change what they allow (PLT-09)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from banjie.people.actor import Actor
from banjie.people.checks import Checklist, RoleDraft
from banjie.people.events import changed, facts_of, record
from banjie.people.grants import forget
from banjie.people.guards import keeping_an_administrator, lock_organisation, must_have_all
from banjie.people.models import Role
from banjie.people.permissions import Permission


@transaction.atomic
def create_role(draft: RoleDraft, *, by: Actor, at: datetime) -> Role:
    """Create a role.

    Raises:
        NotPermitted: `by` may not manage roles for the whole organisation.
        Outranked: it would allow what `by` may not do himself.
        InvalidInput: an entry is missing or wrong, the code is taken, or a permission is unknown.
    """
    root_path = _must_manage_roles(by)
    draft = draft.cleaned()
    found = Checklist()
    draft.check(found)
    found.demand(not Role.objects.filter(code__iexact=draft.code).exists(), "code", _("Another role has this code."))
    found.settle()
    must_have_all(draft.permissions, root_path, by)
    role = Role.objects.create(code=draft.code, title=draft.title, scope=draft.scope, permissions=sorted(draft.permissions))
    record("role.created", role.code, {"after": facts_of(role)}, by=by, at=at)
    return role


@transaction.atomic
def change_role(role: Role, draft: RoleDraft, *, by: Actor, at: datetime) -> Role:
    """Change a role's title, scope and permissions, for all who hold it. Its code stays, whatever the draft says.

    Raises:
        NotPermitted: `by` may not manage roles for the whole organisation.
        Outranked: it would newly allow what `by` may not do himself.
        LastAdministrator: nobody would be left to administer.
        InvalidInput: an entry is missing or wrong, or a permission is unknown.
    """
    root_path = _must_manage_roles(by)
    role = Role.objects.get(pk=role.pk)
    draft = draft.cleaned()
    found = Checklist()
    draft.check(found)
    found.settle()
    is_widened = role.scope == Role.Scope.OWN and draft.scope == Role.Scope.SUBTREE
    must_have_all(draft.permissions if is_widened else draft.permissions - set(role.permissions), root_path, by)
    before = facts_of(role)
    role.title, role.scope, role.permissions = draft.title, draft.scope, sorted(draft.permissions)
    with keeping_an_administrator(at):
        role.save()
    difference = changed(before, facts_of(role))
    if difference["after"]:
        record("role.changed", role.code, difference, by=by, at=at)
    forget()
    return role


def _must_manage_roles(by: Actor) -> str:
    """A role counts in every unit, so that only who manages roles at the top may change one."""
    root = lock_organisation()
    path = root.path if root else "/"
    by.must(Permission.ROLE_MANAGE, path)
    return path
