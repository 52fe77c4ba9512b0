"""Pages of customers, contacts and phones: thin doors to the verbs and queries."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from banjie.customers.access import get_customer
from banjie.customers.forms import contact_draft, customer_draft, expected, number, only_of, phone_draft
from banjie.customers.models import Customer
from banjie.customers.queries import customer_card, find, list_customers
from banjie.customers.shown import list_context
from banjie.customers.verbs.contacts import save_contact
from banjie.customers.verbs.customers import save_customer
from banjie.customers.verbs.phones import add_phone, remove_phone, show_phones
from banjie.kernel.errors import Unseen
from banjie.kernel.phones import show_phone
from banjie.people.access import actor_of, needs
from banjie.people.permissions import Permission
from banjie.people.queries import units_for
from banjie.ui.responses import is_htmx

SEARCHED = 50


@require_GET
@needs(Permission.CUSTOMER_READ)
def index(request: HttpRequest) -> HttpResponse:
    """Show the list, or what the search box finds; htmx gets the rows only."""
    actor, only, text = actor_of(request), only_of(request.GET), request.GET.get("q", "").strip()
    hits = find(actor, text, SEARCHED, only=only) if text else None
    found = None if text else list_customers(actor, only, number(request.GET.get("after", "")))
    context = list_context(actor, request.GET, hits, found)
    return render(request, "customers/_results.html" if is_htmx(request) else "customers/list.html", context)


@require_GET
@needs(Permission.CUSTOMER_READ)
def page(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Show a customer with contacts, masked phones, assets, and a slot for its tickets."""
    card = customer_card(actor_of(request), customer_id, number(request.GET.get("assets_after", "")) or 0)
    try:
        history_url = reverse("console:customer-history", args=[customer_id])
    except NoReverseMatch:  # this room does not know the one that shows tickets
        history_url = ""
    return render(request, "customers/page.html", {"card": card, "history_url": history_url})


@require_http_methods(["GET", "POST"])
@needs(Permission.CUSTOMER_MANAGE)
def edit(request: HttpRequest, customer_id: int | None = None) -> HttpResponse:
    """Enter or correct a customer."""
    actor = actor_of(request)
    if request.method == "POST":
        saved = save_customer(customer_draft(request.POST), customer_id, by=actor, at=timezone.now(), expect=expected(request.POST))
        return redirect("customers:page", saved.pk)
    context = {
        "customer": get_customer(actor, customer_id) if customer_id is not None else None,
        "kinds": Customer.Kind.choices,
        "grades": Customer.Grade.choices,
        "units": [(unit.pk, unit.name) for unit in units_for(Permission.CUSTOMER_MANAGE, actor).filter(is_active=True)],
    }
    return render(request, "customers/edit.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.CUSTOMER_MANAGE)
def contact(request: HttpRequest, customer_id: int, contact_id: int | None = None) -> HttpResponse:
    """Enter or correct a contact."""
    actor = actor_of(request)
    if request.method == "POST":
        save_contact(customer_id, contact_draft(request.POST), contact_id, by=actor, at=timezone.now())
        return redirect("customers:page", customer_id)
    customer = get_customer(actor, customer_id)
    known = customer.contacts.filter(pk=contact_id).first() if contact_id is not None else None
    if contact_id is not None and known is None:
        raise Unseen
    return render(request, "customers/contact.html", {"customer": customer, "contact": known})


@require_POST
@needs(Permission.CUSTOMER_MANAGE)
def add_phone_number(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Add a number."""
    add_phone(customer_id, phone_draft(request.POST), by=actor_of(request), at=timezone.now())
    return redirect("customers:page", customer_id)


@require_POST
@needs(Permission.CUSTOMER_MANAGE)
def remove_phone_number(request: HttpRequest, customer_id: int, phone_id: int) -> HttpResponse:
    """Remove a number."""
    remove_phone(customer_id, phone_id, by=actor_of(request), at=timezone.now())
    return redirect("customers:page", customer_id)


@require_POST
@needs(Permission.CUSTOMER_PHONE)
def show_phone_numbers(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Show the numbers unmasked; that is logged."""
    actor = actor_of(request)
    numbers = show_phones(customer_id, by=actor, at=timezone.now())
    shown = {phone_id: show_phone(text, may_see=True) for phone_id, text in numbers.items()}
    return render(request, "customers/_phones.html", {"card": customer_card(actor, customer_id), "shown": shown})
