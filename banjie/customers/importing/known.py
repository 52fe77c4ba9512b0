"""What the database already knows about the rows of a file: a handful of queries for any number of rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from banjie.customers.importing.reading import Entry
from banjie.customers.keys import normalise_key
from banjie.people.models import Member, Unit


@dataclass(frozen=True, slots=True)
class KnownCustomer:
    """A customer of the database, and the path of the unit that serves it."""

    id: int
    name: str
    unit_path: str | None
    is_active: bool


@dataclass(frozen=True, slots=True)
class KnownAsset:
    """An active asset that a key names; `served_by` is the path of its own unit, else of its customer's."""

    id: int
    customer: KnownCustomer
    served_by: str | None


@dataclass(frozen=True, slots=True)
class Known:
    """Everything that the file names and the database has. `callers` have nothing but a name and a phone to know them by."""

    units: dict[str, tuple[int, str]]
    unit_by_path: dict[str, int]
    engineers: dict[str, int]
    customers: dict[str, KnownCustomer]
    assets: dict[tuple[str, str], list[KnownAsset]]
    callers: dict[tuple[str, str], KnownCustomer]


_CUSTOMERS = """
SELECT c.code, c.id, c.name, u.path, c.is_active FROM customers_customer c LEFT JOIN people_unit u ON u.id = c.unit_id
WHERE c.code = ANY(%s)
"""
_ASSETS = """
SELECT k.kind, k.value_upper, a.id, coalesce(own.path, u.path), c.id, c.name, u.path, c.is_active
FROM unnest(%s::text[], %s::text[]) AS asked (kind, value)
JOIN customers_assetkey k ON k.kind = asked.kind AND k.value_upper = asked.value AND k.is_active
JOIN customers_asset a ON a.id = k.asset_id AND a.is_active JOIN customers_customer c ON c.id = a.customer_id
LEFT JOIN people_unit own ON own.id = a.unit_id LEFT JOIN people_unit u ON u.id = c.unit_id
ORDER BY a.id
"""
_CALLERS = """
SELECT p.number, c.name, c.id, c.name, u.path, c.is_active
FROM customers_phone p JOIN customers_customer c ON c.id = p.customer_id LEFT JOIN people_unit u ON u.id = c.unit_id
WHERE p.number = ANY(%s) AND p.is_active AND c.is_active AND c.code IS NULL
AND NOT EXISTS (SELECT FROM customers_asset a WHERE a.customer_id = c.id AND a.is_active)
ORDER BY c.id DESC
"""
_DISTRICTS = """
SELECT DISTINCT a.customer_id, u.path FROM customers_asset a JOIN people_unit u ON u.id = a.unit_id
WHERE a.is_active AND a.customer_id = ANY(%s) AND NOT a.id = ANY(%s)
"""


def look_up(entries: list[Entry]) -> Known:
    """Return what the database knows about the entries."""
    keys = {(kind, normalise_key(value)) for entry in entries for kind, value in entry.keys.items()}
    units = {code: (pk, path) for pk, code, path in Unit.objects.filter(is_active=True).values_list("id", "code", "path")}
    engineers = Member.objects.filter(is_active=True, username__in={entry.engineer for entry in entries if entry.engineer})
    assets: dict[tuple[str, str], list[KnownAsset]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_CUSTOMERS, [list({entry.code for entry in entries if entry.code})])
        customers = {code: KnownCustomer(*facts) for code, *facts in cursor.fetchall()}
        cursor.execute(_ASSETS, [[kind for kind, _value in keys], [value for _kind, value in keys]])
        for kind, value, asset_id, served_by, *customer in cursor.fetchall():
            assets.setdefault((kind, value), []).append(KnownAsset(asset_id, KnownCustomer(*customer), served_by))
        cursor.execute(_CALLERS, [list({number for entry in entries if not (entry.code or entry.keys) for number in entry.phones})])
        callers = {(number, name): KnownCustomer(*customer) for number, name, *customer in cursor.fetchall()}
    by_path = {path: pk for pk, path in units.values()}
    return Known(units, by_path, dict(engineers.values_list("username", "id")), customers, assets, callers)


def districts_elsewhere(customer_ids: Iterable[int], asset_ids: Iterable[int]) -> dict[int, set[str]]:
    """Return, by customer, the paths of the units that serve its assets other than `asset_ids`."""
    found: dict[int, set[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_DISTRICTS, [list(customer_ids), list(asset_ids)])
        for customer_id, path in cursor.fetchall():
            found.setdefault(customer_id, set()).add(path)
    return found
