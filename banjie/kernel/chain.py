"""The keyed hash chain: each link signs the one before it and its own record.

Without the key nobody can compute a link, so an edited or removed event shows; a cut-off tail shows against the
chain's length and head on the ticket and in the daily seal.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import orjson

GENESIS = b"\0" * 32


def canonical(record: Sequence[Any]) -> bytes:
    """Return the one byte form of a record: JSON with sorted keys and no blanks. Floats are refused, since their text is not unique."""
    return orjson.dumps(record, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)


def link(key: bytes, previous: bytes, record: Sequence[Any]) -> bytes:
    """Return the 32-byte link of `record` after the link `previous`."""
    return hmac.digest(key, previous + canonical(record), sha256)
