"""The queue: what each person sees in it, how it is narrowed, what it costs."""

from __future__ import annotations

import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from banjie.people.grants import forget
from banjie.people.models import AdminEvent, Role
from banjie.people.permissions import Permission
from banjie.rulebook.models import RulebookVersion
from tests.cast import Person
from tests.console.desk import HTMX, Desk, text_of
from tests.pos import DETAILS


@pytest.mark.req("POS-02", "POS-03")
def test_each_person_sees_the_tickets_of_his_units_only(desk: Desk) -> None:
    cast = desk.pos.cast
    hunan = desk.dispatched()
    guizhou = desk.pos.open("consumables", {**DETAILS, "merchant_no": "M-7002"}).number

    seen = {
        who.member.username: {n for n in (hunan, guizhou) if n in desk.read(who, "/tickets/")}
        for who in (cast.li, cast.chen_hn, cast.gu_gz, cast.zhao, cast.sun_gz)
    }

    assert seen == {"li": {hunan, guizhou}, "chen_hn": {hunan}, "gu_gz": {guizhou}, "zhao": {hunan}, "sun_gz": set()}


def test_a_page_costs_at_most_six_queries_however_many_rows_it_has(desk: Desk) -> None:
    few = _queries(desk, desk.pos.cast.chen_hn)
    for _n in range(30):
        desk.open()
    many = _queries(desk, desk.pos.cast.chen_hn)

    assert many <= 6
    assert many == few


def _queries(desk: Desk, person: Person) -> int:
    client = desk.browser(person)
    forget()
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/tickets/").status_code == 200
    return len(queries)


def test_filters_stand_in_the_address_and_narrow_the_list(desk: Desk) -> None:
    li = desk.pos.cast.li
    fault = desk.open()
    paper = desk.pos.open("consumables", {**DETAILS, "problem": "要打印纸"}).number

    assert paper not in desk.read(li, "/tickets/?type=pos-terminal-service:device_fault")
    assert fault not in desk.read(li, "/tickets/?state=registered")
    assert paper in desk.read(li, "/tickets/?q=打印纸")
    assert fault in desk.read(li, "/tickets/?q=T-88001")
    assert fault in desk.read(li, "/tickets/?view=all")
    assert fault not in desk.read(li, "/tickets/?view=ended")
    assert fault not in desk.read(li, f"/tickets/?unit={desk.pos.cast.units['GZ'].pk}")
    assert fault not in desk.read(desk.pos.cast.chen_hn, "/tickets/?view=mine")


@pytest.mark.parametrize(
    "query", ["view=nonsense", "type=<b>", "unit=99999999999999999999", "unit=x", "state='--", "q=%00", "q=" + "长" * 900]
)
def test_an_address_that_means_nothing_still_opens(desk: Desk, query: str) -> None:
    assert desk.browser(desk.pos.cast.li).get(f"/tickets/?{query}").status_code == 200


def test_an_empty_queue_says_what_is_missing(desk: Desk) -> None:
    ended = desk.read(desk.pos.cast.li, "/tickets/?view=ended")
    RulebookVersion.objects.update(status=RulebookVersion.Status.RETIRED)

    without = desk.read(desk.pos.cast.li, "/tickets/")

    assert "新的工单会自动出现在这里" in ended
    assert "尚未启用任何规则书" in without
    assert f'href="{reverse("rulebook:list")}"' in without


def test_a_broken_cursor_is_refused_in_a_sentence(desk: Desk) -> None:
    response = desk.browser(desk.pos.cast.li).get("/tickets/?after=xxx")

    assert response.status_code == 422
    assert "第一页" in text_of(response)


def test_the_next_page_goes_on_where_the_first_ended(desk: Desk) -> None:
    numbers = [desk.open() for _n in range(60)]
    li = desk.pos.cast.li
    first = desk.read(li, "/tickets/")
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")

    second = desk.read(li, following)

    on_first = {n for n in numbers if n in first}
    assert len(on_first) == 50
    assert {n for n in numbers if n in second} == set(numbers) - on_first


def test_htmx_gets_the_list_alone_and_tabs_count_at_most_two_hundred(desk: Desk) -> None:
    desk.dispatched()
    li, zhao = desk.pos.cast.li, desk.pos.cast.zhao

    assert "<html" not in desk.read(li, "/tickets/", **HTMX)
    assert '<span class="tab-count">1</span>' in desk.read(zhao, "/tickets/tabs?view=mine")


def test_what_customers_write_is_shown_as_text(desk: Desk) -> None:
    evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
    number = desk.open(problem=evil, contact="<b>王</b>", address="<i>路</i>")

    for page in ("/tickets/", f"/tickets/{number}/", f"/tickets/{number}/?do=register", "/tickets/?q=<script>"):
        html = desk.read(desk.pos.cast.li, page)
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert "<b>王" not in html


@pytest.mark.req("PLT-11")
def test_the_export_holds_no_formula_and_masks_phones_from_who_may_not_see_them(desk: Desk) -> None:
    desk.open(problem="=HYPERLINK(1)")
    wang = desk.pos.cast.wang_sup

    whole = _exported(desk, wang)
    Role.objects.filter(code="hq_supervisor").update(permissions=[Permission.TICKET_READ, Permission.TICKET_EXPORT])
    masked = _exported(desk, wang)

    assert whole["问题描述"] == "'=HYPERLINK(1)"
    assert whole["电话"] == "13800000001"
    assert masked["电话"] == "138****0001"
    assert AdminEvent.objects.filter(kind="ticket.exported", actor_name=wang.actor.name).count() == 2


def _exported(desk: Desk, person: Person) -> dict[str, object]:
    forget()
    response = desk.browser(person).get("/tickets/export.xlsx")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(bytes(response.content))).get_sheet_by_index(0).to_python()
    return dict(zip([str(title) for title in rows[0]], rows[1], strict=True))


def test_who_may_not_export_gets_no_button_and_no_file(desk: Desk) -> None:
    li = desk.pos.cast.li

    assert "export.xlsx" not in desk.read(li, "/tickets/")
    assert desk.browser(li).get("/tickets/export.xlsx").status_code == 403


def test_engineers_begin_with_their_own_tickets_and_others_with_the_queue(desk: Desk) -> None:
    cast = desk.pos.cast

    assert desk.browser(cast.zhao).get("/")["Location"] == "/tickets/?view=mine"
    assert desk.browser(cast.li).get("/")["Location"] == "/tickets/"
    assert "您还没有岗位" in desk.read(cast.mallory, "/")


def test_the_search_box_opens_a_number_and_lists_everything_else(desk: Desk) -> None:
    number = desk.open()
    guizhou = desk.browser(desk.pos.cast.gu_gz)

    assert desk.browser(desk.pos.cast.li).get(f"/search?q={number.lower()}")["Location"] == f"/tickets/{number}/"
    assert guizhou.get(f"/search?q={number}")["Location"].startswith("/tickets/?view=all")
    assert guizhou.get("/search?q=").status_code == 302


@pytest.mark.parametrize(("language", "word"), [("zh-hans", "紧急"), ("en", "Urgent")])
def test_urgency_and_forms_are_in_the_readers_language(desk: Desk, language: str, word: str) -> None:
    li = desk.pos.cast.li
    number = desk.open(urgency="urgent")

    for address in ("/tickets/", f"/tickets/{number}/", "/tickets/new/"):
        assert f">{word}<" in desk.read(li, address, **{"Accept-Language": language}), address
