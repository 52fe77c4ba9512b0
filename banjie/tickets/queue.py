"""Pages of tickets in queue order or newest first, read in index order whatever else exists."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import orjson
from django.db import connection
from django.utils.translation import gettext as _

from banjie.kernel.errors import FieldError, InvalidInput
from banjie.people.actor import Actor
from banjie.tickets import search
from banjie.tickets.reach import Reach, reach_of

FAR = datetime(9999, 12, 31, tzinfo=UTC)
_DUE = "coalesce(t.due_at, '9999-12-31 00:00:00+00'::timestamptz)"
MAX_PAGE = 200
# Above this many units a plain filter is as selective as the walk per unit.
MAX_LANES = 60
_ROW = (
    "t.id, t.number, t.rulebook_version_id, t.type, t.state, t.is_open, t.version, t.round, t.rank, t.summary, t.contact, t.phone, t.address, "
    "t.priority, t.source, t.unit_id, u.name, t.assignee_id, m.name, t.opened_at, t.entered_at, t.updated_at, t.ended_at, t.due_at, t.due_warn_at, t.due_clock"
)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list shows. Empty values do not filter. `view` is open, ended or all; `order` is queue or newest."""

    view: str = "open"
    order: str = "queue"
    book_versions: tuple[int, ...] = ()
    type: str = ""
    state: str = ""
    unit_path: str = ""
    assignee: int | None = None
    mine: bool = False
    overdue_at: datetime | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A ticket in a list."""

    id: int
    number: str
    rulebook_version_id: int
    type: str
    state: str
    is_open: bool
    version: int
    round: int
    rank: int
    summary: str
    contact: str
    phone: str
    address: str
    priority: str
    source: str
    unit_id: int
    unit: str
    assignee_id: int | None
    assignee: str | None
    opened_at: datetime
    entered_at: datetime
    updated_at: datetime
    ended_at: datetime | None
    due_at: datetime | None
    due_warn_at: datetime | None
    due_clock: str


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, and the cursor of the next page, "" at the end."""

    rows: list[Row] = field(default_factory=list)
    next: str = ""


def page(actor: Actor, filters: Filters, *, cursor: str = "", limit: int = 50) -> Page:
    """Return a page of the tickets that the actor may see.

    Raises:
        InvalidInput: an unknown view, order or cursor.
    """
    if filters.view not in ("open", "ended", "all") or filters.order not in ("queue", "newest"):
        raise InvalidInput(errors=[FieldError("view", _("Choose open, ended or all, in the order queue or newest."))])
    if filters.view != "open":
        filters = replace(filters, order="newest")
    limit = max(1, min(limit, MAX_PAGE))
    reach = reach_of(actor)
    if reach.nothing:
        return Page()
    if filters.text:
        found = search.matching_ids(filters.text)
        if found is not None and not found:
            return Page()
    else:
        found = None
    sql, params = _page_sql(reach, filters, found, _after(filters, cursor), limit)
    with connection.cursor() as db:
        db.execute(sql, params)
        rows = [Row(*row) for row in db.fetchall()]
    more = len(rows) > limit
    rows = rows[:limit]
    return Page(rows, _cursor(filters, rows[-1]) if more else "")


def _after(filters: Filters, cursor: str) -> list[Any]:
    """Return the sort key after which the page begins."""
    if not cursor:
        return []
    try:
        key = orjson.loads(base64.urlsafe_b64decode(cursor))
        if filters.order == "newest":
            return [int(key[0])]
        return [int(key[0]), datetime.fromisoformat(key[1]), int(key[2])]
    except (ValueError, TypeError, IndexError, KeyError, binascii.Error) as wrong:
        raise InvalidInput(
            errors=[FieldError("cursor", _("This cursor does not belong to this list. Begin at the first page."))]
        ) from wrong


def _cursor(filters: Filters, last: Row) -> str:
    key = [last.id] if filters.order == "newest" else [last.rank, (last.due_at or FAR).isoformat(), last.id]
    return base64.urlsafe_b64encode(orjson.dumps(key)).decode()


