"""The one search box: keys of assets, phones, customer numbers and names, each by an index (PLT-18, CUS-12).

A search runs from the surest reading of the text to the vaguest and stops as soon as there are enough hits. Visibility
is part of every statement; phone digits beyond what a masked number shows are searched only where CUSTOMER_PHONE reaches,
or else the hidden digits could be guessed one by one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from django.db import connection

from banjie.customers.access import reach
from banjie.customers.keys import normalise_key
from banjie.customers.queries.hits import Hit, KeyShown, Pair, hits_of
from banjie.customers.queries.scope import NO_LIMITS, Only, scope_values, seen
from banjie.kernel.phones import normalise_phone
from banjie.people.actor import Actor

__all__ = ["Hit", "KeyShown", "Only", "find", "find_pairs"]

SHORTEST_NAME = SHORTEST_CODE = 2
SHORTEST_KEY = SHORTEST_PHONE = 4
LONGEST_TEXT = 80
_DIGITS = re.compile(rf"\+?[0-9]{{{SHORTEST_PHONE},20}}")
MOST_ASSETS_EACH = 5
# How many entries of a prefix are looked at before visibility: a longer prefix, or the whole key, always finds.
MOST_LOOKED_AT = 20_000

_OF_ASSET = """
SELECT a.customer_id, a.id FROM ({source}) AS k
JOIN customers_asset a ON a.id = k.asset_id AND a.is_active JOIN customers_customer c ON c.id = a.customer_id AND c.is_active
WHERE {visible} ORDER BY k.value_upper USING ~<~ LIMIT %(limit)s
"""
_OF_CUSTOMER = """
SELECT found.id, a.id FROM (SELECT c.id FROM {source} WHERE c.is_active AND {visible} ORDER BY {order} LIMIT %(limit)s) AS found
LEFT JOIN LATERAL (SELECT id FROM customers_asset WHERE customer_id = found.id AND is_active ORDER BY id LIMIT %(each)s) AS a ON true
"""
_PHONES = "customers_phone p JOIN customers_customer c ON c.id = p.customer_id AND p.is_active AND {where}"
_BETWEEN = "{column} ~>=~ %({name})s AND {column} ~<~ %({name}_end)s"


def find(actor: Actor, text: str, limit: int = 20, *, only: Only = NO_LIMITS) -> list[Hit]:
    """Return what the text may mean, the surest first: each an asset with its customer, or a customer without asset.

    Asset keys (whole, or from four characters on), phone numbers (whole, from the first four digits, or the last four
    or more), customer numbers and any part of a name from two characters on. Active ones only.
    """
    return hits_of(actor, find_pairs(actor, text, limit, only=only))


def find_pairs(actor: Actor, text: str, limit: int, *, only: Only = NO_LIMITS, each: int = MOST_ASSETS_EACH) -> list[tuple[Pair, str]]:
    """Return ((customer id, asset id or None), what matched) of `find`; at most `each` assets of a customer."""
    written = unicodedata.normalize("NFKC", text.replace("\x00", "")).strip()[:LONGEST_TEXT]
    found: dict[Pair, str] = {}
    if not written or not reach(actor):
        return []
    asked = scope_values(actor, only) | _readings(written) | {"limit": limit, "each": each, "most": MOST_LOOKED_AT}
    with connection.cursor() as cursor:
        for matched, statement in _statements(asked, only):
            cursor.execute(statement, asked)
            for customer_id, asset_id in cursor.fetchall():
                found.setdefault((customer_id, asset_id), matched)
            if len(found) >= limit:
                break
    return list(found.items())[:limit]


def _readings(written: str) -> dict[str, Any]:
    """Return what the text may be: a key, some digits of a phone (also backwards), a whole phone number, a part of a name."""
    digits = re.sub(r"[\s()-]", "", written)
    digits = digits if _DIGITS.fullmatch(digits) else ""
    try:
        phone = normalise_phone(written)
    except ValueError:
        phone = ""
    values = {"key": normalise_key(written), "digits": digits, "tail": digits[::-1], "phone": phone, "name": written}
    return values | {f"{name}_end": _end_of_prefix(value) for name, value in values.items()}


def _statements(asked: dict[str, Any], only: Only) -> Iterator[tuple[str, str]]:
    """Yield (what matched, statement) from the surest reading to the vaguest."""
    asset_seen = seen(asked, only, columns=("c.unit_id", "a.unit_id"))
    visible = seen(asked, only)
    phone_seen = f"{visible} AND {seen(asked, NO_LIMITS, what='may_see_phone')}"
    by_number, by_tail = _BETWEEN.format(column="p.number", name="digits"), _BETWEEN.format(column="p.number_reversed", name="tail")
    keys = "SELECT asset_id, value_upper FROM customers_assetkey WHERE is_active AND "
    yield "key", _OF_ASSET.format(source=f"{keys} value_upper = %(key)s", visible=asset_seen)
    if asked["phone"]:
        yield "phone", _OF_CUSTOMER.format(source=_PHONES.format(where="p.number = %(phone)s"), visible=visible, order="c.id")
    if len(asked["key"]) >= SHORTEST_CODE:
        code = _BETWEEN.format(column="c.code", name="key")
        yield "code", _OF_CUSTOMER.format(source="customers_customer c", visible=f"{visible} AND {code}", order="c.code USING ~<~")
    if len(asked["key"]) >= SHORTEST_KEY:
        part = f"{keys} {_BETWEEN.format(column='value_upper', name='key')} ORDER BY value_upper USING ~<~ LIMIT %(most)s"
        yield "key", _OF_ASSET.format(source=part, visible=asset_seen)
    if asked["digits"]:
        # the last four stand on every masked number; more of them, or the first ones, are for who may see it whole
        tail_seen = visible if len(asked["digits"]) == SHORTEST_PHONE else phone_seen
        yield "phone", _OF_CUSTOMER.format(source=_PHONES.format(where=by_number), visible=phone_seen, order="c.id")
        yield "phone", _OF_CUSTOMER.format(source=_PHONES.format(where=by_tail), visible=tail_seen, order="c.id")
    if len(asked["name"]) >= SHORTEST_NAME:
        name = "customers_bigrams(c.name) @> customers_bigrams(%(name)s)"
        if len(asked["name"]) > SHORTEST_NAME:  # pairs may stand apart; strpos, because the planner thinks too little of LIKE
            name += " AND strpos(lower(normalize(c.name, NFKC)), lower(%(name)s)) > 0"
        yield "name", _OF_CUSTOMER.format(source="customers_customer c", visible=f"{visible} AND {name}", order="c.id")


def _end_of_prefix(prefix: str) -> str:
    """Return the first text after all that begin with the prefix, in code point order (that of the pattern indexes)."""
    for place in range(len(prefix) - 1, -1, -1):
        after = ord(prefix[place]) + 1
        if after <= 0x10FFFF:
            return prefix[:place] + chr(0xE000 if 0xD800 <= after <= 0xDFFF else after)
    return ""
