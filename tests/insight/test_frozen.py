"""Frozen copies: what they keep, who freezes and signs them, and that every tampering shows (RPT-16)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from hashlib import sha256

import pytest
from django.db import DatabaseError, connection, transaction

from banjie.channels.models import Notification
from banjie.insight.frozen import file_of
from banjie.insight.models import CopySignature, FrozenCopy, FrozenLine
from banjie.insight.queries.copies import NotIntact, difference, lines_of, problems_of, roles_missing, signatures_of
from banjie.insight.queries.signing import OwnCopy, waiting_for
from banjie.insight.verbs import freeze_ledger as freezing
from banjie.insight.verbs.freeze_ledger import TooManyLines, freeze_ledger
from banjie.insight.verbs.sign_copy import AnotherDigest, SignedAlready, sign_copy
from banjie.insight.verify_copies import verify_copies
from banjie.kernel.errors import InvalidInput, NotPermitted, Unseen
from tests.insight.frozen import QUARTER, at_work, frozen, handled, opened, sign
from tests.regulation import Regulation
from tests.tickets.observing import refused

TABLES = ("insight_frozencopy", "insight_frozenline", "insight_copysignature")


@pytest.fixture
def law(db: None) -> Regulation:
    return at_work()


def settle() -> None:
    """Check what waits for the end of the transaction, as a commit would."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")


