"""The SQL that notifies people in the statement of the change itself: no change without its notice, no notice without its change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

# A holder of a role "over" a unit has a post in it or in one above it.
_INSERT = """
insert into channels_notification
    (member_id, ticket_number, kind, title, clause, actor_name, at, email_state, email_error)
select m.id, %s, %s, %s, %s, %s, %s, case when m.email <> '' then %s else '' end, ''
from people_member m
where m.is_active and m.id <> %s and (
    m.id = any(%s) or m.id in (
        select p.member_id from people_post p
        join people_role r on r.id = p.role_id
        join people_unit u on u.id = p.unit_id
        where p.until is null and r.code = any(%s) and starts_with(%s, u.path)))
returning member_id
"""


@dataclass(frozen=True, slots=True)
class Message:
    """One message to some members and to the holders of some roles over a unit."""

    ticket_number: str
    kind: str
    title: str
    clause: str
    actor_name: str
    at: datetime
    members: Sequence[int]
    roles: Sequence[str]
    unit_path: str
    not_to: int | None = None


def insert_sql(message: Message) -> tuple[str, list[Any]]:
    """Return the insert of a message; it returns the `member_id`s reached."""
    mail = "queued" if settings.ENV.email_url else ""
    return _INSERT, [
        message.ticket_number,
        message.kind,
        message.title[:200],
        message.clause[:200],
        message.actor_name,
        message.at,
        mail,
        message.not_to or 0,
        list(message.members),
        list(message.roles),
        message.unit_path,
    ]
