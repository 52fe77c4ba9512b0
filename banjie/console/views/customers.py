"""What the console adds to a customer's page: his tickets."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from banjie.console.forms import integer
from banjie.console.queries.sheet import brief
from banjie.customers.access import get_customer
from banjie.people.access import actor_of, needs
from banjie.people.permissions import Permission
from banjie.tickets.access import visible_tickets

PAGE = 20


@require_safe
@needs(Permission.CUSTOMER_READ)
def history(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Show the tickets of a customer that the person may see, newest first (PLT-18)."""
    actor, language = actor_of(request), get_language() or ""
    customer = get_customer(actor, customer_id)
    found = visible_tickets(actor).filter(customer_id=customer.pk).order_by("-pk")
    if before := integer(request.GET.get("before", "")):
        found = found.filter(pk__lt=before)
    rows = list(found[: PAGE + 1])
    query = {"before": str(rows[PAGE - 1].pk)} if len(rows) > PAGE else None
    more = reverse("console:customer-history", args=[customer.pk], query=query) if query else ""
    context = {"rows": [brief(one, language) for one in rows[:PAGE]], "more_url": more, "now": timezone.now(), "is_first": not before}
    return render(request, "console/_customer_tickets.html", context)
