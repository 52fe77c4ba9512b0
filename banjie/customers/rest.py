"""REST of customers: find by any key, phone or name; one customer with its assets."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Field, Path, Query, Router, Schema
from pydantic import StringConstraints

from banjie.customers.queries import find
from banjie.customers.queries.lists import customer_card
from banjie.kernel.answers import answer
from banjie.people.actor import Actor

router = Router(tags=["customers"])


Id = Annotated[int, Field(ge=1, le=2**62)]


class FindIn(Schema):
    """What to find: a terminal number or other key, a phone, a name."""

    q: Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f]*$")]
    limit: Annotated[int, Field(ge=1, le=50)] = 20


def _actor(request: HttpRequest) -> Actor:
    found: Actor = request.auth  # type: ignore[attr-defined]
    return found


@router.get("/customers", summary="Find customers and assets that the caller may see")
def index(request: HttpRequest, asked: Query[FindIn]) -> HttpResponse:
    """Find by any key, phone or name; phones are masked."""
    return answer({"customers": find(_actor(request), asked.q, asked.limit)})


@router.get("/customers/{customer_id}", summary="A customer with contacts, phones and assets")
def show(request: HttpRequest, customer_id: Path[Id]) -> HttpResponse:
    """Return a customer; phones are masked."""
    card = customer_card(_actor(request), customer_id)
    return answer(
        {
            "id": card.customer.pk,
            "code": card.customer.code,
            "name": card.customer.name,
            "kind": card.customer.kind,
            "grade": card.customer.grade,
            "unit": card.customer.unit.name if card.customer.unit else None,
            "address": card.customer.address,
            "contacts": [{"name": c.name, "title": c.title, "main": c.is_main} for c in card.contacts],
            "phones": [{"number": phone.text, "label": phone.label, "contact": phone.contact} for phone in card.phones],
            "assets": card.assets,
            "assets_after": card.assets_after,
        }
    )
