"""What a found customer or asset shows: filled for a whole list by one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from banjie.customers.access import EVERYTHING, reach
from banjie.customers.keys import key_title
from banjie.kernel.phones import mask_phone
from banjie.people.actor import Actor

# (customer id, asset id or None)
Pair = tuple[int, int | None]


@dataclass(frozen=True, slots=True)
class KeyShown:
    """A key as a page shows it."""

    kind: str
    title: str
    value: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A line of a search: an asset with its customer, or a customer alone. The phone is masked.

    `may_open` is False when only the asset is in the actor's reach: the customer's page and phone stay closed then.
    `matched` says what was found: "key", "phone", "code" or "name".
    """

    customer_id: int
    customer_name: str
    customer_code: str
    kind: str
    grade: str
    asset_id: int | None
    asset_name: str
    keys: tuple[KeyShown, ...]
    address: str
    phone: str
    unit_id: int | None
    unit_name: str
    engineer_id: int | None
    engineer_name: str
    may_open: bool
    matched: str

    @property
    def label(self) -> str:
        """Name and keys in one line, e.g. for a choice."""
        return " · ".join([self.customer_name, *(key.value for key in self.keys)])


_SHOW = """
SELECT c.id, c.name, coalesce(c.code, ''), c.kind, c.grade, a.id, coalesce(a.name, ''),
    coalesce((SELECT array_agg(ARRAY[k.kind, k.value]::text[] ORDER BY k.id) FROM customers_assetkey k WHERE k.asset_id = a.id AND k.is_active), '{}'),
    coalesce(nullif(a.address, ''), c.address),
    coalesce((SELECT p.number FROM customers_phone p WHERE p.customer_id = c.id AND p.is_active ORDER BY p.id LIMIT 1), ''),
    u.id, coalesce(u.name, ''), e.id, coalesce(e.name, ''), coalesce(own.path, '')
FROM unnest(%(customers)s::bigint[], %(assets)s::bigint[]) WITH ORDINALITY AS asked (customer_id, asset_id, place)
JOIN customers_customer c ON c.id = asked.customer_id
LEFT JOIN customers_asset a ON a.id = asked.asset_id
LEFT JOIN people_unit own ON own.id = c.unit_id
LEFT JOIN people_unit u ON u.id = coalesce(a.unit_id, c.unit_id)
LEFT JOIN people_member e ON e.id = a.engineer_id
ORDER BY asked.place
"""


def hits_of(actor: Actor, found: Sequence[tuple[Pair, str]]) -> list[Hit]:
    """Return the lines of ((customer id, asset id), what matched), in this order. The caller has asked who may see them."""
    if not found:
        return []
    paths = reach(actor)
    pairs = [pair for pair, _matched in found]
    with connection.cursor() as cursor:
        cursor.execute(_SHOW, {"customers": [customer for customer, _asset in pairs], "assets": [asset for _customer, asset in pairs]})
        rows = cursor.fetchall()
    hits = []
    for row, (_pair, matched) in zip(rows, found, strict=True):
        customer_id, name, code, kind, grade, asset_id, asset_name, keys, address, number, *served, path = row
        unit_id, unit_name, engineer_id, engineer_name = served
        may_open = EVERYTHING in paths or (bool(path) and path.startswith(paths))
        hits.append(
            Hit(
                customer_id=customer_id,
                customer_name=name,
                customer_code=code,
                kind=kind,
                grade=grade,
                asset_id=asset_id,
                asset_name=asset_name,
                keys=tuple(KeyShown(key, key_title(key), value) for key, value in keys),
                address=address,
                phone=mask_phone(number) if may_open and number else "",
                unit_id=unit_id,
                unit_name=unit_name,
                engineer_id=engineer_id,
                engineer_name=engineer_name,
                may_open=may_open,
                matched=matched,
            )
        )
    return hits
