from __future__ import annotations

import pytest
from django.db import connection, transaction

from banjie.kernel.errors import Refused

pytestmark = pytest.mark.django_db(transaction=True)


def kept(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_prepared_statements where statement like %s", [f"{sql}%"])
        return int(cursor.fetchone()[0])


def ask_often(sql: str) -> None:
    with connection.cursor() as cursor:
        for n in range(5):
            cursor.execute(sql + " + %s::int", [n])


@transaction.atomic
def refused_after(sql: str) -> None:
    ask_often(sql)
    raise Refused("no")


def test_a_statement_that_comes_again_is_kept_by_the_server() -> None:
    ask_often("select 4711")

    assert kept("select 4711") == 1


def test_a_refusal_does_not_make_the_server_forget_its_statements() -> None:
    ask_often("select 4712")

    with pytest.raises(Refused):
        refused_after("select 4713")

    assert kept("select 4712") == 1
    ask_often("select 4712")
    assert kept("select 4712") == 1
