"""Write checked entries as sets: one statement per table, whatever the number of rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from banjie.customers.importing.reading import Entry, Party
from banjie.customers.keys import is_unique_kind, normalise_key
from banjie.kernel.phones import phone_kind


@dataclass(frozen=True, slots=True)
class Imported:
    """How many there were."""

    rows: int
    customers_added: int
    customers_known: int
    assets_added: int
    assets_known: int


_ADD_CUSTOMERS = """
INSERT INTO customers_customer (id, code, name, kind, grade, unit_id, address, note, is_active, created_at, updated_at)
SELECT id, nullif(code, ''), name, coalesce(nullif(kind, ''), 'other'), coalesce(nullif(grade, ''), 'normal'), unit_id, address, '', true, %(at)s, %(at)s
FROM unnest(%(id)s::bigint[], %(code)s::text[], %(name)s::text[], %(kind)s::text[], %(grade)s::text[], %(unit)s::bigint[], %(address)s::text[])
    AS said (id, code, name, kind, grade, unit_id, address)
"""
_CHANGE_CUSTOMERS = """
UPDATE customers_customer c SET name = coalesce(nullif(said.name, ''), c.name), kind = coalesce(nullif(said.kind, ''), c.kind),
    grade = coalesce(nullif(said.grade, ''), c.grade), unit_id = coalesce(said.unit_id, c.unit_id),
    address = coalesce(nullif(said.address, ''), c.address), updated_at = %(at)s
FROM unnest(%(id)s::bigint[], %(name)s::text[], %(kind)s::text[], %(grade)s::text[], %(unit)s::bigint[], %(address)s::text[])
    AS said (id, name, kind, grade, unit_id, address)
WHERE c.id = said.id
"""
_ADD_CONTACTS = """
INSERT INTO customers_contact (customer_id, name, title, is_main, is_active)
SELECT said.customer_id, said.name, '',
    row_number() OVER (PARTITION BY said.customer_id ORDER BY said.place) = 1
        AND NOT EXISTS (SELECT FROM customers_contact m WHERE m.customer_id = said.customer_id AND m.is_main AND m.is_active), true
FROM unnest(%(customer)s::bigint[], %(name)s::text[]) WITH ORDINALITY AS said (customer_id, name, place)
WHERE NOT EXISTS (SELECT FROM customers_contact k WHERE k.customer_id = said.customer_id AND k.name = said.name AND k.is_active)
"""
_ADD_PHONES = """
INSERT INTO customers_phone (customer_id, contact_id, number, kind, label, is_caller, is_active, created_at)
SELECT said.customer_id, (SELECT min(k.id) FROM customers_contact k WHERE k.customer_id = said.customer_id AND k.name = said.contact AND k.is_active),
    said.number, said.kind, '', false, true, %(at)s
FROM unnest(%(customer)s::bigint[], %(contact)s::text[], %(number)s::text[], %(kind)s::text[]) AS said (customer_id, contact, number, kind)
ON CONFLICT (customer_id, number) WHERE is_active DO NOTHING
"""
_ADD_ASSETS = """
INSERT INTO customers_asset (id, customer_id, kind, name, address, unit_id, engineer_id, detail, is_active, created_at, updated_at)
SELECT id, customer_id, 'pos_terminal', '', address, unit_id, engineer_id, '{}', true, %(at)s, %(at)s
FROM unnest(%(id)s::bigint[], %(customer)s::bigint[], %(address)s::text[], %(unit)s::bigint[], %(engineer)s::bigint[])
    AS said (id, customer_id, address, unit_id, engineer_id)
"""
_CHANGE_ASSETS = """
UPDATE customers_asset a SET address = coalesce(nullif(said.address, ''), a.address), unit_id = coalesce(said.unit_id, a.unit_id),
    engineer_id = coalesce(said.engineer_id, a.engineer_id), updated_at = %(at)s
