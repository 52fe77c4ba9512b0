"""The calendars' pages: what they show, and that they hand on what was entered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse, HttpResponseBase
from django.test import Client
from django.utils import translation

from banjie.people.models import Member
from banjie.worktime.drafts import DayEntry, Kind
from banjie.worktime.models import CalendarVersion
from banjie.worktime.queries import draft_of, load_calendar
from banjie.worktime.verbs.install_shipped import install_shipped_calendars
from banjie.worktime.verbs.save_calendar import save_calendar
from tests.cast import Cast, Person
from tests.worktime.calendars import EIGHT, weekday_draft
from tools import messages

NOW = datetime.fromisoformat("2026-11-22T10:00+08:00")
FRAGMENT = {"HX-Request": "true", "Accept-Language": "zh-hans"}
WEEK = {f"weekly.{n}": "09:00-12:00, 13:30-18:30" if n < 5 else "" for n in range(7)}


@pytest.fixture(scope="module", autouse=True)
def _chinese() -> Iterator[None]:
    messages.compile_all()
    with translation.override("zh-hans"):
        yield


def signed_in(person: Person) -> Client:
    Member.objects.filter(pk=person.member.pk).update(must_change_password=False)
    client = Client(headers={"Accept-Language": "zh-hans"})
    client.force_login(person.member)
    return client


@pytest.fixture
def admin(cast: Cast) -> Client:
    save_calendar("office", weekday_draft(days=(DayEntry(date(2026, 10, 1), Kind.HOLIDAY, (), "国庆节"),)), by=cast.admin.actor, at=NOW)
    return signed_in(cast.admin)


def text(response: HttpResponseBase) -> str:
    assert response.status_code == 200
    assert isinstance(response, HttpResponse)
    return unescape(re.sub(r"\s+", " ", response.content.decode()))


def day_cells(html: str) -> dict[str, str]:
    """Return the tone of each date of the month by its number."""
    cells = re.findall(r'<td class="month-day month-(\w+)((?: [\w-]+)*)">(.*?)</td>', html)
    return {re.findall(r'month-number"[^>]*>(\d+)<', inner)[0]: tone for tone, more, inner in cells if "outside" not in more}


def test_the_list_shows_every_calendar(cast: Cast, admin: Client) -> None:
    install_shipped_calendars(by=cast.admin.actor, at=NOW)

    html = text(admin.get("/calendars/"))

    assert "cn-24h" in html
    assert "行政班" in html
    assert "含推算" in html


@pytest.mark.req("PLT-03")
def test_a_month_shows_holidays_make_up_days_and_weekends(cast: Cast, admin: Client) -> None:
    install_shipped_calendars(by=cast.admin.actor, at=NOW)

    html = text(admin.get("/calendars/cn-office/", {"month": "2026-10"}))

    tones = day_cells(html)
    assert (tones["1"], tones["8"], tones["10"], tones["11"]) == ("holiday", "work", "extra", "rest")
    assert "国庆节" in html
    assert "18 个工作日，共 135 小时" in html
    assert "尚未公布" not in html


def test_an_estimated_year_and_a_year_without_holidays_are_warned_about(cast: Cast, admin: Client) -> None:
    install_shipped_calendars(by=cast.admin.actor, at=NOW)

    assert "2027 年的官方放假安排尚未公布" in text(admin.get("/calendars/cn-office/", {"month": "2027-05"}))
    assert "2028 年尚未登记法定节假日" in text(admin.get("/calendars/cn-office/", {"month": "2028-05"}))
    assert "尚未" not in text(admin.get("/calendars/cn-24h/", {"month": "2028-05"}))


@pytest.mark.parametrize("month", ["", "2026-13", "soon", "0001-01", "9999-12"])
def test_a_month_that_is_none_shows_this_one(admin: Client, month: str) -> None:
    assert admin.get("/calendars/office/", {"month": month, "date": "2026-99-99", "version": "x"}).status_code == 200


def test_a_clicked_date_fills_the_form(admin: Client) -> None:
    html = text(admin.get("/calendars/office/", {"month": "2026-10", "date": "2026-10-01"}))

    assert 'value="2026-10-01"' in html
    assert '<option value="holiday" selected>' in html


@pytest.mark.req("PLT-03")
def test_a_day_is_changed_and_made_ordinary_again(cast: Cast, admin: Client) -> None:
    sent = {"expect": "1", "date": "2026-12-31", "kind": "half_day", "hours": "9:00-12:00", "name": "盘点"}

    answer = admin.post("/calendars/office/day", sent)

    assert answer.headers["Location"] == "/calendars/office/?month=2026-12"
    version = CalendarVersion.objects.order_by("-number").first()
    assert version is not None
    assert (version.number, version.note, version.created_by) == (2, "2026-12-31 盘点", cast.admin.member)
    assert load_calendar("office").hours_on(date(2026, 12, 31)) == ((540, 720),)

    admin.post("/calendars/office/day", {"expect": "2", "date": "2026-12-31", "kind": "week"})

    assert load_calendar("office").hours_on(date(2026, 12, 31)) == EIGHT


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"date": ""}, "date"),
        ({"date": "2026-02-31"}, "date"),
        ({"kind": "party"}, "kind"),
        ({"hours": "9-12"}, "hours"),
        ({"hours": ""}, "hours"),
        ({"name": "名" * 61}, "name"),
    ],
)
def test_a_wrong_day_is_marked_at_its_field(admin: Client, changes: dict[str, str], field: str) -> None:
    sent = {"expect": "1", "date": "2026-12-31", "kind": "half_day", "hours": "9:00-12:00", "name": ""} | changes

    answer = admin.post("/calendars/office/day", sent, headers=FRAGMENT)

    assert answer.status_code == 422
    assert f'data-field-error="{field}"' in answer.content.decode()
    assert CalendarVersion.objects.count() == 1


def test_a_stale_form_is_refused(admin: Client) -> None:
    sent = {"date": "2026-12-31", "kind": "holiday"}
    admin.post("/calendars/office/day", sent | {"expect": "1"})

    answer = admin.post("/calendars/office/day", sent | {"expect": "1", "kind": "make_up_workday"}, headers=FRAGMENT)

    assert answer.status_code == 409
    assert "第 2 版" in answer.content.decode()


def test_the_week_is_changed(admin: Client) -> None:
    page = text(admin.get("/calendars/office/week"))
    sent = {"expect": "1", "title": "门店", "tz": "Asia/Shanghai", "note": "开店", **WEEK, "weekly.5": "10:00-16:00"}

    answer = admin.post("/calendars/office/week", sent)

    assert "09:00-12:00, 13:30-18:30" in page
    assert answer.status_code == 302
    assert load_calendar("office").weekly[5] == ((600, 960),)
    assert not load_calendar("office").is_working_day(date(2026, 10, 1))


def test_hours_that_cannot_be_read_are_marked_at_their_weekday(admin: Client) -> None:
    sent = {"expect": "1", "title": "x", "tz": "Asia/Shanghai", **WEEK, "weekly.2": "22:00-06:00", "weekly.3": "9 bis 12"}

    answer = admin.post("/calendars/office/week", sent, headers=FRAGMENT)

    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'data-field-error="weekly.2"' in html
    assert 'data-field-error="weekly.3"' in html


def test_a_calendar_is_made(admin: Client) -> None:
    assert "新建日历" in text(admin.get("/calendars/new"))

    answer = admin.post("/calendars/new", {"code": "shop", "title": "门店", "tz": "Asia/Shanghai", **WEEK})

    assert answer.headers["Location"] == "/calendars/shop/"
    assert load_calendar("shop").weekly[0] == EIGHT
    assert admin.post("/calendars/new", {"code": "shop", "title": "x", "tz": "UTC", **WEEK}).status_code == 422


def test_public_holidays_are_imported(admin: Client) -> None:
    answer = admin.post("/calendars/office/holidays", {"first": "2026", "last": "2027"})

    assert answer.status_code == 302
    assert load_calendar("office").is_working_day(date(2026, 10, 10))
    assert not load_calendar("office").is_working_day(date(2027, 10, 1))
    for years in ({}, {"first": "2027", "last": "2026"}, {"first": "1", "last": "99999999999"}):
        assert admin.post("/calendars/office/holidays", years).status_code == 422


def test_the_template_is_filled_in_and_uploaded(admin: Client) -> None:
    template = admin.get("/calendars/template.xlsx")

    answer = admin.post("/calendars/office/upload", {"file": SimpleUploadedFile("days.xlsx", template.content)})

    assert answer.status_code == 302
    assert load_calendar("office").hours_on(date(2026, 12, 31)) == ((540, 720),)


def test_a_wrong_upload_names_its_rows(admin: Client) -> None:
    bad = SimpleUploadedFile("days.csv", "日期,类型\n2026-10-01,休息\n2026-10-32,休息\n".encode())

    answer = admin.post("/calendars/office/upload", {"file": bad}, headers=FRAGMENT)

    assert answer.status_code == 422
    assert "第 3 行" in answer.content.decode()
    assert admin.post("/calendars/office/upload").status_code == 422


def test_an_earlier_version_is_shown_without_forms(admin: Client) -> None:
    admin.post("/calendars/office/day", {"expect": "1", "date": "2026-10-01", "kind": "week"})

    html = text(admin.get("/calendars/office/", {"version": "1", "month": "2026-10"}))

    assert day_cells(html)["1"] == "holiday"
    assert "这是第 1 版" in html
    assert "<form" not in html.split('id="main"')[1].split("</main>")[0]
    assert len(draft_of(CalendarVersion.objects.get(number=1)).days) == 1


@pytest.mark.parametrize("path", ["nothing/", "nothing/week", "office/?version=7"])
def test_what_does_not_exist_is_not_found(admin: Client, path: str) -> None:
    assert admin.get(f"/calendars/{path}").status_code == 404


@pytest.mark.parametrize("path", ["", "new", "office/", "office/week", "template.xlsx"])
def test_only_who_may_manage_calendars_sees_them(cast: Cast, admin: Client, path: str) -> None:
    assert admin.get(f"/calendars/{path}").status_code == 200
    assert signed_in(cast.li).get(f"/calendars/{path}").status_code == 403
    assert "/login/" in Client().get(f"/calendars/{path}").headers["Location"]


def test_a_page_costs_a_fixed_number_of_queries(admin: Client, django_assert_max_num_queries: object) -> None:
    admin.get("/calendars/office/")

    with django_assert_max_num_queries(9):  # type: ignore[operator]
        admin.get("/calendars/office/")
