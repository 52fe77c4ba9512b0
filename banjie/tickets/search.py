"""Find tickets by number, phone, key or words, through indexes only.

The planner guesses badly how many tickets hold a word, so words are asked in two steps: up to `MANY` hits are taken from
the inverted index as they come and sorted here; more hits than that make newest-first the quick way.
"""

from __future__ import annotations

import re

from django.db import connection

from banjie.tickets import words

MANY = 2000
MAX_TEXT = 200
_IDENTIFIER = re.compile(r"[A-Za-z0-9+-]{4,60}\Z")
_ESCAPES = str.maketrans({"\\": r"\\", "%": r"\%", "_": r"\_"})


def words_query(text: str) -> str:
    """Return the tsquery of the typed words."""
    return words.query(text[:MAX_TEXT])


def matching_ids(text: str) -> list[int] | None:
    """Return the ids of all tickets that match, at most `MANY`; None when there are more: then ask newest first by words."""
    text = text.strip()[:MAX_TEXT]
    if _IDENTIFIER.match(text):
        found = _by_identifier(text)
        if found:
            return found
    asked = words_query(text)
    if not asked:
        return []
    with connection.cursor() as cursor:
        # A literal, not a parameter: a generic plan would walk the whole table (docs/adr/0007).
        literal = asked.replace("'", "''").replace("%", "%%")
        wanted = f"words @@ E'{_escaped(literal)}'::tsquery"
        cursor.execute(f"select ticket_id from tickets_searchwords where {wanted} offset 0 limit {MANY + 1}", [])  # noqa: S608  own tokens, quoted
        found = [row[0] for row in cursor.fetchall()]
    return None if len(found) > MANY else found


def _escaped(literal: str) -> str:
    return literal.replace("\\", "\\\\")


def _by_identifier(text: str) -> list[int]:
    """Return tickets whose number, phone or asset key begins with the text, or whose number or phone ends with it."""
    value = text.upper()
    pattern = value.translate(_ESCAPES) + "%"
    backwards = "~" + value[::-1].translate(_ESCAPES) + "%"
    with connection.cursor() as cursor:
        cursor.execute(
            "select ticket_id from (select ticket_id from tickets_identifier where value like %s limit %s) a "
            "union select ticket_id from (select ticket_id from tickets_identifier where value like %s limit %s) b",
            [pattern, MANY // 2, backwards, MANY // 2],
        )
        return [row[0] for row in cursor.fetchall()]
