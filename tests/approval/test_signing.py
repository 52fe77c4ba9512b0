"""Sign-offs at work: who is asked, what counts, and what ends a round."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import transaction

from banjie.approval.entering import NobodyToSign
from banjie.approval.models import Handover, Signature
from banjie.approval.standing import OwnApplication, SignedAlready
from banjie.channels.models import Notification
from banjie.kernel.errors import InvalidInput, NotAllowedNow, NotPermitted, Refused
from banjie.people.access import forget
from banjie.people.models import Delegation, Role
from banjie.people.verbs.delegations import DelegationDraft, RingOfDeputies, end_delegation, name_deputy
from banjie.people.verbs.members import deactivate_member
from tests.cast import BUILDER
from tests.regulation import Regulation

YES = {"decision": "approved"}


@contextmanager
def refused(kind: type[Refused]) -> Iterator[None]:
    with pytest.raises(kind), transaction.atomic():
        yield


def sign(law: Regulation, number: str, *names: str) -> str:
    """Let people sign one after another; return the last outcome."""
    outcome = ""
    for name in names:
        outcome = law.do(number, "sign", YES, by=name).outcome
    return outcome


def deputy(law: Regulation, member: str, of: str, **length: float) -> Delegation:
    until = law.now + timedelta(**(length or {"days": 3}))
    return name_deputy(DelegationDraft(law.members[of], law.members[member], law.now, until, "休假"), by=BUILDER, at=law.now)


def test_steps_are_asked_in_their_order(law: Regulation, submitted: str) -> None:
    with refused(NotPermitted):
        sign(law, submitted, "fan")
    assert "sign" in law.may(submitted, by="du")
    assert "sign" not in law.may(submitted, by="fan")

    assert sign(law, submitted, "du") == "signed"

    assert law.state(submitted) == "signing"
    assert "sign" in law.may(submitted, by="fan")


def test_all_means_a_signature_of_each_role_and_one_vote_does_not_pass(law: Regulation, submitted: str) -> None:
    sign(law, submitted, "du", "fan")

    assert law.state(submitted) == "signing"
    with refused(NotPermitted):  # the other one of finance is not asked for a signature that is there
        sign(law, submitted, "fei")
    assert sign(law, submitted, "lei") == "approved"
    assert law.state(submitted) == "granted"


def test_a_number_means_so_many_different_people(law: Regulation) -> None:
    number = law.open("purchase", {"item": "服务器", "amount": "80000"}, by="chen")
    law.do(number, "submit", by="chen")
    sign(law, number, "du", "fan", "lei", "ma")

    with refused(SignedAlready):
        sign(law, number, "ma")
    assert law.state(number) == "signing"
    assert sign(law, number, "mo") == "approved"


def test_one_return_ends_the_round_with_its_reason_and_the_next_round_begins_anew(law: Regulation, submitted: str) -> None:
    sign(law, submitted, "du")
    with refused(InvalidInput):
        law.do(submitted, "sign", {"decision": "returned"}, by="lei")
    law.do(submitted, "sign", {"decision": "returned", "reason": "缺报价"}, by="lei")
    assert law.state(submitted) == "drafted"
    assert Notification.objects.filter(member=law.members["chen"], kind="not_approved").count() == 1

    law.pass_time(minutes=5)
    law.do(submitted, "submit", by="chen")

    with refused(NotPermitted):
        sign(law, submitted, "lei")
    assert sign(law, submitted, "du", "lei", "fan") == "approved"


def test_a_rejection_ends_the_ticket(law: Regulation, submitted: str) -> None:
    law.do(submitted, "sign", {"decision": "rejected", "reason": "无预算"}, by="du")

    assert law.state(submitted) == "refused"


def test_nobody_signs_his_own_application_not_even_by_his_deputy(law: Regulation) -> None:
    law.appoint("zhou", "head")
    number = law.open("purchase", {"item": "椅子", "amount": "300"}, by="du")
    law.do(number, "submit", by="du")
    deputy(law, "lei", of="du")

    with refused(OwnApplication):
        sign(law, number, "du")
    with refused(NotPermitted):
        sign(law, number, "lei")
    assert "sign" not in law.may(number, by="du")
    assert sign(law, number, "zhou") == "signed"


def test_who_submits_another_ones_application_does_not_sign_it_either(law: Regulation) -> None:
    law.appoint("zhou", "head")
    number = law.open("purchase", {"item": "椅子", "amount": "300"}, by="chen")
    law.do(number, "submit", by="du")

    with refused(OwnApplication):
        sign(law, number, "du")


def test_who_holds_two_roles_is_asked_once(law: Regulation) -> None:
    law.appoint("du", "legal")
    number = law.open("purchase", {"item": "打印纸", "amount": "500"}, by="chen")
    law.do(number, "submit", by="chen")

    assert sign(law, number, "du", "fei") == "approved"
    assert Signature.objects.get(by=law.members["du"]).roles == ["head", "legal"]


def test_a_change_after_a_signature_voids_it_and_tells_the_signer(law: Regulation, submitted: str) -> None:
    sign(law, submitted, "du", "fan")

    law.do(submitted, "amend", {"amount": "900"}, by="fei")

    assert law.events(submitted)[-1].payload == {"names": ["杜负责", "范财务"]}
    assert Notification.objects.filter(member=law.members["du"], kind="signature_void").count() == 1
    with refused(NotPermitted):
        sign(law, submitted, "lei")
    assert sign(law, submitted, "du", "fan", "lei") == "approved"


def test_a_remark_voids_nothing(law: Regulation, submitted: str) -> None:
    sign(law, submitted, "du", "fan")
    law.do(submitted, "remark", {"note": "尽快"}, by="chen")

    assert sign(law, submitted, "lei") == "approved"


def test_what_is_withdrawn_is_signed_anew(law: Regulation, submitted: str) -> None:
    sign(law, submitted, "du")
    with refused(NotPermitted):
        law.do(submitted, "take_back", by="zhou")
    law.do(submitted, "take_back", by="chen")
    law.pass_time(minutes=1)
    law.do(submitted, "submit", by="chen")

    assert "sign" in law.may(submitted, by="du")


def test_nothing_is_signed_after_the_ticket_was_cancelled(law: Regulation, submitted: str) -> None:
    law.do(submitted, "cancel", {"reason": "不买了"}, by="chen")

    with pytest.raises(NotAllowedNow) as said, transaction.atomic():
        sign(law, submitted, "du")

    assert "已否决" in said.value.message
    assert said.value.message.endswith("陈员工已于 2024-06-03 09:00 办理“撤销”。")


def test_a_signature_that_is_handed_over_stays_one_signature(law: Regulation, submitted: str) -> None:
    law.do(submitted, "pass_on", {"signer": law.members["ma"].pk, "reason": "出差"}, by="du")
    assert Notification.objects.filter(member=law.members["ma"], kind="to_sign").count() == 1
    with refused(NotPermitted):
        sign(law, submitted, "du")

    assert sign(law, submitted, "ma") == "signed"

    assert "sign" in law.may(submitted, by="fan")
    assert sign(law, submitted, "fan", "lei") == "approved"
    assert Handover.objects.get().role == "head"


@pytest.mark.parametrize(("to", "why"), [("chen", "申请"), ("du", "本来就"), ("stranger", "没有本管理办法的岗位")])
def test_a_signature_is_not_handed_to_the_applicant_to_oneself_or_to_a_stranger(law: Regulation, submitted: str, to: str, why: str) -> None:
    law.dismiss("zhou", "staff")
    law.members["stranger"] = law.members["zhou"]

    with pytest.raises(InvalidInput) as wrong, transaction.atomic():
        law.do(submitted, "pass_on", {"signer": law.members[to].pk, "reason": "出差"}, by="du")

    assert why in str(wrong.value.errors[0].message)


def test_a_deputy_signs_on_behalf_within_his_time_and_it_is_written(law: Regulation, submitted: str) -> None:
    deputy(law, "zhou", of="du", hours=2)
    assert "sign" in law.may(submitted, by="zhou")

    sign(law, submitted, "zhou")

    row = Signature.objects.get()
    assert (row.by_name, row.behalf_name) == ("周员工", "杜负责")
    assert law.events(submitted, "sign")[0].payload["behalf_of"] == "杜负责"


def test_a_deputy_signs_neither_before_nor_after_his_time_nor_after_its_end(law: Regulation, submitted: str) -> None:
    named = deputy(law, "zhou", of="du", hours=2)
    law.pass_time(hours=2)
    with refused(NotPermitted):
        sign(law, submitted, "zhou")
    law.pass_time(hours=-1)
    end_delegation(named, by=BUILDER, at=law.now)
    with refused(NotPermitted):
        sign(law, submitted, "zhou")


def test_a_deputy_does_nothing_else_on_behalf(law: Regulation) -> None:
    number = law.open("purchase", {"item": "打印纸", "amount": "500"}, by="chen")
    deputy(law, "lei", of="du")

    assert law.may(number, by="lei") == set()
    with refused(NotPermitted):
        law.do(number, "submit", by="lei")


def test_a_deputy_has_no_deputy_for_it(law: Regulation, submitted: str) -> None:
    deputy(law, "zhou", of="du")
    deputy(law, "mo", of="zhou")

    assert "sign" not in law.may(submitted, by="mo")


def test_who_sees_only_his_own_tickets_is_not_able_to_sign_nor_is_his_deputy(law: Regulation) -> None:
    Role.objects.filter(code="legal").update(scope=Role.Scope.OWN)
    number = law.open("purchase", {"item": "打印纸", "amount": "500"}, by="chen")

    with refused(NobodyToSign):
        law.do(number, "submit", by="chen")
    Role.objects.filter(code="legal").update(scope=Role.Scope.SUBTREE)
    law.do(number, "submit", by="chen")
    sign(law, number, "du", "fan")
    Role.objects.filter(code="legal").update(scope=Role.Scope.OWN)
    forget()
    deputy(law, "zhou", of="lei")

    assert "sign" not in law.may(number, by="lei")
    assert "sign" not in law.may(number, by="zhou")


def test_deputies_that_go_round_in_a_circle_are_refused(law: Regulation) -> None:
    deputy(law, "ma", of="du")
    deputy(law, "mo", of="ma")

    with pytest.raises(RingOfDeputies) as ring, transaction.atomic():
        deputy(law, "du", of="mo")
    assert "莫经理 → 杜负责 → 马经理 → 莫经理" in ring.value.message
    law.pass_time(days=4)
    deputy(law, "du", of="mo")  # after the others' time it is none


def test_a_signer_who_leaves_leaves_his_signature_and_is_asked_no_more(law: Regulation) -> None:
    number = law.open("meeting", {"item": "制度"}, by="chen")
    law.do(number, "submit", by="chen")
    sign(law, number, "ma")

    law.dismiss("mo", "manager")

    assert sign(law, number, "mei") == "approved"


def test_everyone_waits_for_the_last_one(law: Regulation) -> None:
    number = law.open("meeting", {"item": "制度"}, by="chen")
    law.do(number, "submit", by="chen")

    assert sign(law, number, "ma", "mo") == "signed"
    with refused(SignedAlready):
        sign(law, number, "ma")
    assert sign(law, number, "mei") == "approved"


def test_everyone_counts_the_person_to_whom_it_was_handed(law: Regulation) -> None:
    number = law.open("meeting", {"item": "制度"}, by="chen")
    law.do(number, "submit", by="chen")
    law.do(number, "pass_on", {"signer": law.members["du"].pk, "reason": "出差"}, by="ma")
    sign(law, number, "mo", "mei")

    assert law.state(number) == "signing"
    assert sign(law, number, "du") == "approved"


def test_the_deputy_of_one_who_has_left_signs_no_more(law: Regulation, submitted: str) -> None:
    deputy(law, "zhou", of="du")
    law.appoint("mei", "head")
    deactivate_member(law.members["du"], by=BUILDER, at=law.now)
    forget()

    with refused(NotPermitted):
        sign(law, submitted, "zhou")
    assert sign(law, submitted, "mei") == "signed"


def test_what_nobody_could_sign_is_not_submitted(law: Regulation) -> None:
    number = law.open("purchase", {"item": "打印纸", "amount": "500"}, by="chen")
    law.dismiss("lei", "legal")

    with pytest.raises(NobodyToSign) as nobody, transaction.atomic():
        law.do(number, "submit", by="chen")

    assert "“法务”" in nobody.value.message
    assert "“总部”" in nobody.value.message
    assert law.state(number) == "drafted"


def test_two_signers_need_two_holders(law: Regulation) -> None:
    for name in ("ma", "mei"):
        law.dismiss(name, "manager")
    number = law.open("purchase", {"item": "服务器", "amount": "80000"}, by="chen")

    with refused(NobodyToSign):
        law.do(number, "submit", by="chen")


def test_the_leader_chooses_one_of_the_proposals_with_an_instruction(law: Regulation) -> None:
    number = law.open("choice", {"item": "赔付", "proposals": [{"plan": "退款"}, {"plan": "换货"}]}, by="chen")
    law.do(number, "submit", by="chen")
    with refused(InvalidInput):
        law.do(number, "decide", {**YES, "chosen": 3, "instruction": "按此办理"}, by="ma")
    with refused(InvalidInput):
        law.do(number, "decide", {**YES, "chosen": 2}, by="ma")

    law.do(number, "decide", {**YES, "chosen": 2, "instruction": "按方案二办理"}, by="ma")

    ticket = law.ticket(number)
    assert (ticket.state, ticket.fields["chosen"], ticket.fields["instruction"]) == ("running", "2", "按方案二办理")


def test_the_first_signers_are_told_and_the_next_when_it_is_their_turn(law: Regulation, submitted: str) -> None:
    def told() -> set[str]:
        return set(Notification.objects.filter(kind="to_sign").values_list("member__username", flat=True))

    assert told() == {"du"}
    sign(law, submitted, "du")
    assert told() == {"du", "fan", "fei", "lei"}
