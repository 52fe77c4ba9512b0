"""Customers, their contacts, phones and assets. Nothing here is deleted: what ended is inactive (invariant 3)."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Reverse
from django.utils.translation import gettext_lazy as _


class Bigrams(Func):
    """The pairs of neighbouring characters of a text, without case and width: what finds "便民" within a name.

    pg_trgm is no help there: a pattern of two Chinese characters holds no trigram, so it would read the whole index.
    The SQL function is made by the first migration.
    """

    function = "customers_bigrams"


class Customer(models.Model):
    """Somebody who is served. `unit` is the region or district that serves it (POS-01); without one, only HQ sees it."""

    class Kind(models.TextChoices):
        MERCHANT = "merchant", _("Merchant")
        BANK = "bank", _("Bank")
        COMPANY = "company", _("Company")
        PERSON = "person", _("Person")
        OTHER = "other", _("Other customer")

    class Grade(models.TextChoices):
        NORMAL = "normal", _("Normal")
        KEY = "key", _("Key customer")
        VIP = "vip", _("VIP")
        MEMBER = "member", _("Member customer")

    code = models.CharField(max_length=40, unique=True, null=True, blank=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.OTHER)
    grade = models.CharField(max_length=20, choices=Grade.choices, default=Grade.NORMAL)
    unit = models.ForeignKey("people.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    address = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True, max_length=2000)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(code=None) | ~Q(code=""), name="customer_code_is_not_blank"),
            models.CheckConstraint(condition=~Q(name=""), name="customer_has_a_name"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["unit", "-id"], name="customer_newest_of_unit"),
            GinIndex(OpClass(Bigrams(F("name")), name="array_ops"), name="customer_name_bigrams"),
        ]

    def __str__(self) -> str:
        return self.name


class Contact(models.Model):
    """A person to talk to at a customer's."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="contacts")
    name = models.CharField(max_length=60)
    title = models.CharField(max_length=60, blank=True)
    is_main = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer"], condition=Q(is_main=True, is_active=True), name="contact_main_once"),
            models.CheckConstraint(condition=~Q(name=""), name="contact_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Phone(models.Model):
    """A number of a customer or of one of its contacts, in the stored form of `kernel.phones.normalise_phone`.

    `number_reversed` leaves out the extension: it serves the search by last digits. `is_caller` marks the number
    under which an unknown caller became a customer: one such customer per number, whoever calls at once (CUS-12).
    """

    class Kind(models.TextChoices):
        MOBILE = "mobile", _("Mobile")
        LANDLINE = "landline", _("Landline")
        SERVICE = "service", _("Service number")
        FOREIGN = "foreign", _("Foreign number")

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="phones")
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="phones")
    number = models.CharField(max_length=24)
    number_reversed = models.GeneratedField(
        expression=Reverse(Func(F("number"), Value("-"), Value(1), function="split_part")),
        output_field=models.CharField(max_length=24),
        db_persist=True,
    )
    kind = models.CharField(max_length=20, choices=Kind.choices)
    label = models.CharField(max_length=40, blank=True)
    is_caller = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(number__regex=r"^\+?[0-9]{3,15}(-[0-9]{1,6})?$"), name="phone_is_normalised"),
            models.UniqueConstraint(fields=["customer", "number"], condition=Q(is_active=True), name="phone_once_per_customer"),
            models.UniqueConstraint(fields=["number"], condition=Q(is_caller=True, is_active=True), name="phone_one_caller"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["number"], name="phone_number", opclasses=["text_pattern_ops"]),
            models.Index(fields=["number_reversed"], name="phone_number_reversed", opclasses=["text_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return self.number


class Asset(models.Model):
    """A thing at the customer's that is served: a terminal, a flat, a car, a device.

    `unit` is the region that serves it and `engineer` the responsible one, so that a ticket is dispatched to him at
    once, or relayed to the region's second level (POS-12, POS-13). Without a unit the customer's counts.
    """

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="assets")
    kind = models.CharField(max_length=40, default="pos_terminal")
    name = models.CharField(max_length=120, blank=True)
    address = models.CharField(max_length=200, blank=True)
    unit = models.ForeignKey("people.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    engineer = models.ForeignKey("people.Member", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    detail = models.JSONField(default=dict, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(kind=""), name="asset_has_a_kind")]

    def __str__(self) -> str:
        return self.name or f"{self.kind} {self.pk}"


class AssetKey(models.Model):
    """A name under which an asset is found: terminal number, merchant number, barcode, room number ... (PLT-18).

    `value` is as written, `value_upper` the searched form (`keys.normalise_key`). `is_unique` is set for kinds that
    name exactly one asset in the whole organisation.
    """

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="keys")
    kind = models.CharField(max_length=40)
    value = models.CharField(max_length=60)
    value_upper = models.CharField(max_length=60)
    is_unique = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(value_upper=""), name="asset_key_is_not_blank"),
            models.UniqueConstraint(fields=["kind", "value_upper"], condition=Q(is_unique=True, is_active=True), name="asset_key_unique"),
            models.UniqueConstraint(fields=["asset", "kind"], condition=Q(is_active=True), name="asset_key_once_per_kind"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["value_upper"], name="asset_key_value", opclasses=["text_pattern_ops"]),
            models.Index(fields=["kind", "value_upper"], name="asset_key_kind_value"),
        ]

    def __str__(self) -> str:
        return self.value
