"""From what a browser sends to what the verbs take: shape only."""

from __future__ import annotations

from datetime import datetime

from django.http import QueryDict
from django.utils.dateparse import parse_datetime

from banjie.customers.keys import KEY_KINDS
from banjie.customers.queries.scope import Only
from banjie.customers.verbs.assets import AssetDraft
from banjie.customers.verbs.contacts import ContactDraft
from banjie.customers.verbs.customers import CustomerDraft
from banjie.customers.verbs.phones import PhoneDraft

_LARGEST_ID = 2**63 - 1


def number(written: str) -> int | None:
    """Return an id, or None for anything that is none."""
    if not written.isascii() or not written.isdigit():
        return None
    value = int(written[:20])
    return value if value <= _LARGEST_ID else None


def chosen(written: str) -> int | None:
    """Return the id of a choice, None for no choice, 0 (which nothing has) for a garbled one."""
    return (number(written) or 0) if written else None


def only_of(asked: QueryDict) -> Only:
    """Return what a list is narrowed to."""
    return Only(kind=asked.get("kind", ""), grade=asked.get("grade", ""), unit_id=chosen(asked.get("unit", "")))


def customer_draft(sent: QueryDict) -> CustomerDraft:
    """Return what the form of a customer says."""
    return CustomerDraft(
        name=sent.get("name", ""),
        code=sent.get("code", ""),
        kind=sent.get("kind", ""),
        grade=sent.get("grade", ""),
        unit_id=chosen(sent.get("unit", "")),
        address=sent.get("address", ""),
        note=sent.get("note", ""),
        is_active=bool(sent.get("is_active")),
    )


def contact_draft(sent: QueryDict) -> ContactDraft:
    """Return what the form of a contact says."""
    return ContactDraft(
        sent.get("name", ""), sent.get("title", ""), is_main=bool(sent.get("is_main")), is_active=bool(sent.get("is_active"))
    )


def phone_draft(sent: QueryDict) -> PhoneDraft:
    """Return what the form of a phone number says."""
    return PhoneDraft(sent.get("number", ""), sent.get("label", ""), chosen(sent.get("contact", "")))


def asset_draft(sent: QueryDict, detail: dict[str, object]) -> AssetDraft:
    """Return what the form of an asset says; `detail` is kept as it is."""
    return AssetDraft(
        kind=sent.get("kind", ""),
        name=sent.get("name", ""),
        address=sent.get("address", ""),
        unit_id=chosen(sent.get("unit", "")),
        engineer=sent.get("engineer", ""),
        detail=detail,
        is_active=bool(sent.get("is_active")),
        keys={kind: sent.get(kind, "") for kind in KEY_KINDS if kind in sent},
    )


def expected(sent: QueryDict) -> datetime | None:
    """Return the version that the editor read."""
    try:
        return parse_datetime(sent.get("expect", ""))
    except ValueError:
        return None
