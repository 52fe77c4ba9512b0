"""The doors of the customers' pages: who may open them, what they show, and that each makes its one call."""

from __future__ import annotations

import io

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings
from python_calamine import CalamineWorkbook

from banjie.customers.importing.table import columns
from banjie.customers.models import Asset, Contact, Customer, Phone
from banjie.customers.queries import Only, customer_card, list_customers
from banjie.customers.urls import urlpatterns
from banjie.customers.verbs.assets import AssetDraft, save_asset
from banjie.customers.verbs.customers import CustomerDraft, save_customer
from banjie.kernel.excel import Sheet, write_workbook
from banjie.people.models import AdminEvent
from tests.cast import Cast, Person
from tests.customers.conftest import NOW, Files

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
HTMX = {"HX-Request": "true"}
READS = {"list", "page", "export"}
MANAGES = {"new", "edit", "contact-new", "contact", "phone-add", "phone-remove", "asset-new", "asset"}
IMPORTS = {"import", "template"}
POSTS = {"phone-add", "phone-remove", "phones-show"}


@pytest.fixture(autouse=True)
def _refusals_are_pages(settings: Settings, db: None) -> None:
    needed = "banjie.ui.htmx.HtmxMiddleware"
    if needed not in settings.MIDDLEWARE:
        settings.MIDDLEWARE = [*settings.MIDDLEWARE, needed]
    cache.clear()


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person.member, backend=BACKEND)
    return client


def address(name: str, customer: Customer) -> str:
    route = next(str(one.pattern) for one in urlpatterns if one.name == name)
    known = {
        "customer_id": customer.pk,
        "contact_id": getattr(customer.contacts.first(), "pk", 1),
        "phone_id": getattr(customer.phones.first(), "pk", 1),
        "asset_id": getattr(customer.assets.first(), "pk", 1),
    }
    return reverse(f"customers:{name}", kwargs={key: value for key, value in known.items() if f":{key}>" in route})


