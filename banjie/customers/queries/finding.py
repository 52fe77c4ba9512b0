"""The one search box: keys of assets, phones, customer numbers and names, each by an index (PLT-18, CUS-12).

A search runs from the surest reading of the text to the vaguest and stops as soon as there are enough hits. Visibility
is part of every statement; phone digits beyond what a masked number shows are searched only where CUSTOMER_PHONE reaches,
or else the hidden digits could be guessed one by one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from banjie.customers.access import EVERYTHING, reach
from banjie.customers.keys import normalise_key
from banjie.customers.queries.hits import Hit, KeyShown, hits_of
from banjie.kernel.phones import normalise_phone
from banjie.people.actor import Actor
from banjie.people.permissions import Permission

__all__ = ["Hit", "KeyShown", "Only", "find"]

SHORTEST_NAME = SHORTEST_CODE = 2
SHORTEST_KEY = SHORTEST_PHONE = 4
LONGEST_TEXT = 80
_DIGITS = re.compile(rf"\+?[0-9]{{{SHORTEST_PHONE},20}}")
MOST_ASSETS_EACH = 5
# How many entries of a prefix are looked at before visibility: a longer prefix, or the whole key, always finds.
MOST_LOOKED_AT = 20_000

_UNITS = "ANY(ARRAY(SELECT id FROM people_unit WHERE path LIKE ANY(%({name})s)))"
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


@dataclass(frozen=True, slots=True)
class Only:
    """Narrow a list or a search; empty values do not."""

    kind: str = ""
    grade: str = ""
    unit_id: int | None = None


def find(actor: Actor, text: str, limit: int = 20, *, only: Only = Only()) -> list[Hit]:
    """Return what the text may mean, the surest first: each an asset with its customer, or a customer without asset.

    Asset keys (whole, or from four characters on), phone numbers (whole, from the first four digits, or the last four
    or more), customer numbers and any part of a name from two characters on. Active ones only.
    """
    written = unicodedata.normalize("NFKC", text).strip()[:LONGEST_TEXT]
    found: dict[tuple[int, int | None], str] = {}
    paths = reach(actor)
    if not written or not paths:
        return []
    asked = _parameters(actor, paths, written, only) | {"limit": limit}
    with connection.cursor() as cursor:
        for matched, statement in _statements(asked, only):
            cursor.execute(statement, asked)
            for customer_id, asset_id in cursor.fetchall():
                found.setdefault((customer_id, asset_id), matched)
            if len(found) >= limit:
                break
    return hits_of(actor, list(found.items())[:limit])


def _parameters(actor: Actor, paths: tuple[str, ...], written: str, only: Only) -> dict[str, Any]:
    """Return every value of the statements: the readings of the text, and the patterns of the paths in reach."""
    digits = re.sub(r"[\s()-]", "", written)
    digits = digits if _DIGITS.fullmatch(digits) else ""
    try:
        phone = normalise_phone(written)
    except ValueError:
        phone = ""
    values = {"key": normalise_key(written), "digits": digits, "tail": digits[::-1], "phone": phone}
    ends = {f"{name}_end": _end_of_prefix(value) for name, value in values.items()}
    patterns = {
        "read": [f"{path}%" for path in paths],
        "may_see_phone": [f"{path}%" for path in reach(actor, Permission.CUSTOMER_PHONE)],
    }
    narrowed = {"only_kind": only.kind, "only_grade": only.grade, "only_unit": only.unit_id}
    return values | ends | patterns | narrowed | {"name": written, "each": MOST_ASSETS_EACH, "most": MOST_LOOKED_AT}


def _statements(asked: dict[str, Any], only: Only) -> Iterator[tuple[str, str]]:
    """Yield (what matched, statement) from the surest reading to the vaguest."""
    asset_seen = _visible("read", asked, only, columns=("c.unit_id", "a.unit_id"))
    seen = _visible("read", asked, only)
    phone_seen = f"{seen} AND {_visible('may_see_phone', asked, Only())}"
    by_number, by_tail = _BETWEEN.format(column="p.number", name="digits"), _BETWEEN.format(column="p.number_reversed", name="tail")
    keys = "SELECT asset_id, value_upper FROM customers_assetkey WHERE is_active AND "
    yield "key", _OF_ASSET.format(source=f"{keys} value_upper = %(key)s", visible=asset_seen)
    if asked["phone"]:
        yield "phone", _OF_CUSTOMER.format(source=_PHONES.format(where="p.number = %(phone)s"), visible=seen, order="c.id")
    if len(asked["key"]) >= SHORTEST_CODE:
        code = _BETWEEN.format(column="c.code", name="key")
        yield "code", _OF_CUSTOMER.format(source="customers_customer c", visible=f"{seen} AND {code}", order="c.code USING ~<~")
    if len(asked["key"]) >= SHORTEST_KEY:
        part = f"{keys} {_BETWEEN.format(column='value_upper', name='key')} ORDER BY value_upper USING ~<~ LIMIT %(most)s"
        yield "key", _OF_ASSET.format(source=part, visible=asset_seen)
    if asked["digits"]:
        # the last four stand on every masked number; more of them, or the first ones, are for who may see it whole
        tail_seen = seen if len(asked["digits"]) == SHORTEST_PHONE else phone_seen
        yield "phone", _OF_CUSTOMER.format(source=_PHONES.format(where=by_number), visible=phone_seen, order="c.id")
        yield "phone", _OF_CUSTOMER.format(source=_PHONES.format(where=by_tail), visible=tail_seen, order="c.id")
    if len(asked["name"]) >= SHORTEST_NAME:
        name = "customers_bigrams(c.name) @> customers_bigrams(%(name)s)"
        if len(asked["name"]) > SHORTEST_NAME:  # pairs may stand apart; strpos, because the planner thinks too little of LIKE
            name += " AND strpos(lower(normalize(c.name, NFKC)), lower(%(name)s)) > 0"
        yield "name", _OF_CUSTOMER.format(source="customers_customer c", visible=f"{seen} AND {name}", order="c.id")


def _visible(reach_name: str, asked: dict[str, Any], only: Only, *, columns: tuple[str, ...] = ("c.unit_id",)) -> str:
    """Return the condition of what the actor may see and the list is narrowed to."""
    conditions = ["true"]
    if f"{EVERYTHING}%" not in asked[reach_name]:
        units = _UNITS.format(name=reach_name)
        conditions.append("(" + " OR ".join(f"{column} = {units}" for column in columns) + ")")
    if only.kind:
        conditions.append("c.kind = %(only_kind)s")
    if only.grade:
        conditions.append("c.grade = %(only_grade)s")
    if only.unit_id is not None:
        below = "ANY(ARRAY(SELECT b.id FROM people_unit t JOIN people_unit b ON b.path LIKE t.path || '%%' WHERE t.id = %(only_unit)s))"
        conditions.append("(" + " OR ".join(f"{column} = {below}" for column in columns) + ")")
    return " AND ".join(conditions)


def _end_of_prefix(prefix: str) -> str:
    """Return the first text after all that begin with the prefix, in code point order (that of the pattern indexes)."""
    for place in range(len(prefix) - 1, -1, -1):
        after = ord(prefix[place]) + 1
        if after <= 0x10FFFF:
            return prefix[:place] + chr(0xE000 if 0xD800 <= after <= 0xDFFF else after)
    return ""
