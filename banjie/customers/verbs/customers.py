"""Enter and correct a customer (CUS-07)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from banjie.customers.access import get_customer, may_over, must_over, path_of
from banjie.customers.inputs import Faults
from banjie.customers.keys import normalise_key
from banjie.customers.models import Customer
from banjie.kernel.errors import StaleVersion
from banjie.people.actor import Actor
from banjie.people.events import changed, record
from banjie.people.permissions import Permission


@dataclass(frozen=True, slots=True)
class CustomerDraft:
    """What is entered about a customer. A blank `code` means none."""

    name: str
    code: str = ""
    kind: str = Customer.Kind.OTHER
    grade: str = Customer.Grade.NORMAL
    unit_id: int | None = None
    address: str = ""
    note: str = ""
    is_active: bool = True


@transaction.atomic
def save_customer(
    draft: CustomerDraft, customer_id: int | None = None, *, by: Actor, at: datetime, expect: datetime | None = None
) -> Customer:
    """Create a customer, or correct the one with `customer_id`; `expect` is the `updated_at` that the editor read.

    Raises:
        Unseen: the customer is missing or hidden.
        NotPermitted: `by` may not manage customers of the old or of the new unit.
        StaleVersion: somebody else changed it since.
        InvalidInput: names each wrong field.
    """
    customer = _locked(by, customer_id, expect) if customer_id is not None else Customer(created_at=at)
    before = _facts(customer) if customer.pk else {}
    faults = Faults()
    customer.name = faults.text("name", draft.name, 120, needed=True)
    customer.code = normalise_key(faults.text("code", draft.code, 40)) or None
    customer.kind = faults.choice("kind", draft.kind, Customer.Kind)
    customer.grade = faults.choice("grade", draft.grade, Customer.Grade)
    customer.address = faults.text("address", draft.address, 200)
    customer.note = faults.text("note", draft.note, 2000)
    customer.is_active = draft.is_active
    if draft.unit_id != customer.unit_id or not customer.pk:
        customer.unit = faults.unit("unit", draft.unit_id)
    if draft.unit_id is None and not may_over(by, Permission.CUSTOMER_MANAGE, None):
        faults.add("unit", _("Choose the unit that serves this customer."))
    faults.refuse()
    must_over(by, Permission.CUSTOMER_MANAGE, path_of(customer))
    customer.updated_at = at
    _write(customer)
    record("customer.changed" if before else "customer.created", str(customer), changed(before, _facts(customer)), by=by, at=at)
    return customer


def _locked(by: Actor, customer_id: int, expect: datetime | None) -> Customer:
    """Return the customer for this transaction only, after asking whether `by` may change it."""
    must_over(by, Permission.CUSTOMER_MANAGE, path_of(get_customer(by, customer_id)))
    customer = Customer.objects.select_for_update(of=("self",)).select_related("unit").get(pk=customer_id)
    if expect is not None and customer.updated_at != expect:
        raise StaleVersion(_("Somebody else has changed this customer since you opened it. Reload, and enter your change again."))
    return customer


def _write(customer: Customer) -> None:
    """Save; the unique index of codes decides when two editors enter one code at once."""
    try:
        with transaction.atomic():
            customer.save()
    except IntegrityError as taken:
        if "code" not in str(taken):
            raise
        faults = Faults()
        faults.add("code", _("The customer number %(code)s is taken.") % {"code": customer.code})
        faults.refuse()


def _facts(customer: Customer) -> dict[str, object]:
    names = ("code", "name", "kind", "grade", "unit_id", "address", "note", "is_active")
    return {"id": customer.pk} | {name: getattr(customer, name) for name in names}
