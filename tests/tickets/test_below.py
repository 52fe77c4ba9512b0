"""A ticket below another: opened by an action, of this rulebook or another one, and waited for."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override

from banjie.kernel.errors import InvalidInput, NotAllowedNow
from banjie.rulebook.queries import NoSuchType
from banjie.tickets.links import unlink_tickets
from banjie.tickets.models import Link, Ticket
from banjie.tickets.story import Entry, Reader, story
from tests.regulation import Regulation, install
from tests.service import BOOK, HOUSEHOLD, PEOPLE, UNITS, fault, household, service_line
from tests.tickets.observing import disagreements, refused


@pytest.fixture
def law(db: None) -> Regulation:
    return service_line()


def below(number: str) -> Ticket:
    return Link.objects.get(target__number=number, kind="child").source


def newest(law: Regulation, number: str, by: str) -> Entry:
    ticket = law.ticket(number)
    with override("zh-hans"):
        return story(
            ticket.pk, ticket.type, law.program, Reader("zh-hans", ZoneInfo("Asia/Shanghai"), may_see_phones=False, by=law.actor(by))
        )[0]


@pytest.mark.req("PLT-14")
def test_what_an_action_opens_stands_below_it_with_the_fields_of_both_forms_and_both_timelines_name_the_other(law: Regulation) -> None:
    number = fault(law, phone="13800138000")

    law.do(number, "send_out", {"place": "一号楼", "note": "带梯子"}, by="an")

    child = below(number)
    assert (child.type, child.state, child.opened_by, child.unit) == ("errand", "waiting", law.members["an"], law.units["HQ"])
    assert child.fields == {"problem": "无信号", "place": "一号楼"}
    assert law.events(number)[-1].payload["opened"] == child.number
    assert law.events(child.number)[0].payload == {"problem": "无信号", "place": "一号楼", "parent": number}
    assert ("下级工单", child.number) in newest(law, number, "an").details
    assert ("由此单开立", number) in newest(law, child.number, "an").details
    assert disagreements() == []


@pytest.mark.req("PLT-14")
def test_the_new_form_wins_over_what_the_ticket_held(law: Regulation) -> None:
    number = fault(law, place="一号楼")

    law.do(number, "send_out", {"place": "二号楼"}, by="an")

    assert below(number).fields["place"] == "二号楼"


def test_a_field_that_the_other_form_needs_is_asked_for_and_nothing_at_all_happens(law: Regulation) -> None:
    number = fault(law)

    with refused(InvalidInput, field="place"):
        law.do(number, "send_out", by="an")

    assert Ticket.objects.count() == 1


@pytest.mark.req("PLT-14")
def test_another_rulebook_is_opened_into_by_the_fields_that_both_know(law: Regulation) -> None:
    other = household()
    number = fault(law, place="一号楼")

    law.do(number, "hand_on", {"note": "请派保洁"}, by="an")

    task = below(number)
    assert task.fields == {"problem": "无信号"}
    assert task.rulebook_version_id == other.program.version_id
    assert other.events(task.number)[0].payload["parent"] == number
    assert other.do(task.number, "end", by="quan").state == "done"


def test_a_rulebook_that_is_not_in_force_opens_nothing(law: Regulation) -> None:
    number = fault(law)

    with refused(NoSuchType):
        law.do(number, "hand_on", by="an")


def test_a_type_that_the_other_rulebook_does_not_have_opens_nothing(db: None) -> None:
    law = install(BOOK.replace("opens: household/task", "opens: household/repair"), PEOPLE, UNITS)
    install(HOUSEHOLD, {})
    number = fault(law)

    with refused(InvalidInput):
        law.do(number, "hand_on", by="an")


@pytest.mark.req("PLT-14", "PLT-07")
def test_the_number_of_the_other_ticket_is_hidden_from_who_may_not_see_it(law: Regulation) -> None:
    number = fault(law, place="一号楼")
    law.do(number, "send_out", by="an")
    law.do(number, "dispatch", {"target_unit": law.units["NORTH"].pk}, by="an")

    ticket = law.ticket(number)
    reader = Reader("zh-hans", ZoneInfo("Asia/Shanghai"), may_see_phones=False, by=law.actor("gao"))
    with override("zh-hans"):
        entries = story(ticket.pk, ticket.type, law.program, reader)

    said = [value for entry in entries for label, value in entry.details if label == "下级工单"]
    assert said == ["您无权查看的工单"]


@pytest.mark.req("REV-14")
def test_an_action_waits_for_the_ticket_below_to_be_where_its_rule_says(law: Regulation) -> None:
    number = fault(law, place="一号楼")

    with refused(NotAllowedNow):
        law.do(number, "close", by="an")
    law.do(number, "send_out", by="an")
    with refused(NotAllowedNow):
        law.do(number, "close", by="an")
    law.do(below(number).number, "end", by="an")

    assert law.do(number, "close", by="an").state == "settled"


@pytest.mark.req("REV-14")
def test_another_end_a_link_that_was_taken_away_or_another_tickets_child_does_not_do(law: Regulation) -> None:
    failed, unlinked, childless, another = (fault(law, place="一号楼") for _ in range(4))
    for number in (failed, unlinked, another):
        law.do(number, "send_out", by="an")
    law.do(below(another).number, "end", by="an")
    law.do(below(failed).number, "fail", by="an")
    law.do(below(unlinked).number, "end", by="an")
    unlink_tickets(unlinked, Link.objects.get(target__number=unlinked).pk, "弄错了", by=law.actor("an"), at=law.now)

    for number in (failed, unlinked, childless):
        with refused(NotAllowedNow):
            law.do(number, "close", by="an")


@pytest.mark.req("REV-14")
def test_one_of_several_below_is_enough(law: Regulation) -> None:
    number = fault(law, place="一号楼")
    for end in ("fail", "end"):
        law.do(number, "send_out", by="an")
        law.do(Link.objects.filter(target__number=number).latest("id").source.number, end, by="an")

    assert law.do(number, "close", by="an").state == "settled"


@pytest.mark.req("REV-14")
def test_a_ticket_of_another_rulebook_is_waited_for_too(law: Regulation) -> None:
    other = household()
    number = fault(law)
    law.do(number, "hand_on", by="an")
    with pytest.raises(NotAllowedNow) as waits:
        law.do(number, "close_task", by="an")
    assert "“总务事项”" in waits.value.message
    assert "“已办”" in waits.value.message

    other.do(below(number).number, "end", by="quan")

    assert law.do(number, "close_task", by="an").state == "settled"


@pytest.mark.req("REV-14")
@pytest.mark.parametrize("type_name", ["task", "errand"])
def test_a_ticket_of_another_rulebook_does_not_stand_for_one_of_this(db: None, type_name: str) -> None:
    law = install(BOOK.replace("household/task", f"household/{type_name}"), PEOPLE, UNITS)
    other = install(HOUSEHOLD.replace("task: {title: 总务事项", f"{type_name}: {{title: 总务事项"), {"quan": ("全总务", "clerk", "HQ")})
    number = fault(law)
    law.do(number, "hand_on", by="an")
    other.do(below(number).number, "end", by="quan")

    with refused(NotAllowedNow):
        law.do(number, "close", by="an")
    assert law.do(number, "close_task", by="an").state == "settled"