def _conditions(filters: Filters, found: list[int] | None, after: list[Any], me: int | None) -> tuple[str, list[Any]]:
    parts: list[str] = ["true"]
    params: list[Any] = []

    def add(sql: str, *values: Any) -> None:
        parts.append(sql)
        params.extend(values)

    if filters.view != "all":
        add("t.is_open" if filters.view == "open" else "not t.is_open")
    if filters.book_versions:
        add("t.rulebook_version_id = any(%s)", list(filters.book_versions))
    if filters.type:
        add("t.type = %s", filters.type)
    if filters.state:
        add("t.state = %s", filters.state)
    if filters.unit_path:
        add("t.unit_id in (select id from people_unit where starts_with(path, %s))", filters.unit_path)
    if filters.mine or filters.assignee is not None:
        add("t.assignee_id = %s", me if filters.mine else filters.assignee)
    if filters.overdue_at is not None:
        add("t.due_at < %s", filters.overdue_at)
    if found is not None:
        add("t.id = any(%s)", found)
    elif filters.text:
        add(
            "exists (select from tickets_searchwords s where s.ticket_id = t.id and s.words @@ %s::tsquery)",
            search.words_query(filters.text),
        )
    if after:
        add("t.id < %s" if filters.order == "newest" else f"(t.rank, {_DUE}, t.id) > (%s, %s, %s)", *after)
    return " and ".join(parts), params


def _page_sql(reach: Reach, filters: Filters, found: list[int] | None, after: list[Any], limit: int) -> tuple[str, list[Any]]:
    """Merge the ways into the actor's tickets, each read in index order, until the page is full.

    A ticket may lie on four of them (its unit, its assignee, who is responsible, who has a copy), so four pages of the merger hold one.
    """
    where, params = _conditions(filters, found, after, reach.member_id)
    keys = "id desc" if filters.order == "newest" else "rank, due, id"
    chosen = f"t.id, t.rank, {_DUE} as due"
    one = f"(select {chosen} from tickets_ticket t where {{lane}} and {where} order by {_order(filters)} limit {limit + 1})"
    lanes = _lanes(reach, filters, MAX_LANES)
    ids = " union all ".join(one.format(lane=lane) for lane, _values in lanes)
    if len(lanes) > 1:
        ids = f"select distinct id from (select id from ({ids}) l order by {keys} limit {4 * (limit + 1)}) m"
    sql = (
        f"select {_ROW} from ({ids}) i join tickets_ticket t on t.id = i.id join people_unit u on u.id = t.unit_id "
        f"left join people_member m on m.id = t.assignee_id order by {_order(filters)} limit {limit + 1}"
    )
    return sql, [value for _lane, values in lanes for value in (*values, *params)]


def _order(filters: Filters) -> str:
    return "t.id desc" if filters.order == "newest" else f"t.rank, {_DUE}, t.id"


def some_ids(reach: Reach, filters: Filters, limit: int) -> tuple[str, list[Any]]:
    """Return SQL of the ids of up to `limit` tickets of a list, in no order: for counting."""
    where, params = _conditions(filters, None, [], reach.member_id)
    lanes = _lanes(reach, filters, 0)
    one = f"(select t.id from tickets_ticket t where {{lane}} and {where} limit {limit})"
    return " union ".join(one.format(lane=lane) for lane, _values in lanes), [v for _lane, values in lanes for v in (*values, *params)]


def _lanes(reach: Reach, filters: Filters, most: int) -> list[tuple[str, list[Any]]]:
    """Return the ways into the actor's tickets as conditions; up to `most` units have one each."""
    if reach.everything or filters.mine:
        return [("true", [])]
    lanes: list[tuple[str, list[Any]]] = []
    if len(reach.units) <= most:
        lanes += [("t.unit_id = %s", [unit]) for unit in reach.units]
    else:
        lanes.append(("t.unit_id = any(%s)", [list(reach.units)]))
    if reach.member_id is not None:
        lanes += [("t.assignee_id = %s", [reach.member_id]), ("t.responsible_id = %s", [reach.member_id])]
    if reach.copies:
        lanes.append(("t.id = any(array(select c.ticket_id from tickets_copy c where c.member_id = %s))", [reach.member_id]))
    return lanes
