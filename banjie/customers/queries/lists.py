"""The list of customers and the page of one, ready to be shown. Phones come masked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery

from banjie.customers.access import get_customer, may_over, path_of, visible_customers
from banjie.customers.keys import key_title
from banjie.customers.models import Asset, AssetKey, Contact, Customer, Phone
from banjie.customers.queries.hits import KeyShown
from banjie.customers.queries.scope import Only
from banjie.kernel.phones import mask_phone
from banjie.people.actor import Actor
from banjie.people.models import Member, Unit
from banjie.people.permissions import Permission

PAGE = 50
ASSETS_SHOWN = 50
CONTACTS_SHOWN = 200
ENGINEERS_OFFERED = 200


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A line of the list. `phone` is masked, `assets` counts active ones."""

    id: int
    code: str
    name: str
    kind: str
    grade: str
    unit_name: str
    address: str
    phone: str
    assets: int
    is_active: bool


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """Some lines, newest customers first; `after` is the cursor of the next page, None at the end."""

    rows: list[CustomerRow]
    after: int | None


def list_customers(actor: Actor, only: Only, after: int | None = None, *, limit: int = PAGE, is_active: bool = True) -> CustomerPage:
    """Return a page of the customers that the actor may see; `after` is the cursor of the page before."""
    customers = visible_customers(actor).filter(is_active=is_active, **_exact(only))
    if only.unit_id is not None:
        customers = customers.filter(unit__in=_below(only.unit_id))
    if after is not None:
        customers = customers.filter(pk__lt=after)
    phone = Phone.objects.filter(customer=OuterRef("pk"), is_active=True).order_by("id").values("number")[:1]
    assets = Asset.objects.filter(customer=OuterRef("pk"), is_active=True).order_by().values("customer").annotate(n=Count("pk")).values("n")
    found = list(
        customers.select_related("unit").annotate(first_phone=Subquery(phone), asset_count=Subquery(assets)).order_by("-id")[: limit + 1]
    )
    rows = [
        CustomerRow(
            id=one.pk,
            code=one.code or "",
            name=one.name,
            kind=one.get_kind_display(),
            grade=one.get_grade_display(),
            unit_name=one.unit.name if one.unit else "",
            address=one.address,
            phone=mask_phone(one.first_phone) if one.first_phone else "",
            assets=one.asset_count or 0,
            is_active=one.is_active,
        )
        for one in found[:limit]
    ]
    return CustomerPage(rows, found[limit - 1].pk if len(found) > limit else None)


def _exact(only: Only) -> dict[str, str]:
    return {name: value for name, value in (("kind", only.kind), ("grade", only.grade)) if value}


def _below(unit_id: int) -> QuerySet[Unit]:
    path = Unit.objects.filter(pk=unit_id).values_list("path", flat=True).first()
    return Unit.objects.filter(path__startswith=path) if path else Unit.objects.none()


@dataclass(frozen=True, slots=True)
class PhoneShown:
    """A masked number, what it is called and whose it is."""

    id: int
    text: str
    kind: str
    label: str
    contact: str


@dataclass(frozen=True, slots=True)
class AssetShown:
    """An asset of a customer, as its page shows it."""

    id: int
    kind: str
    name: str
    keys: tuple[KeyShown, ...]
    address: str
    unit_name: str
    engineer_name: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class CustomerCard:
    """Everything on a customer's page. `assets_after` is the cursor of further assets."""

    customer: Customer
    contacts: list[Contact]
    phones: list[PhoneShown]
    assets: list[AssetShown]
    assets_after: int | None
    may_manage: bool
    may_see_phones: bool

    @property
    def contact_choices(self) -> list[tuple[int, str]]:
        return [(contact.pk, contact.name) for contact in self.contacts]


def customer_card(actor: Actor, customer_id: int, assets_after: int = 0) -> CustomerCard:
    """Return the page of a customer.

    Raises:
        Unseen: it is missing or hidden.
    """
    customer = get_customer(actor, customer_id)
    path = path_of(customer)
    phones = Phone.objects.filter(customer=customer, is_active=True).select_related("contact").order_by("id")[:CONTACTS_SHOWN]
    assets, after = _assets(customer, assets_after)
    return CustomerCard(
        customer=customer,
        contacts=list(Contact.objects.filter(customer=customer, is_active=True).order_by("-is_main", "id")[:CONTACTS_SHOWN]),
        phones=[_phone(phone) for phone in phones],
        assets=assets,
        assets_after=after,
        may_manage=may_over(actor, Permission.CUSTOMER_MANAGE, path),
        may_see_phones=may_over(actor, Permission.CUSTOMER_PHONE, path),
    )


def _phone(phone: Phone) -> PhoneShown:
    contact = phone.contact.name if phone.contact else ""
    return PhoneShown(phone.pk, mask_phone(phone.number), phone.get_kind_display(), phone.label, contact)


def _assets(customer: Customer, after: int) -> tuple[list[AssetShown], int | None]:
    keys = Prefetch("keys", AssetKey.objects.filter(is_active=True).order_by("id"))
    known = customer.assets.filter(pk__gt=after).select_related("unit", "engineer").prefetch_related(keys).order_by("id")
    found = list(known[: ASSETS_SHOWN + 1])
    shown = [
        AssetShown(
            id=one.pk,
            kind=one.kind,
            name=one.name,
            keys=tuple(KeyShown(key.kind, key_title(key.kind), key.value) for key in one.keys.all()),
            address=one.address or customer.address,
            unit_name=one.unit.name if one.unit else (customer.unit.name if customer.unit else ""),
            engineer_name=one.engineer.name if one.engineer else "",
            is_active=one.is_active,
        )
        for one in found[:ASSETS_SHOWN]
    ]
    return shown, shown[-1].id if len(found) > ASSETS_SHOWN else None


def engineers_offered(unit_path: str | None, at: datetime) -> list[tuple[str, str]]:
    """Return (sign-in name, name) of people with a post at or below the unit, to choose an engineer from."""
    held = Q(posts__unit__path__startswith=unit_path or "/") & Q(posts__since__lte=at) & (Q(posts__until=None) | Q(posts__until__gt=at))
    people = Member.objects.filter(held, is_active=True).distinct().order_by("username")
    return list(people.values_list("username", "name")[:ENGINEERS_OFFERED])
