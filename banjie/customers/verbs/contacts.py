"""Enter and correct whom to talk to at a customer's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from banjie.customers.access import managed_customer
from banjie.customers.inputs import Faults
from banjie.customers.models import Contact
from banjie.kernel.errors import Unseen
from banjie.people.actor import Actor
from banjie.people.events import changed, record


@dataclass(frozen=True, slots=True)
class ContactDraft:
    """What is entered about a contact. The main one takes the place of the present main one."""

    name: str
    title: str = ""
    is_main: bool = False
    is_active: bool = True


@transaction.atomic
def save_contact(customer_id: int, draft: ContactDraft, contact_id: int | None = None, *, by: Actor, at: datetime) -> Contact:
    """Create a contact of a customer, or correct the one with `contact_id`.

    Raises:
        Unseen: the customer is missing or hidden, or has no such contact.
        NotPermitted: `by` may not manage this unit's customers.
        InvalidInput: names each wrong field.
    """
    customer = managed_customer(by, customer_id)
    contact = Contact(customer=customer)
    if contact_id is not None:
        known = Contact.objects.filter(customer=customer, pk=contact_id).first()
        if known is None:
            raise Unseen
        contact = known
    before = _facts(contact) if contact.pk else {}
    faults = Faults()
    contact.name = faults.text("name", draft.name, 60, needed=True)
    contact.title = faults.text("title", draft.title, 60)
    faults.refuse()
    contact.is_active = draft.is_active
    contact.is_main = draft.is_main and draft.is_active
    if contact.is_main:
        Contact.objects.filter(customer=customer, is_main=True).exclude(pk=contact.pk).update(is_main=False)
    contact.save()
    record("customer.contact_saved", str(customer), {"customer": customer.pk} | changed(before, _facts(contact)), by=by, at=at)
    return contact


def _facts(contact: Contact) -> dict[str, object]:
    return {"id": contact.pk} | {name: getattr(contact, name) for name in ("name", "title", "is_main", "is_active")}
