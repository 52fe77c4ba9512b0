"""Units, members, roles, posts and tokens."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class Unit(models.Model):
    """A node of the organisation tree.

    `path` is the chain of ids from the root, "/1/4/9/": a unit's subtree is every path that starts with its own.
    It is written by `verbs.units` only. `region` is the name under which customers and assets are assigned to it
    (a province, a district), so that "second-level service of the region" finds it (POS-01).
    """

    class Kind(models.TextChoices):
        HEADQUARTERS = "headquarters", _("Headquarters")
        BRANCH = "branch", _("Branch")
        DEPARTMENT = "department", _("Department")
        TEAM = "team", _("Team")
        DISTRICT = "district", _("Engineer district")

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    path = models.CharField(max_length=200, unique=True, db_collation="C")
    region = models.CharField(max_length=80, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(path__startswith="/") & Q(path__endswith="/"), name="unit_path_has_slashes"),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="unit_is_not_its_own_parent"),
            models.UniqueConstraint(fields=["parent"], condition=Q(parent=None), nulls_distinct=False, name="unit_has_one_root"),
        ]

    def __str__(self) -> str:
        return self.name


class MemberManager(BaseUserManager["Member"]):
    """Lookup by sign-in name, which is stored in lower case."""

    def get_by_natural_key(self, username: str | None) -> Member:
        return self.get(username=(username or "").strip().lower())


class Member(AbstractBaseUser):
    """A person who works here. Never deleted: people who leave become inactive (invariant 3)."""

    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=60)
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[MemberManager] = MemberManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(is_active=True, left_at=None) | Q(is_active=False, left_at__isnull=False), name="member_left_when_inactive"
            ),
            models.CheckConstraint(condition=Q(username=Lower("username")), name="member_username_is_lower_case"),
        ]

    def __str__(self) -> str:
        return self.name


class Role(models.Model):
    """What a holder may do, and on whose tickets.

    `code` is the name that rulebooks use in `by:`. `certificate` is the course that a holder must have passed to act in it.
    """

    class Scope(models.TextChoices):
        SUBTREE = "subtree", _("The unit and everything below it")
        OWN = "own", _("Only what is assigned to the person")

    code = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=60)
    scope = models.CharField(max_length=10, choices=Scope.choices, default=Scope.SUBTREE)
    permissions = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    certificate = models.CharField(max_length=40, blank=True)

    def __str__(self) -> str:
        return self.title


class Post(models.Model):
    """A role that a member holds in a unit, from a time to a time. One person may hold several."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="posts")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="posts")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="posts")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["member", "role", "unit"], condition=Q(until=None), name="post_held_once"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="post_ends_after_it_begins"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["role", "unit"], condition=Q(until=None), name="post_current_holders"),
        ]

    def __str__(self) -> str:
        return f"{self.member} · {self.role} · {self.unit}"


class Course(models.Model):
    """A training that ends with an examination, as a rulebook asks for it (BNK-09). `valid_days` is how long a certificate holds."""

    code = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=120)
    pass_mark = models.PositiveSmallIntegerField()
    valid_days = models.PositiveIntegerField(null=True)
    examiner = models.CharField(max_length=40)

    def __str__(self) -> str:
        return self.title


class Examination(models.Model):
    """A person's result in an examination. Append-only: a better one is another row."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="examinations")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="examinations")
    score = models.PositiveSmallIntegerField()
    passed = models.BooleanField()
    held_on = models.DateField()
    at = models.DateTimeField()
    by_name = models.CharField(max_length=80)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["member", "course", "held_on"], name="examination_once_a_day")]

    def __str__(self) -> str:
        return f"{self.member} {self.course} {self.score}"


class Certificate(models.Model):
    """What lets a person act in roles that need a course: by an examination passed, or by a waiver that another one approved.

    A waiver counts from its approval (`issued_at`), and shows in the administration log as what it is. One that was refused
    is revoked without ever having been issued.
    """

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="certificates")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="certificates")
    examination = models.OneToOneField(Examination, null=True, on_delete=models.PROTECT, related_name="certificate")
    issued_at = models.DateTimeField(null=True)
    valid_until = models.DateTimeField(null=True)
    waiver_reason = models.TextField(blank=True)
    asked_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(null=True)
    approved_by_name = models.CharField(max_length=80, blank=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by_name = models.CharField(max_length=80, blank=True)
    revoked_reason = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(examination__isnull=False) ^ ~Q(waiver_reason=""), name="certificate_by_examination_or_waiver"
            ),
            models.CheckConstraint(
                condition=Q(waiver_reason="") | Q(issued_at=None) | ~Q(approved_by_name=""), name="certificate_waiver_was_approved"
            ),
            models.CheckConstraint(condition=Q(waiver_reason="") | Q(valid_until__isnull=False), name="certificate_waiver_ends"),
            models.CheckConstraint(condition=Q(revoked_at=None) | ~Q(revoked_reason=""), name="certificate_revoked_with_reason"),
        ]
        indexes: ClassVar = [models.Index(fields=["member", "course"], name="certificate_of_member")]

    def __str__(self) -> str:
        return f"{self.member} {self.course}"


class Delegation(models.Model):
    """A member's deputy for a time: he may sign what the member is asked to sign. Never erased: it ends.

    A deputy has no deputy of his own for it: what he may sign on behalf comes from the member's posts alone.
    """

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="deputies")
    deputy = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="deputy_for")
    since = models.DateTimeField()
    until = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()
    made_by_name = models.CharField(max_length=80)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="delegation_ends_after_it_begins"),
            models.CheckConstraint(condition=~Q(member=F("deputy")), name="delegation_to_another"),
        ]
        indexes: ClassVar = [models.Index(fields=["deputy", "until"], name="delegation_of_deputy")]

    def __str__(self) -> str:
        return f"{self.member} → {self.deputy}"


class Token(models.Model):
    """A bearer token for REST. Only its SHA-256 is stored; `scopes` narrows what its member may do."""

    class Scope(models.TextChoices):
        READ = "read", _("Read only")
        WRITE = "write", _("Read and write")

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    scope = models.CharField(max_length=10, choices=Scope.choices, default=Scope.READ)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Session(AbstractBaseSession):
    """A signed-in browser. The member is a column, so that one query authenticates and a member's sessions can be ended."""

    member = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="sessions")

    class Meta(AbstractBaseSession.Meta):
        abstract = False


class AdminEvent(models.Model):
    """An entry of the administration log: who changed which unit, member, role, calendar or rulebook. Append-only."""

    at = models.DateTimeField()
    actor_name = models.CharField(max_length=80)
    member = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=160)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-at"], name="admin_event_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