@contextmanager
def tampered(statements: str, copy: FrozenCopy) -> Iterator[None]:
    """Change the tables as somebody could who owns the database, and undo it afterwards."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            for table in TABLES:
                cursor.execute(f"alter table {table} disable trigger user")
            for statement in statements.split("; "):
                cursor.execute(statement, {"copy": copy.pk})
        yield
        transaction.set_rollback(True)


def cells(copy: FrozenCopy) -> list[dict[str, object]]:
    names = [column["name"] for column in copy.head["columns"]]
    return [dict(zip(names, line, strict=True)) for line in lines_of(copy)]


@pytest.mark.req("RPT-16")
def test_a_copy_keeps_rows_and_counts_of_the_closed_period_of_all_units_and_never_changes_with_its_tickets(law: Regulation) -> None:
    done, running = handled(law), opened(law, "mei", cause="broken")
    copy = frozen(law)

    law.do(running, "correct", {"cause": "late", "customer": "李老板"}, by="mei")

    assert [(line["ticket.number"], line["customer"], line["cause"]) for line in cells(copy)] == [
        (running, "王老板", "破损"),
        (done, "王老板", "延误"),
    ]
    assert copy.head["counts"][0] == {"by": "cause", "title": "原因", "lines": [["broken", "破损", 1], ["late", "延误", 1]]}
    assert (copy.rows, copy.number, copy.head["version"], copy.by_name) == (2, 1, 1, "兰专员")
    assert problems_of(FrozenCopy.objects.get()) == []
    other = difference(copy)
    assert other is not None
    assert (other.then, other.now) == (2, 2)
    assert other.lines == (("原因", "破损", 1, 0), ("原因", "延误", 1, 2))


def test_frozen_again_the_copy_gets_the_next_number_and_says_what_changed(law: Regulation) -> None:
    running = opened(law, cause="broken")
    first = frozen(law)
    law.do(running, "correct", {"cause": "late"}, by="lan")

    second = frozen(law)

    assert (first.number, second.number) == (1, 2)
    assert [cells(copy)[0]["cause"] for copy in (first, second)] == ["破损", "延误"]
    assert first.sha256 != second.sha256
    assert verify_copies().problems == []


def test_phones_are_masked_in_a_copy_and_its_words_are_those_of_the_site(law: Regulation) -> None:
    handled(law)

    (line,) = cells(frozen(law))

    assert "13800138000" not in str(line["phone"])
    assert (line["ticket.state"], line["ticket.last_callback"], line["ticket.urges"]) == ("已办结", "满意", 2)


@pytest.mark.parametrize("first", [date(2024, 7, 1), date(2024, 5, 1), date(2024, 4, 2), date(1999, 1, 1), date(2030, 1, 1)])
def test_only_a_whole_period_that_is_over_is_frozen(law: Regulation, first: date) -> None:
    law.at("2024-09-30 23:59")

    with refused(InvalidInput, field="first"):
        freeze_ledger("frozen-book", "cases", first, by=law.actor("lan"), at=law.now)
    assert not FrozenCopy.objects.exists()


def test_only_its_roles_freeze_it_and_only_over_the_whole_organisation(law: Regulation) -> None:
    for name in ("bo", "mei", "wei"):  # signs it; a clerk of the east; a worker
        with refused(NotPermitted):
            frozen(law, name)
    with refused(Unseen):
        freeze_ledger("frozen-book", "others", QUARTER, by=law.actor("lan"), at=law.now)


def test_a_period_with_more_tickets_than_a_copy_holds_is_refused(law: Regulation, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(law)
    opened(law)
    monkeypatch.setattr(freezing, "MOST_LINES", 1)

    with refused(TooManyLines):
        frozen(law)


def test_one_of_each_role_signs_over_the_digest_and_is_asked_to(law: Regulation) -> None:
    copy = frozen(law)
    assert set(Notification.objects.filter(kind="copy_to_sign").values_list("member__username", flat=True)) == {"bo", "fu", "shen"}
    assert waiting_for(law.actor("bo")) == [copy]

    sign(law, copy, "bo")
    sign(law, copy, "shen")

    signed = signatures_of(copy)
    assert [(one.member_name, one.role_title, one.sha256) for one in signed] == [
        ("薄领导", "分管领导", copy.sha256),
        ("沈审计", "审计", copy.sha256),
    ]
    assert roles_missing(copy, signed) == []
    assert waiting_for(law.actor("bo")) == []
    assert verify_copies().problems == []


def test_nobody_signs_twice_or_his_own_copy_or_without_the_role_over_everything(law: Regulation) -> None:
    copy = frozen(law)
    sign(law, copy, "bo")

    with refused(SignedAlready):
        sign(law, copy, "bo")
    with refused(NotPermitted):
        sign(law, copy, "lan")
    for name in ("dong", "wei"):  # a leader of the east sees no copy of the whole; a worker none at all
        with refused(Unseen):
            sign(law, copy, name)
    own = frozen(law, "fu")
    with refused(OwnCopy):
        sign(law, own, "fu")
    assert CopySignature.objects.count() == 1


def test_who_holds_two_roles_signs_once_in_the_one_that_is_missing(law: Regulation) -> None:
    copy = frozen(law)
    sign(law, copy, "bo")

    sign(law, copy, "fu")

    assert CopySignature.objects.get(member_name="傅领导").role == "auditor_role"
    with refused(SignedAlready):
        sign(law, copy, "fu")


def test_one_signs_what_one_was_shown(law: Regulation) -> None:
    copy = frozen(law)

    with refused(AnotherDigest):
        sign_copy(copy.pk, "0" * 64, by=law.actor("bo"), at=law.now)


def test_the_database_refuses_every_change_of_a_copy(law: Regulation) -> None:
    opened(law)
    sign(law, frozen(law), "bo")
    settle()

    for table in TABLES:
        for change in ("update {} set id = id", "delete from {}", "truncate {} cascade"):
            with pytest.raises(DatabaseError, match="refused"), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(change.format(table))


def test_the_database_refuses_a_line_that_comes_later(law: Regulation) -> None:
    copy = frozen(law)

    with pytest.raises(DatabaseError, match="already stands"), transaction.atomic():
        FrozenLine.objects.create(copy=copy, seq=99, cells=[])


TAMPERINGS: dict[str, str] = {
    "a cell": "update insight_frozenline set cells = jsonb_set(cells, '{7}', '\"赵老板\"') where copy_id = %(copy)s",
    "a line less": "delete from insight_frozenline where copy_id = %(copy)s",
    "a line more": "insert into insight_frozenline (copy_id, seq, cells) values (%(copy)s, 9, '[]')",
    "the counts": "update insight_frozencopy set head = jsonb_set(head, '{rows}', '7') where id = %(copy)s",
    "who froze it": "update insight_frozencopy set by_name = '别人' where id = %(copy)s",
    "when": "update insight_frozencopy set at = at + interval '1 day' where id = %(copy)s",
    "the digest": "update insight_frozencopy set sha256 = repeat('0', 64) where id = %(copy)s",
    "who signed": "update insight_copysignature set member_name = '别人' where copy_id = %(copy)s",
    "when it was signed": "update insight_copysignature set at = at - interval '1 day' where copy_id = %(copy)s",
    "a signature less": "delete from insight_copysignature where id = (select max(id) from insight_copysignature)",
    "the last copy": "delete from insight_copysignature; delete from insight_frozenline; delete from insight_frozencopy where id = %(copy)s",
}


def test_verification_finds_what_somebody_changed_behind_the_triggers(law: Regulation) -> None:
    opened(law)
    copy = frozen(law)
    sign(law, copy, "bo")
    sign(law, copy, "shen")
    settle()
    assert verify_copies().holds

    for name, statements in TAMPERINGS.items():
        with tampered(statements, copy):
            problems = verify_copies().problems
        assert any("frozen copy frozen-book cases 2024-04-01" in problem for problem in problems), name
    assert verify_copies().holds


def test_a_copy_that_was_tampered_with_cannot_be_signed(law: Regulation) -> None:
    opened(law)
    copy = frozen(law)
    settle()

    with tampered(TAMPERINGS["a cell"], copy), pytest.raises(NotIntact):
        sign(law, copy, "bo")


def test_the_file_of_a_copy_has_the_digest_that_is_signed(law: Regulation) -> None:
    handled(law)
    copy = FrozenCopy.objects.get(pk=frozen(law).pk)

    content = b"".join(file_of(copy.head, lines_of(copy)))

    assert sha256(content).hexdigest() == copy.sha256
    assert content.count(b"\n") == 2


def test_what_is_counted_in_a_copy_is_what_the_page_counts(law: Regulation) -> None:
    handled(law)
    opened(law, "mei", cause="broken", paid=True)
    opened(law, cause="", paid=False)

    other = difference(frozen(law))

    assert other is not None
    assert other.is_none
