"""Add, remove and show phone numbers of a customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from banjie.customers.access import get_customer, managed_customer, must_over, path_of
from banjie.customers.inputs import Faults
from banjie.customers.models import Contact, Phone
from banjie.kernel.errors import Unseen
from banjie.kernel.phones import mask_phone, phone_kind
from banjie.people.actor import Actor
from banjie.people.events import record
from banjie.people.permissions import Permission


@dataclass(frozen=True, slots=True)
class PhoneDraft:
    """A number as written by a person, what it is called, and whose it is."""

    number: str
    label: str = ""
    contact_id: int | None = None


@transaction.atomic
def add_phone(customer_id: int, draft: PhoneDraft, *, by: Actor, at: datetime) -> Phone:
    """Add a number to a customer.

    Raises:
        Unseen: the customer is missing or hidden.
        NotPermitted: `by` may not manage this unit's customers.
        InvalidInput: the number is none, is there already, or the contact is not this customer's.
    """
    customer = managed_customer(by, customer_id)
    faults = Faults()
    number = faults.phone("number", draft.number)
    label = faults.text("label", draft.label, 40)
    if number and Phone.objects.filter(customer=customer, number=number, is_active=True).exists():
        faults.add("number", _("The customer has this number already."))
    if draft.contact_id is not None and not Contact.objects.filter(customer=customer, pk=draft.contact_id, is_active=True).exists():
        faults.add("contact", _("Choose a contact of this customer."))
    faults.refuse()
    phone = Phone.objects.create(
        customer=customer, contact_id=draft.contact_id, number=number, kind=phone_kind(number), label=label, created_at=at
    )
    record("customer.phone_added", str(customer), {"customer": customer.pk, "phone": mask_phone(number)}, by=by, at=at)
    return phone


@transaction.atomic
def remove_phone(customer_id: int, phone_id: int, *, by: Actor, at: datetime) -> None:
    """Make a number inactive: it is found and shown no more, but stays on record.

    Raises:
        Unseen: the customer is missing or hidden, or has no such active number.
        NotPermitted: `by` may not manage this unit's customers.
    """
    customer = managed_customer(by, customer_id)
    phone = Phone.objects.filter(customer=customer, pk=phone_id, is_active=True).first()
    if phone is None:
        raise Unseen
    phone.is_active = False
    phone.save(update_fields=["is_active"])
    record("customer.phone_removed", str(customer), {"customer": customer.pk, "phone": mask_phone(phone.number)}, by=by, at=at)


@transaction.atomic
def show_phones(customer_id: int, *, by: Actor, at: datetime) -> dict[int, str]:
    """Return a customer's active numbers by id, unmasked, and log who looked at them.

    Raises:
        Unseen: the customer is missing or hidden.
        NotPermitted: `by` may not see phone numbers of this unit's customers.
    """
    customer = get_customer(by, customer_id)
    must_over(by, Permission.CUSTOMER_PHONE, path_of(customer))
    numbers = dict(Phone.objects.filter(customer=customer, is_active=True).order_by("id").values_list("id", "number"))
    record(
        "customer.phones_shown", str(customer), {"customer": customer.pk, "phones": [mask_phone(n) for n in numbers.values()]}, by=by, at=at
    )
    return numbers
