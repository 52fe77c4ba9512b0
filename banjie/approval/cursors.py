"""The cursor of lists that show first what has waited longest."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Any

import orjson
from django.utils.translation import gettext as _

from banjie.kernel.errors import FieldError, InvalidInput


def cursor_of(place: tuple[datetime, int]) -> str:
    """Return the cursor of the page that begins after a ticket: when it came there, and its id."""
    return base64.urlsafe_b64encode(orjson.dumps(place)).decode()


def after(cursor: str) -> dict[str, Any]:
    """Return after which ticket a page begins, as parameters of its SQL.

    Raises:
        InvalidInput: the cursor is none of such a list.
    """
    if not cursor:
        return {"after": "-infinity", "after_id": 0}
    try:
        at, number = orjson.loads(base64.urlsafe_b64decode(cursor))
        return {"after": datetime.fromisoformat(at), "after_id": min(int(number), 2**62)}
    except (ValueError, TypeError, binascii.Error) as wrong:
        message = _("This cursor does not belong to this list. Begin at the first page.")
        raise InvalidInput(errors=[FieldError("cursor", message)]) from wrong
