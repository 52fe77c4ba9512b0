"""The chain: whatever is edited, removed or cut off behind the application's back is found."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from banjie.tickets.models import Ticket
from banjie.tickets.seals import exported, seal
from banjie.tickets.verify import verify
from tests.pos import Pos


def _behind_the_back(sql: str) -> None:
    """Change rows as somebody with the database's own rights could."""
    with connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        cursor.execute(sql)
        cursor.execute("set local session_replication_role = origin")


def test_an_untouched_timeline_holds(pos: Pos) -> None:
    number = pos.completed()

    verdict = verify()

    assert verdict.holds
    assert (verdict.tickets, verdict.events) == (1, Ticket.objects.get(number=number).chain_length)


@pytest.mark.req("PLT-05")
@pytest.mark.parametrize(
    "sql",
    [
        "update tickets_event set actor_name = 'x'",
        "delete from tickets_event",
        "truncate tickets_event cascade",
        "delete from tickets_ticket",
    ],
)
def test_the_database_itself_refuses_to_rewrite_history(pos: Pos, sql: str) -> None:
    pos.completed()
    connection.check_constraints()  # else PostgreSQL refuses TRUNCATE for the checks that still wait

    with pytest.raises(DatabaseError, match="keeps its history"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)

    assert verify().holds


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("update tickets_event set actor_name = '别人' where seq = 2", "event 2"),
        ("update tickets_event set at = at - interval '1 hour' where seq = 3", "event 3"),
        ('update tickets_event set payload = payload || \'{"result": "没修好"}\' where seq = 4', "event 4"),
        ("delete from tickets_event where seq = 2", "event 2 is missing"),
        ("delete from tickets_event where seq = 4", "says 4 events, the timeline holds 3"),
    ],
)
def test_a_change_behind_the_applications_back_is_found(pos: Pos, sql: str, told: str) -> None:
    number = pos.completed()

    _behind_the_back(sql)

    problems = verify().problems
    assert any(number in p and told in p for p in problems), problems


def test_a_tail_cut_off_together_with_the_tickets_own_count_is_found_by_the_seal(pos: Pos) -> None:
    number = pos.completed()
    seal(pos.now.date(), at=pos.now)
    kept = list(exported())

    _behind_the_back("delete from tickets_event where seq = 4")
    _behind_the_back("update tickets_ticket set chain_length = 3, chain_head = (select digest from tickets_event where seq = 3)")

    assert any(number in p for p in verify().problems)
    _behind_the_back("delete from tickets_sealedhead")
    _behind_the_back("delete from tickets_seal")
    assert verify().holds
    assert any(number in p for p in verify(exported=kept).problems)


def test_a_seal_holds_what_changed_since_the_one_before(pos: Pos) -> None:
    first = pos.completed()
    seal(pos.now.date(), at=pos.now)
    pos.pass_time(days=1)
    second = pos.completed()

    made = seal(pos.now.date(), at=pos.now)

    assert made is not None
    assert (made.count, first != second) == (1, True)
    assert seal(pos.now.date(), at=pos.now + timedelta(hours=1)) is None
    assert verify().holds
