"""The pages where units register, and their REST: who lacks what, who may register, what was registered before."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from banjie.deadlines.models import UnitRegistration
from banjie.deadlines.registration import lacking
from banjie.deadlines.registrations import standings
from banjie.people.checks import UnitDraft
from banjie.people.grants import forget
from banjie.people.models import Role, Unit
from banjie.people.permissions import Permission
from banjie.people.verbs.units import create_unit
from tests.approval.pages import client, words
from tests.cast import BUILDER, LONG_AGO, Person
from tests.deadlines.test_registration import BOOK, register
from tests.regulation import Regulation, install
from tests.rest.client import Rest

READY = {"handling": "8个工作小时", "steps": "专员→负责人→经办"}
LIST = "/registrations/"
READS = [Permission.TICKET_READ, Permission.TICKET_COMMENT]


@pytest.fixture
def law(db: None, monkeypatch: pytest.MonkeyPatch) -> Regulation:
    people = {
        "hu": ("胡总行", "hq", "HQ"),
        "qian": ("钱专员", "specialist", "CX"),
        "wang": ("王专员", "specialist", "DX"),
        "ao": ("敖管理", "admin", "HQ"),
        "wai": ("外人", "", "HQ"),
    }
    law = install(BOOK, people, {"CX": ("城西支行", "城西"), "DX": ("城东支行", "城东"), "BX": ("城北支行", "城北")})
    Role.objects.filter(code__in=["hq", "specialist"]).update(permissions=READS)
    forget()
    monkeypatch.setattr(timezone, "now", lambda: law.now)
    return law


def where(law: Regulation, unit: str = "CX") -> str:
    return reverse("deadlines:unit", args=[law.units[unit].pk])


def read(law: Regulation, name: str, address: str, **asked: str) -> str:
    answer = client(law, name).get(address, asked)
    assert answer.status_code == 200
    return words(answer.content.decode())


def rest(law: Regulation, name: str) -> Rest:
    return Rest(Person(law.members[name], law.actor(name), ""))


@pytest.mark.req("BNK-11")
def test_the_list_says_which_unit_lacks_what_and_who_registered_the_others(law: Regulation) -> None:
    register(law)

    everything, missing, ready = (read(law, "hu", LIST, **asked) for asked in ({}, {"state": "lacking"}, {"state": "ready"}))

    assert "城西支行 钱专员 8个工作小时 专员→负责人→经办 2024-06-03 钱专员 已备齐" in everything
    assert "缺少：流转专员、处理时限、流转环节" in everything  # Chengbei
    assert ("城西支行" in missing, "城东支行" in missing, "城北支行" in missing) == (False, True, True)
    assert ("城西支行" in ready, "城东支行" in ready) == (True, False)
    assert "城北支行" not in read(law, "hu", LIST, text="城西")


def test_the_list_agrees_with_what_a_dispatch_asks(law: Regulation) -> None:
    register(law)
    law.dismiss("qian", "specialist")

    rows = standings(law.program, list(Unit.objects.order_by("path")), law.now)

    assert {row.unit.code: list(row.missing) for row in rows} == {
        unit.code: lacking(law.program, unit.path, law.now) for unit in law.units.values()
    }


def test_a_team_below_a_registered_branch_goes_with_it(law: Regulation) -> None:
    team = create_unit(UnitDraft("CX1", "城西一组", Unit.Kind.TEAM, ""), parent=law.units["CX"], by=BUILDER, at=LONG_AGO)
    register(law)

    (row,) = standings(law.program, [team], law.now)

    assert (row.missing, row.specialists, row.source) == ((), ("钱专员",), law.units["CX"])
    assert "随 城西支行" in read(law, "hu", LIST)


@pytest.mark.req("BNK-11")
def test_the_specialist_registers_his_unit_and_the_history_stays(law: Regulation) -> None:
    register(law, limit="2h")
    qian = client(law, "qian")
    assert 'value="2h"' in qian.get(where(law)).content.decode()

    answer = qian.post(where(law), READY)

    assert answer.status_code == 302
    text = read(law, "qian", where(law))
    assert "已备齐" in text
    assert ("8个工作小时" in text, "2小时" in text) == (True, True)
    assert UnitRegistration.objects.latest("pk").by_name == "钱专员"


def test_what_is_wrong_is_named_at_its_field_and_nothing_is_registered(law: Regulation) -> None:
    answer = client(law, "qian").post(where(law), {"handling": "很快\x00", "steps": ""}, headers={"HX-Request": "true"})

    text = answer.content.decode()
    assert answer.status_code == 422
    assert ('data-field-error="handling"' in text, 'data-field-error="steps"' in text, "第六条" in text) == (True, True, True)
    assert not UnitRegistration.objects.exists()


def test_others_read_it_and_are_told_who_registers(law: Regulation) -> None:
    for name in ("hu", "ao"):
        assert "由本单位或上级单位的流转专员登记" in read(law, name, where(law))
        refused = client(law, name).post(where(law), READY)
        assert (refused.status_code, "流转专员" in refused.content.decode()) == (403, True)
    assert client(law, "wang").get(where(law)).status_code == 404
    assert client(law, "wai").get(LIST).status_code == 403
    assert Client().get(LIST).status_code == 302
    assert not UnitRegistration.objects.exists()


def test_more_units_ask_no_more_of_the_database(law: Regulation, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    for number in range(60):
        create_unit(UnitDraft(f"X{number}", f"支行{number}", Unit.Kind.BRANCH, ""), parent=law.units["HQ"], by=BUILDER, at=LONG_AGO)
    hu = client(law, "hu")
    hu.get(LIST)

    with django_assert_max_num_queries(9):
        first = hu.get(LIST).content.decode()
    second = read(law, "hu", LIST, skip="50")

    assert ("支行45" in first, "支行59" in first, "支行59" in second) == (True, False, True)
    assert "skip=50" in first


def test_the_page_of_a_unit_leads_to_its_registration_and_the_navigation_to_all(law: Regulation) -> None:
    ao = client(law, "ao")

    assert where(law) in ao.get(reverse("people:unit", args=[law.units["CX"].pk])).content.decode()
    for name in ("ao", "qian", "hu"):
        assert f'href="{LIST}"' in client(law, name).get("/people/profile").content.decode()
    assert f'href="{LIST}"' not in client(law, "wai").get("/people/profile").content.decode()


@pytest.mark.req("BNK-11")
def test_units_are_listed_and_registered_over_rest(law: Regulation) -> None:
    body = {"rulebook": "registered-book", "unit": "CX", "limits": {"handling": "8 working hours"}, "texts": {"steps": "专员"}}
    before = rest(law, "hu").get("registrations", rulebook="registered-book", state="lacking")[1]["units"]

    wrong = rest(law, "qian").post("registrations", {**body, "limits": {"handling": "soon"}})
    refused = [rest(law, name).post("registrations", body)[0] for name in ("hu", "wang", "wai")]
    done = rest(law, "qian").post("registrations", body)

    assert {row["unit"] for row in before} == {"HQ", "CX", "DX", "BX"}
    assert (wrong[0], wrong[1]["errors"][0]["field"]) == (422, "handling")
    assert refused == [403, 404, 404]
    assert (done[0], done[1]["state"], done[1]["specialists"], done[1]["registered_by"]) == (201, "ready", ["钱专员"], "钱专员")
    assert rest(law, "hu").get("registrations", rulebook="no-such-book")[0] == 404
    assert UnitRegistration.objects.count() == 1
    reader = Rest(Person(law.members["qian"], law.actor("qian"), ""), scope="read")
    assert reader.post("registrations", body)[0] == 403


def test_without_such_a_regulation_the_page_says_so(law: Regulation) -> None:
    from banjie.rulebook.models import RulebookVersion

    RulebookVersion.objects.update(status=RulebookVersion.Status.RETIRED)

    assert "没有管理办法要求单位登记" in read(law, "hu", LIST)
    assert "没有管理办法要求单位登记" in read(law, "hu", where(law))
    assert client(law, "qian").post(where(law), READY).status_code == 404
