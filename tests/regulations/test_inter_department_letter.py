"""The regulation on letters between departments, clause by clause."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction

from banjie.channels.models import Notification
from banjie.insight.period import Period
from banjie.insight.queries.ledger import ledger_rows
from banjie.insight.queries.statistics import Asked
from banjie.kernel.errors import InvalidInput, NotAllowedNow, NotPermitted, Refused, Unseen
from banjie.tickets.access import get_ticket, visible_tickets
from banjie.tickets.copies import NobodyToCopy
from banjie.tickets.models import Copy
from tests.pos import moment
from tests.regulation import Regulation, install

LETTER = {"subject": "展会样机", "matter": "6月20日展会需样机3台，请生产部6月18日前交付"}
FILED = {"electronic_no": "DZ-2024-0603", "paper_place": "行政部2号柜3号盒第17页"}
PEOPLE = {
    "xiao": ("肖销售", "employee", "SALES"),
    "shen": ("沈负责", "department_head", "SALES"),
    "pan": ("潘分管", "direct_superior", "SALES"),
    "sheng": ("盛负责", "department_head", "MAKE"),
    "qian": ("钱分管", "direct_superior", "MAKE"),
    "jin": ("金总", "general_manager", "HQ"),
    "xing": ("邢行政", "admin_department", "HQ"),
    "pin": ("品负责", "department_head", "QA"),
}
UNITS = {"SALES": ("销售部", "销售"), "MAKE": ("生产部", "生产"), "QA": ("品质部", "品质")}


@pytest.fixture
def law(db: None) -> Regulation:
    return install("inter-department-letter", PEOPLE, UNITS)


@contextmanager
def refused(kind: type[Refused]) -> Iterator[pytest.ExceptionInfo[Refused]]:
    with pytest.raises(kind) as said, transaction.atomic():
        yield said


def drafted(law: Regulation) -> str:
    """Return a letter to production that an employee of sales has drafted."""
    return law.open("letter", {**LETTER, "target_unit": law.units["MAKE"].pk}, by="xiao")


def sent(law: Regulation) -> str:
    """Return a letter that the head of sales has sent."""
    number = drafted(law)
    law.do(number, "send", by="shen")
    return number


def instructed(law: Regulation) -> str:
    """Return a letter that was answered, and on which production's leader has given his opinion."""
    number = sent(law)
    law.do(number, "answer", {"opinion": "可交2台，第3台19日交"}, by="sheng")
    law.do(number, "instruct", {"instruction": "3台均于18日交付"}, by="qian")
    return number


def told(number: str, kind: str) -> set[str]:
    """Return who was told of a letter, by the kind of message."""
    return set(Notification.objects.filter(ticket_number=number, kind=kind).values_list("member__username", flat=True))


@pytest.mark.req("LTR-01")
@pytest.mark.parametrize("missing", ["subject", "matter"])
def test_a_letter_says_in_detail_what_it_is_about(law: Regulation, missing: str) -> None:
    with refused(InvalidInput) as said:
        law.open("letter", {k: v for k, v in LETTER.items() if k != missing}, by="xiao")

    assert [error.field for error in said.value.errors] == [missing]


@pytest.mark.req("LTR-01")
def test_the_sending_department_sends_to_the_receiving_one_with_copies_to_its_superior_and_the_general_manager(law: Regulation) -> None:
    number = drafted(law)
    assert visible_tickets(law.actor("sheng")).count() == 0
    with refused(NotPermitted):  # the department sends, not everybody in it
        law.do(number, "send", by="xiao")

    law.do(number, "send", by="shen")

    assert (law.state(number), law.ticket(number).unit.code) == ("sent", "MAKE")
    assert told(number, "relayed") == {"sheng"}
    assert told(number, "copied") == {"pan", "jin"}
    for reader in ("xiao", "shen", "pan", "jin", "sheng"):
        assert get_ticket(law.actor(reader), number).fields["matter"] == LETTER["matter"]
    with refused(Unseen):
        get_ticket(law.actor("pin"), number)


@pytest.mark.req("LTR-01")
def test_a_letter_needs_its_receiver(law: Regulation) -> None:
    number = law.open("letter", LETTER, by="xiao")

    with refused(InvalidInput) as said:
        law.do(number, "send", by="shen")

    assert [error.field for error in said.value.errors] == ["target_unit"]


@pytest.mark.req("LTR-02")
def test_the_receiving_department_answers_with_its_opinion_and_copies_to_its_own_superior_and_the_general_manager(law: Regulation) -> None:
    number = sent(law)
    with refused(InvalidInput) as said:
        law.do(number, "answer", {"opinion": " "}, by="sheng")
    assert [error.field for error in said.value.errors] == ["opinion"]
    for other in ("shen", "pan"):  # neither the sender nor a mere reader answers
        with refused(NotPermitted):
            law.do(number, "answer", {"opinion": "同意"}, by=other)

    law.do(number, "answer", {"opinion": "可交2台，第3台19日交"}, by="sheng")

    assert (law.state(number), law.ticket(number).fields["opinion"]) == ("answered", "可交2台，第3台19日交")
    assert told(number, "told") == {"xiao"}
    copied = Notification.objects.filter(ticket_number=number, kind="copied").values_list("member__username", flat=True)
    assert sorted(copied) == ["jin", "jin", "pan", "qian"]