def text_of(client: Client, where: str, **query: str) -> str:
    answer = client.get(where, query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_sets_of_this_test_know_every_page() -> None:
    assert {str(one.name) for one in urlpatterns} == READS | MANAGES | IMPORTS | {"phones-show"}


@pytest.mark.req("PLT-09")
@pytest.mark.parametrize("name", sorted(READS | MANAGES | IMPORTS | {"phones-show"}))
def test_a_page_opens_for_those_with_the_permission_only(cast: Cast, files: Files, name: str) -> None:
    where, method = address(name, files.hunan), "post" if name in POSTS else "get"
    refused = {
        "read": [cast.mallory],
        "manage": [cast.mallory, cast.auditor, cast.boss_hn],
        "import": [cast.mallory, cast.auditor, cast.li, cast.chen_hn],
    }

    for person in refused["import" if name in IMPORTS else "manage" if name in MANAGES else "read"]:
        assert getattr(browser(person), method)(where).status_code == 403
    assert getattr(browser(cast.wang_sup), method)(where).status_code in {200, 302, 422}
    signed_out = getattr(Client(), method)(where)
    assert signed_out.status_code == 302
    assert signed_out["Location"].startswith("/accounts/login/?next=/")


@pytest.mark.req("POS-01")
@pytest.mark.parametrize("name", sorted((READS | MANAGES | {"phones-show"}) - {"list", "new", "export"}))
def test_a_hidden_customer_looks_like_a_missing_one(cast: Cast, files: Files, name: str) -> None:
    client, method = browser(cast.gu_gz), "post" if name in POSTS else "get"
    where = address(name, files.hunan)
    missing = where.replace(f"/{files.hunan.pk}", "/999999").replace(f"assets/{files.hunan_terminal.pk}", "assets/999999")

    hidden, absent = getattr(client, method)(where), getattr(client, method)(missing)

    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert "长沙阳光便民超市" not in hidden.content.decode()
    assert getattr(client, method)(address(name, files.guizhou)).status_code in {200, 302, 404, 422}


@pytest.mark.req("POS-01")
@pytest.mark.parametrize("query", [{}, {"q": "便民"}, {"q": "10086001"}, {"q": "4321"}, {"kind": "merchant"}, {"grade": "key"}])
def test_guizhou_sees_no_customer_of_hunan_in_the_list(cast: Cast, files: Files, query: dict[str, str]) -> None:
    mine, theirs = browser(cast.chen_hn), browser(cast.gu_gz)
    where = reverse("customers:list")

    assert "长沙阳光便民超市" in text_of(mine, where, **query)
    assert "长沙阳光便民超市" not in text_of(theirs, where, **query)
    assert "长沙阳光便民超市" not in text_of(theirs, where, **query, unit=str(cast.units["HN"].pk))


def test_a_branch_sees_no_customer_without_a_unit(cast: Cast, files: Files) -> None:
    where = reverse("customers:list")

    assert "通达银行" in text_of(browser(cast.li), where)
    assert "通达银行" not in text_of(browser(cast.gu_gz), where)


@pytest.mark.parametrize("query", [{}, {"q": "便民"}, {"q": "13800004321"}])
def test_phones_are_masked_in_lists_whoever_looks(cast: Cast, files: Files, query: dict[str, str]) -> None:
    for person in (cast.li, cast.auditor):
        page = text_of(browser(person), reverse("customers:list"), **query)
        assert "138****4321" in page
        assert "13800004321" not in page.replace('value="13800004321"', "").replace("q=13800004321", "")


def test_a_customers_page_shows_phones_masked_until_they_are_asked_for(cast: Cast, files: Files) -> None:
    client = browser(cast.chen_hn)
    page = text_of(client, address("page", files.hunan))
    assert "138****4321" in page
    assert "13800004321" not in page
    assert "赵强" in page
    assert "10086001" in page

    shown = client.post(address("phones-show", files.hunan), headers=HTMX).content.decode()

    assert "13800004321" in shown
    assert AdminEvent.objects.get(kind="customer.phones_shown").member == cast.chen_hn.member


def test_the_button_that_shows_phones_needs_the_permission(cast: Cast, files: Files) -> None:
    client = browser(cast.auditor)

    assert address("phones-show", files.hunan) not in text_of(client, address("page", files.hunan))
    assert client.post(address("phones-show", files.hunan)).status_code == 403
    assert not AdminEvent.objects.filter(kind="customer.phones_shown").exists()


def test_the_live_search_answers_with_the_rows_only(cast: Cast, files: Files) -> None:
    answer = browser(cast.li).get(reverse("customers:list"), {"q": "便民"}, headers=HTMX).content.decode()

    assert answer.lstrip().startswith('<div id="customer-results">')
    assert "<html" not in answer
    assert "长沙阳光便民超市" in answer
    assert "贵阳阳光餐厅" not in answer


def test_the_list_goes_on_page_by_page(cast: Cast, files: Files) -> None:
    Customer.objects.bulk_create(
        Customer(name=f"分店{number:03}", unit=cast.units["GZ"], created_at=NOW, updated_at=NOW) for number in range(60)
    )
    client, where = browser(cast.gu_gz), reverse("customers:list")

    first = text_of(client, where)
    last = text_of(client, where, after=str(Customer.objects.get(name="分店010").pk))

    assert "分店059" in first
    assert "分店010" in first
    assert "分店009" not in first
    assert f"after={Customer.objects.get(name='分店010').pk}" in first
    assert "分店009" in last
    assert "贵阳阳光餐厅" in last
    assert 'rel="next"' not in last


@pytest.mark.parametrize(
    "query", [{"after": "x"}, {"unit": "9" * 40}, {"unit": "-1"}, {"kind": "'"}, {"grade": "gold"}, {"q": "\x00"}, {"after": "٣"}]
)
def test_garbled_addresses_break_nothing(cast: Cast, files: Files, query: dict[str, str]) -> None:
    assert browser(cast.li).get(reverse("customers:list"), query).status_code == 200


def test_a_list_and_a_page_take_few_queries(cast: Cast, files: Files, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    for number in range(20):
        save_asset(files.hunan.pk, AssetDraft(keys={"terminal_no": f"9{number}"}), by=cast.admin.actor, at=NOW)

    with django_assert_max_num_queries(1):
        list_customers(cast.li.actor, Only())
    with django_assert_max_num_queries(5):
        customer_card(cast.li.actor, files.hunan.pk)
    client = browser(cast.li)
    text_of(client, reverse("customers:list"))
    with django_assert_max_num_queries(12):  # the frame around the page asks for who is signed in and what waits for him
        text_of(client, reverse("customers:list"))
    with django_assert_max_num_queries(14):
        text_of(client, address("page", files.hunan))


def test_a_customer_is_entered_and_corrected_on_pages(cast: Cast, files: Files) -> None:
    client = browser(cast.chen_hn)
    sent = {"name": "岳阳小店", "code": "YY1", "kind": "merchant", "grade": "normal", "unit": cast.units["HN-YY"].pk, "is_active": "1"}

    made = client.post(reverse("customers:new"), sent)
    customer = Customer.objects.get(code="YY1")
    assert made["Location"] == reverse("customers:page", args=[customer.pk])
    stamp = customer.updated_at.isoformat()
    client.post(address("edit", customer), sent | {"name": "岳阳大店", "expect": stamp})
    stale = client.post(address("edit", customer), sent | {"name": "太迟了", "expect": stamp})
    client.post(address("contact-new", customer), {"name": "周店长", "is_main": "1", "is_active": "1"})
    client.post(address("phone-add", customer), {"number": "0730-8888888", "contact": Contact.objects.get(customer=customer).pk})
    client.post(
        reverse("customers:asset-new", args=[customer.pk]),
        {"kind": "pos_terminal", "terminal_no": "55", "engineer": "liu_hn", "is_active": "1"},
    )

    customer.refresh_from_db()
    assert stale.status_code == 409
    assert customer.name == "岳阳大店"
    assert Phone.objects.get(customer=customer).contact == Contact.objects.get(customer=customer)
    assert Asset.objects.get(customer=customer).engineer == cast.liu_hn.member
    client.post(address("phone-remove", customer))
    client.post(address("contact", customer), {"name": "周老板", "is_active": "1"})
    client.post(address("asset", customer), {"kind": "pos_terminal", "terminal_no": "56", "engineer": "", "is_active": "1"})
    assert not Phone.objects.get(customer=customer).is_active
    assert Contact.objects.get(customer=customer).name == "周老板"
    assert Asset.objects.get(customer=customer).engineer is None
    assert "56" in text_of(client, address("page", customer))


def test_a_refused_form_names_its_fields(cast: Cast, files: Files) -> None:
    answer = browser(cast.li).post(reverse("customers:new"), {"name": ""}, headers=HTMX)

    assert answer.status_code == 422
    assert answer["X-Fragment"] == "refusal"
    assert 'data-field-error="name"' in answer.content.decode()


def test_a_workbook_is_imported_and_its_errors_come_as_a_table(cast: Cast, files: Files) -> None:
    client, where = browser(cast.wang_sup), reverse("customers:import")

    def upload(phone: str) -> SimpleUploadedFile:
        values = ("X1", "新店", "", "", "HN", "", phone, "", "", "", "", "", "")
        return SimpleUploadedFile("customers.xlsx", write_workbook([Sheet("x", columns(), [values])]))

    wrong = client.post(where, {"file": upload("123")}, headers=HTMX)
    nothing = client.post(where, {}, headers=HTMX)
    junk = client.post(where, {"file": SimpleUploadedFile("x.xlsx", b"junk")}, headers=HTMX)
    right = client.post(where, {"file": upload("13900001111")})

    assert (wrong.status_code, nothing.status_code, junk.status_code) == (422, 422, 422)
    assert "<table" in wrong.content.decode()
    assert "123" in wrong.content.decode()
    assert right.status_code == 302
    assert Customer.objects.get(code="X1").unit == cast.units["HN"]


def test_template_and_export_are_workbooks(cast: Cast, files: Files) -> None:
    template = browser(cast.wang_sup).get(reverse("customers:template"))
    export = browser(cast.auditor).get(reverse("customers:export"), {"q": "便民"})

    for answer in (template, export):
        assert answer["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(export.content)).get_sheet_by_index(0).to_python()
    assert len(rows) == 2
    assert "138****4321" in rows[1]
    assert "13800004321" not in str(rows)


def test_what_a_customer_is_called_is_text_and_never_markup(cast: Cast, files: Files) -> None:
    evil = save_customer(CustomerDraft("<script>alert(1)</script>", note="<b>x</b>"), by=cast.li.actor, at=NOW)
    client = browser(cast.li)

    for page in (
        text_of(client, reverse("customers:list")),
        text_of(client, address("page", evil)),
        text_of(client, address("edit", evil)),
    ):
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page
