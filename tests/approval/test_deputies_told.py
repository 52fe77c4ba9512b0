"""Deputies are told when it is the turn of the one for whom they stand."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import override

from banjie.approval.inbox import waiting_for
from banjie.channels.models import Notification
from banjie.channels.words import sentence
from banjie.people.verbs.delegations import DelegationDraft, end_delegation, name_deputy
from tests.approval.pages import read, words
from tests.approval.test_signing import deputy, sign
from tests.cast import BUILDER
from tests.regulation import Regulation


def submitted(law: Regulation, *, by: str = "chen") -> str:
    number = law.open("purchase", {"item": "打印纸", "amount": "500"}, by=by)
    law.do(number, "submit", by=by)
    return number


def told(law: Regulation, number: str) -> dict[str, str]:
    """Return who was asked to sign a ticket, each with for whom."""
    found = Notification.objects.filter(ticket_number=number, kind="to_sign")
    names = {member.pk: name for name, member in law.members.items()}
    return {names[one.member_id]: one.behalf_names for one in found}


def test_a_deputy_is_told_for_whom_when_the_turn_comes(law: Regulation) -> None:
    deputy(law, "zhou", of="du", hours=2)

    number = submitted(law)

    assert told(law, number) == {"du": "", "zhou": "杜负责"}
    with override("zh-hans"):
        assert sentence("to_sign", "陈员工", "杜负责") == "陈员工 请您代杜负责审批"
    assert "代杜负责审批" in words(read(law, "zhou", "/inbox/"))


def test_a_later_step_asks_its_deputies_too(law: Regulation) -> None:
    deputy(law, "zhou", of="fei")
    number = submitted(law)
    before = told(law, number)

    sign(law, number, "du")

    assert "zhou" not in before
    assert told(law, number)["zhou"] == "费财务"


def test_neither_before_nor_after_his_time_nor_when_he_applied_himself(law: Regulation) -> None:
    later = DelegationDraft(law.members["du"], law.members["zhou"], law.now + timedelta(hours=1), law.now + timedelta(hours=2))
    name_deputy(later, by=BUILDER, at=law.now)
    early = told(law, submitted(law))
    law.pass_time(hours=1, minutes=30)
    own = told(law, submitted(law, by="zhou"))
    within = told(law, submitted(law))
    law.pass_time(hours=1)

    assert "zhou" not in early
    assert "zhou" not in own
    assert within["zhou"] == "杜负责"
    assert "zhou" not in told(law, submitted(law))


def test_whose_delegation_was_ended_is_not_told(law: Regulation) -> None:
    named = deputy(law, "zhou", of="du", hours=2)
    end_delegation(named, by=BUILDER, at=law.now)

    assert "zhou" not in told(law, submitted(law))


def test_what_waits_already_when_the_delegation_begins_stands_in_the_list_without_a_notice(law: Regulation) -> None:
    number = submitted(law)

    deputy(law, "zhou", of="du", hours=2)

    assert "zhou" not in told(law, number)
    page = waiting_for(law.actor("zhou"), "zh-hans", law.now)
    assert [(row.number, row.behalf) for row in page.rows] == [(number, "杜负责")]
