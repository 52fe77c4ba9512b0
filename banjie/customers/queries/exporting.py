"""The rows of an export: the same columns as the import, so that a file can be corrected and uploaded again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from banjie.customers.access import EVERYTHING, reach
from banjie.customers.models import Customer
from banjie.customers.queries.finding import find_pairs
from banjie.customers.queries.scope import Only, scope_values, seen
from banjie.kernel.errors import Refused
from banjie.kernel.phones import show_phone
from banjie.people.actor import Actor
from banjie.people.permissions import Permission

MOST_ROWS = 50_000

_ROWS = """
SELECT coalesce(c.code, ''), c.name, c.kind, c.grade, coalesce(u.code, ''),
    (SELECT k.name FROM customers_contact k WHERE k.customer_id = c.id AND k.is_active ORDER BY k.is_main DESC, k.id LIMIT 1),
    ARRAY(SELECT p.number FROM customers_phone p WHERE p.customer_id = c.id AND p.is_active ORDER BY p.id LIMIT 10)::text[], c.address,
    k.terminal_no, k.merchant_no, k.barcode, a.address, e.username, coalesce(own.path, '')
FROM {source} JOIN customers_customer c ON c.id = listed.customer_id
LEFT JOIN customers_asset a ON {asset}
LEFT JOIN LATERAL (
    SELECT max(value) FILTER (WHERE kind = 'terminal_no') AS terminal_no, max(value) FILTER (WHERE kind = 'merchant_no') AS merchant_no,
        max(value) FILTER (WHERE kind = 'barcode') AS barcode
    FROM customers_assetkey WHERE asset_id = a.id AND is_active
) AS k ON true
LEFT JOIN people_unit own ON own.id = c.unit_id
LEFT JOIN people_unit u ON u.id = coalesce(a.unit_id, c.unit_id)
LEFT JOIN people_member e ON e.id = a.engineer_id
ORDER BY listed.place, a.id LIMIT %(most)s
"""
_OF_LIST = "(SELECT c.id AS customer_id, -c.id AS place FROM customers_customer c WHERE c.is_active AND {visible} ORDER BY c.id DESC LIMIT %(most)s) AS listed"
_OF_SEARCH = "unnest(%(customers)s::bigint[], %(assets)s::bigint[]) WITH ORDINALITY AS listed (customer_id, asset_id, place)"


def export_rows(actor: Actor, only: Only, text: str) -> list[tuple[str, ...]]:
    """Return the rows of the filtered list, or of the search: one per asset, or per customer without assets.

    Phones are masked where the actor may not see them, and left out with the contact where only the asset is his.

    Raises:
        Refused: there are more than 50,000.
    """
    values = scope_values(actor, only) | {"most": MOST_ROWS + 1}
    if not values["read"]:
        return []
    if text:
        pairs = [pair for pair, _matched in find_pairs(actor, text, MOST_ROWS + 1, only=only, each=MOST_ROWS)]
        values |= {"customers": [customer for customer, _asset in pairs], "assets": [asset for _customer, asset in pairs]}
        statement = _ROWS.format(source=_OF_SEARCH, asset="a.id = listed.asset_id")
    else:
        statement = _ROWS.format(source=_OF_LIST.format(visible=seen(values, only)), asset="a.customer_id = c.id AND a.is_active")
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found = cursor.fetchall()
    if len(found) > MOST_ROWS:
        raise Refused(_("The list has more than %(most)d rows. Narrow it by unit, kind or grade, and export again.") % {"most": MOST_ROWS})
    return list(_shown(found, reach(actor), reach(actor, Permission.CUSTOMER_PHONE)))


def _shown(found: list[tuple[Any, ...]], readable: tuple[str, ...], phones_of: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    kinds, grades = dict(Customer.Kind.choices), dict(Customer.Grade.choices)
    for code, name, kind, grade, unit, contact, phones, address, *asset, path in found:
        is_mine = EVERYTHING in readable or (bool(path) and path.startswith(readable))
        may_see = EVERYTHING in phones_of or (bool(path) and bool(phones_of) and path.startswith(phones_of))
        numbers = "、".join(show_phone(number, may_see) for number in phones) if is_mine else ""
        who = contact or "" if is_mine else ""
        yield (
            code,
            name,
            str(kinds[kind]),
            str(grades[grade]),
            unit,
            who,
            numbers,
            address if is_mine else "",
            *(value or "" for value in asset),
        )