FROM unnest(%(id)s::bigint[], %(address)s::text[], %(unit)s::bigint[], %(engineer)s::bigint[]) AS said (id, address, unit_id, engineer_id)
WHERE a.id = said.id
"""
_RETIRE_KEYS = """
UPDATE customers_assetkey k SET is_active = false FROM unnest(%(asset)s::bigint[], %(kind)s::text[], %(upper)s::text[]) AS said (asset_id, kind, upper)
WHERE k.asset_id = said.asset_id AND k.kind = said.kind AND k.is_active AND k.value_upper <> said.upper
"""
_ADD_KEYS = """
INSERT INTO customers_assetkey (asset_id, kind, value, value_upper, is_unique, is_active)
SELECT asset_id, kind, value, upper, is_unique, true FROM unnest(%(asset)s::bigint[], %(kind)s::text[], %(value)s::text[], %(upper)s::text[], %(unique)s::bool[])
    AS said (asset_id, kind, value, upper, is_unique)
ON CONFLICT (asset_id, kind) WHERE is_active DO NOTHING
"""


def write(parties: Sequence[Party], entries: Sequence[Entry], *, at: datetime) -> Imported:
    """Write everything; the caller holds the transaction."""
    new = [party for party in parties if party.is_new]
    known = [party for party in parties if not party.is_new]
    for party, customer_id in zip(new, _ids("customers_customer", len(new)), strict=True):
        party.customer_id = customer_id
    added = [entry for entry in entries if entry.is_new_asset]
    for entry, asset_id in zip(added, _ids("customers_asset", len(added)), strict=True):
        entry.asset_id = asset_id
    changed = [entry for entry in entries if entry.has_asset and not entry.is_new_asset]
    _run(_ADD_CUSTOMERS, at=at, code=[party.code for party in new], **_facts(new))
    _run(_CHANGE_CUSTOMERS, at=at, **_facts(known))
    _write_people(entries, at)
    _run(_ADD_ASSETS, at=at, customer=[_customer(entry) for entry in added], **_places(added))
    _run(_CHANGE_ASSETS, at=at, **_places(changed))
    _write_keys(entries)
    return Imported(len(entries), len(new), len(known), len(added), len(changed))


def _facts(parties: Sequence[Party]) -> dict[str, list[Any]]:
    said = {name: [party.said(name) for party in parties] for name in ("name", "kind", "grade", "address")}
    return said | {"id": [party.customer_id for party in parties], "unit": [party.unit_id for party in parties]}


def _places(entries: Sequence[Entry]) -> dict[str, list[Any]]:
    return {
        "id": [entry.asset_id for entry in entries],
        "address": [entry.asset_address for entry in entries],
        "unit": [entry.unit_id for entry in entries],
        "engineer": [entry.engineer_id for entry in entries],
    }


def _write_people(entries: Sequence[Entry], at: datetime) -> None:
    """Add contacts first: phones point to them. The same one in several rows is added once."""
    contacts = list(dict.fromkeys((_customer(entry), entry.contact) for entry in entries if entry.contact))
    _run(_ADD_CONTACTS, customer=[customer for customer, _name in contacts], name=[name for _customer, name in contacts])
    phones = {(_customer(entry), number): entry.contact for entry in reversed(entries) for number in entry.phones}
    numbers = [number for _customer, number in phones]
    customers = [customer for customer, _number in phones]
    _run(
        _ADD_PHONES,
        at=at,
        customer=customers,
        contact=list(phones.values()),
        number=numbers,
        kind=[phone_kind(number) for number in numbers],
    )


def _write_keys(entries: Sequence[Entry]) -> None:
    """Retire replaced values before their successors come: an asset has one key of a kind."""
    keys = [(entry.asset_id, kind, value) for entry in entries for kind, value in entry.keys.items()]
    said = {
        "asset": [asset for asset, _kind, _value in keys],
        "kind": [kind for _asset, kind, _value in keys],
        "value": [value for _asset, _kind, value in keys],
        "upper": [normalise_key(value) for _asset, _kind, value in keys],
        "unique": [is_unique_kind(kind) for _asset, kind, _value in keys],
    }
    _run(_RETIRE_KEYS, **said)
    _run(_ADD_KEYS, **said)


def _customer(entry: Entry) -> int:
    assert entry.party is not None
    assert entry.party.customer_id is not None
    return entry.party.customer_id


def _ids(table: str, count: int) -> Iterable[int]:
    """Take ids from the table's sequence, so that children can point to rows before these are written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
        return [row[0] for row in cursor.fetchall()]


def _run(statement: str, **values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
