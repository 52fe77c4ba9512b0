"""Which asset is meant: the hot path of every new ticket, one statement (POS-12, PLT-18)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection

from banjie.customers.keys import normalise_key


@dataclass(frozen=True, slots=True)
class AssetMatch:
    """What the keys of a ticket tell.

    `asset_id` is None when the keys name several assets of one customer (a shared merchant number): then `unit_id`,
    `engineer_id` and `address` are filled only where all of them agree, and somebody has to choose.
    The unit is the asset's, else its customer's.
    """

    asset_id: int | None
    customer_id: int
    customer_name: str
    name: str
    address: str
    unit_id: int | None
    unit_path: str | None
    engineer_id: int | None


# A key of a unique kind outweighs shared ones, then the number of keys that fit; `best` keeps all assets of equal weight.
# Aggregates over `best` keep a value only when there is no second one.
_MATCH = """
WITH hit AS (
    SELECT k.asset_id, bool_or(k.is_unique) AS sure, count(*) AS fits
    FROM unnest(%(kinds)s::text[], %(values)s::text[]) AS asked (kind, value)
    JOIN customers_assetkey k ON k.kind = asked.kind AND k.value_upper = asked.value AND k.is_active
    GROUP BY k.asset_id
), ranked AS (
    SELECT a.*, rank() OVER (ORDER BY h.sure DESC, h.fits DESC) AS place
    FROM hit h JOIN customers_asset a ON a.id = h.asset_id AND a.is_active
), best AS (
    SELECT b.*, coalesce(b.unit_id, c.unit_id) AS served_by, c.name AS customer_name
    FROM ranked b JOIN customers_customer c ON c.id = b.customer_id AND c.is_active
    WHERE b.place = 1
), one AS (
    SELECT count(*) AS assets, min(id) AS id, min(customer_id) AS customer_id, count(DISTINCT customer_id) AS customers,
        min(customer_name) AS customer_name, min(name) AS name, min(address) AS address, max(address) AS last_address,
        CASE WHEN count(served_by) = count(*) AND min(served_by) = max(served_by) THEN min(served_by) END AS unit_id,
        CASE WHEN count(engineer_id) = count(*) AND min(engineer_id) = max(engineer_id) THEN min(engineer_id) END AS engineer_id
    FROM best
)
SELECT CASE WHEN one.assets = 1 THEN one.id END, one.customer_id, one.customer_name, CASE WHEN one.assets = 1 THEN one.name ELSE '' END,
    CASE WHEN one.address = one.last_address THEN one.address ELSE '' END, one.unit_id, u.path, one.engineer_id
FROM one LEFT JOIN people_unit u ON u.id = one.unit_id
WHERE one.customers = 1
"""


def match_asset(keys: Mapping[str, str]) -> AssetMatch | None:
    """Return the active asset that the keys name, e.g. `{"terminal_no": "10086001"}`; None when they name none.

    None, too, when they name assets of several customers equally well. It does not ask who looks: the caller decides by
    `unit_path` whether his actor may know the answer.
    """
    asked = {kind: upper for kind, value in keys.items() if (upper := normalise_key(value))}
    if not asked:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_MATCH, {"kinds": list(asked), "values": list(asked.values())})
        row = cursor.fetchone()
    return AssetMatch(*row) if row else None
