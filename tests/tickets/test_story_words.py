"""What the timeline says of signatures, corrections and other tickets, in words."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override

from banjie.console.queries.history import _VERBS
from banjie.people.verbs.delegations import DelegationDraft, name_deputy
from banjie.rulebook.vocabulary import VERBS
from banjie.tickets.story import Entry, Reader, story
from tests.approval.conftest import BOOK, PEOPLE
from tests.cast import BUILDER
from tests.regulation import Regulation, install
from tests.tickets.test_repeats import BOOK as REPEATS
from tests.tickets.test_repeats import CALL

YES = {"decision": "approved"}


def told(law: Regulation, number: str, *, by: str, language: str = "zh-hans") -> list[Entry]:
    ticket = law.ticket(number)
    reader = Reader(language, ZoneInfo("Asia/Shanghai"), may_see_phones=False, by=law.actor(by))
    with override(language):
        return story(ticket.pk, ticket.type, law.program, reader)


def words(entry: Entry) -> Mapping[str, str]:
    return dict(entry.details)


@pytest.fixture
def law(db: None) -> Regulation:
    return install(BOOK, PEOPLE)


@pytest.fixture
def submitted(law: Regulation) -> str:
    number = law.open("purchase", {"item": "打印纸", "amount": "500"}, by="chen")
    law.do(number, "submit", by="chen")
    return number


def test_a_signature_says_how_many_are_still_missing_and_for_whom_it_was_given(law: Regulation, submitted: str) -> None:
    draft = DelegationDraft(law.members["du"], law.members["zhou"], law.now, law.pass_time(hours=2), "休假")
    law.pass_time(hours=-1)
    name_deputy(draft, by=BUILDER, at=law.now)
    law.do(submitted, "sign", YES, by="zhou")

    newest = told(law, submitted, by="chen")[0]
    assert (newest.actor, newest.outcome) == ("周员工", "signed")
    assert words(newest) == {"审批意见": "同意", "代签": "杜负责", "还缺签字": "2"}
    assert words(told(law, submitted, by="chen", language="en")[0])["On behalf of"] == "杜负责"


def test_a_signature_that_was_handed_over_says_to_whom(law: Regulation, submitted: str) -> None:
    law.do(submitted, "pass_on", {"signer": law.members["ma"].pk, "reason": "出差"}, by="du")

    assert words(told(law, submitted, by="chen")[0]) == {"转签人": "马经理", "原因": "出差", "转签给": "马经理"}


def test_void_signatures_say_whose_and_the_correction_says_what_stood_there(law: Regulation, submitted: str) -> None:
    law.do(submitted, "sign", YES, by="du")
    law.do(submitted, "amend", {"amount": "900"}, by="fei")

    void, amended = told(law, submitted, by="chen")[:2]

    assert (void.title, words(void)) == ("内容有改动，已有签字作废", {"涉及": "杜负责"})
    assert words(amended) == {"金额": "900.00", "原金额": "500.00"}


def test_a_ticket_that_is_said_to_be_no_repeat_names_the_earlier_ones_to_who_may_see_them(db: None) -> None:
    law = install(REPEATS, {"an": ("安坐席", "agent", "HQ"), "wu": ("吴维修", "worker", "EAST")}, {"EAST": ("东区", "东")})
    first = law.open("fault", CALL, by="an")

    second = law.open("fault", CALL, by="an", is_new=True)

    assert words(told(law, second, by="an")[0])["确认与此不是同一问题"] == first
    assert words(told(law, second, by="wu")[0])["确认与此不是同一问题"] == "您无权查看的工单"


def test_every_verb_has_a_sign_of_its_own_in_the_timeline() -> None:
    assert set(_VERBS) == set(VERBS)
