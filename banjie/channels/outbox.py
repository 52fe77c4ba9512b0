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


# Deputies of this moment of those who hold the roles: one notice each, with the names of all for whom he stands.
_FOR_DEPUTIES = """
insert into channels_notification
    (member_id, ticket_number, kind, title, clause, actor_name, at, email_state, email_error, behalf_names)
select d.id, %s, %s, %s, %s, %s, %s, case when d.email <> '' then %s else '' end, '', left(string_agg(distinct m.name, '、'), 120)
from people_member m
join people_delegation g on g.member_id = m.id and g.since <= %s and g.until > %s and g.ended_at is null
join people_member d on d.id = g.deputy_id and d.is_active
where m.is_active and m.id <> %s and d.id <> %s and m.id in (
    select p.member_id from people_post p
    join people_role r on r.id = p.role_id
    join people_unit u on u.id = p.unit_id
    where p.until is null and r.code = any(%s) and starts_with(%s, u.path))
group by d.id
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
    return _INSERT, [*_said(message), message.not_to or 0, list(message.members), list(message.roles), message.unit_path]


def deputies_sql(message: Message) -> tuple[str, list[Any]]:
    """Return the insert of a message to the deputies of those who get it by their post; what is handed to one person, his deputy cannot do."""
    nobody_of = message.not_to or 0
    return _FOR_DEPUTIES, [*_said(message), message.at, message.at, nobody_of, nobody_of, list(message.roles), message.unit_path]


def _said(message: Message) -> list[Any]:
    mail = "queued" if settings.ENV.email_url else ""
    return [message.ticket_number, message.kind, message.title[:200], message.clause[:200], message.actor_name, message.at, mail]


# Only to mobiles of mainland China, and to nobody twice for one event, however many notices it gives.
_TEXT = """
insert into channels_textmessage
    (key, member_id, ticket_number, event, kind, subject, actor_name, at, state, attempts, next_at, sent_to, error)
select distinct on (m.id) gen_random_uuid(), m.id, %s, %s, told.kind, %s, %s, %s, 'waiting', 0, %s, '', ''
from ({told}) told join people_member m on m.id = told.member_id
where m.phone ~ '^1[3-9][0-9]{{9}}$'
order by m.id, told.place
on conflict (ticket_number, event, member_id) do nothing
returning 1
"""


@dataclass(frozen=True, slots=True)
class Occasion:
    """What text messages are about: the place of the event in the ticket's timeline, and the class of the ticket."""

    ticket_number: str
    event: int
    subject: str
    actor_name: str
    at: datetime


def sends_texts() -> bool:
    """Tell whether a gateway for text messages is set up."""
    return bool(settings.ENV.sms_url)


def texts_sql(occasion: Occasion, reached: Sequence[tuple[str, str]]) -> tuple[str, list[Any]]:
    """Return the insert of text messages to whom notices of the same statement reached.

    Args:
        reached: of each notice the name of its insert in the statement, and its kind; the first one that reaches a member counts.
    """
    parts = (f"select member_id, %s::text as kind, {place} as place from {name}" for place, (name, _kind) in enumerate(reached))  # noqa: S608  names of our own statement
    told = " union all ".join(parts)
    one = occasion
    # The parameters stand in the order of the text: those of `select` come before those of `told`.
    return _TEXT.format(told=told), [
        one.ticket_number,
        one.event,
        one.subject[:120],
        one.actor_name,
        one.at,
        one.at,
        *(kind for _name, kind in reached),
    ]