@pytest.mark.req("LTR-02")
def test_an_answer_whose_copies_would_be_missing_is_not_given(law: Regulation) -> None:
    number = sent(law)
    law.dismiss("qian", "direct_superior")

    with refused(NobodyToCopy):
        law.do(number, "answer", {"opinion": "同意"}, by="sheng")

    assert law.state(number) == "sent"


@pytest.mark.req("LTR-03")
def test_the_leaders_opinion_returns_to_both_departments_and_is_copied_to_administration(law: Regulation) -> None:
    number = sent(law)
    with refused(NotAllowedNow):  # not before the answer
        law.do(number, "instruct", {"instruction": "同意"}, by="qian")
    law.do(number, "answer", {"opinion": "可交2台，第3台19日交"}, by="sheng")
    with refused(InvalidInput):
        law.do(number, "instruct", {}, by="qian")
    with refused(NotPermitted):
        law.do(number, "instruct", {"instruction": "同意"}, by="sheng")
    Notification.objects.filter(ticket_number=number).update(kind="earlier")

    law.do(number, "instruct", {"instruction": "3台均于18日交付"}, by="qian")

    assert law.state(number) == "instructed"
    assert told(number, "told") == {"xiao", "sheng"}
    assert told(number, "copied") == {"xing"}
    assert get_ticket(law.actor("shen"), number).fields["instruction"] == "3台均于18日交付"


@pytest.mark.req("LTR-03")
def test_without_an_administration_the_opinion_is_not_given(law: Regulation) -> None:
    number = sent(law)
    law.do(number, "answer", {"opinion": "同意"}, by="sheng")
    law.dismiss("xing", "admin_department")

    with refused(NobodyToCopy) as said:
        law.do(number, "instruct", {"instruction": "同意"}, by="qian")

    assert "行政部" in said.value.message


@pytest.mark.req("LTR-04")
@pytest.mark.parametrize("missing", ["electronic_no", "paper_place"])
def test_administration_files_it_both_electronically_and_on_paper(law: Regulation, missing: str) -> None:
    number = instructed(law)
    with refused(InvalidInput) as said:
        law.do(number, "file", {k: v for k, v in FILED.items() if k != missing}, by="xing")
    assert [error.field for error in said.value.errors] == [missing]
    with refused(NotPermitted):
        law.do(number, "file", FILED, by="sheng")

    law.do(number, "file", FILED, by="xing")

    assert (law.state(number), law.ticket(number).is_open) == ("filed", False)
    assert law.events(number, "file")[0].payload == FILED


@pytest.mark.req("LTR-05")
@pytest.mark.parametrize(("who", "role", "title"), [("pan", "direct_superior", "直接上级"), ("jin", "general_manager", "总经理")])
def test_a_missing_copy_recipient_blocks_sending_and_is_named(law: Regulation, who: str, role: str, title: str) -> None:
    number = drafted(law)
    law.dismiss(who, role)

    with refused(NobodyToCopy) as said:
        law.do(number, "send", by="shen")

    assert title in said.value.message
    assert (law.state(number), law.ticket(number).unit.code, Copy.objects.count()) == ("drafted", "SALES", 0)
    law.appoint("xiao", role, "SALES")
    law.do(number, "send", by="shen")
    assert told(number, "copied") == ({"pan", "jin"} - {who}) | {"xiao"}


@pytest.mark.req("LTR-05")
def test_the_letter_book_lists_number_date_and_state_at_each_step(law: Regulation) -> None:
    june = Asked("inter-department-letter", Period(moment("2024-06-01 00:00").date(), moment("2024-06-30 00:00").date()))
    book = law.program.book.ledgers["letters"]
    seen: list[str] = []

    def look() -> None:
        (row,) = ledger_rows(law.actor("xing"), june, book)
        assert (row.number, row.opened_at) == (number, moment("2024-06-03 09:00"))
        seen.append(row.state)

    number = drafted(law)
    look()
    law.pass_time(hours=1)
    for action, payload, by in (
        ("send", {}, "shen"),
        ("answer", {"opinion": "同意"}, "sheng"),
        ("instruct", {"instruction": "同意"}, "qian"),
        ("file", FILED, "xing"),
    ):
        law.do(number, action, payload, by=by)
        look()

    assert number.startswith("LH-240603-")
    assert seen == ["drafted", "sent", "answered", "instructed", "filed"]
    assert law.events(number, "send")[0].at == moment("2024-06-03 10:00")
    assert ledger_rows(law.actor("xing"), june, book)[0].values["paper_place"] == FILED["paper_place"]
