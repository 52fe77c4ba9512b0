"""The search box, the match of a new ticket, and the caller who becomes a customer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries
from pytest_django.plugin import DjangoDbBlocker

from banjie.customers.models import Customer, Phone
from banjie.customers.queries import Only, find, match_asset, upsert_caller
from banjie.customers.verbs.assets import AssetDraft, save_asset
from banjie.customers.verbs.customers import CustomerDraft, save_customer
from banjie.kernel.errors import InvalidInput
from banjie.people.actor import Actor
from tests.cast import Cast
from tests.customers.conftest import NOW, Files

SYSTEM = Actor.system("test")


@pytest.mark.req("PLT-18")
@pytest.mark.parametrize(
    ("text", "matched"),
    [
        ("10086001", "key"),
        (" １００８ ６００１ ", "key"),
        ("898430154110001", "key"),
        ("ps0000000001", "key"),
        ("8984301", "key"),
        ("138 0000 4321", "phone"),
        ("+8613800004321", "phone"),
        ("1380000", "phone"),
        ("4321", "phone"),
        ("00004321", "phone"),
        ("kh-hn", "code"),
        ("便民", "name"),
        ("阳光便民", "name"),
        ("长沙阳光便民超市", "name"),
    ],
)
def test_a_terminal_is_found_by_any_key_phone_number_or_part_of_the_name(cast: Cast, files: Files, text: str, matched: str) -> None:
    hits = [hit for hit in find(cast.li.actor, text) if hit.customer_id == files.hunan.pk]

    assert [(hit.asset_id, hit.matched) for hit in hits] == [(files.hunan_terminal.pk, matched)]


def test_a_hit_is_ready_to_be_shown_and_masks_the_phone(cast: Cast, files: Files) -> None:
    (hit,) = find(cast.li.actor, "10086001")

    assert (hit.customer_name, hit.address, hit.phone) == ("长沙阳光便民超市", "芙蓉路1号收银台", "138****4321")
    assert (hit.unit_name, hit.engineer_name, hit.may_open) == ("长沙片区", "赵强", True)
    assert [(key.kind, key.value) for key in hit.keys] == [
        ("terminal_no", "10086001"),
        ("merchant_no", "898430154110001"),
        ("barcode", "PS0000000001"),
    ]


@pytest.mark.parametrize(
    "text", ["", " ", "光", "%%", "__", "\x00", "100", "321", "不存在的店", "'; drop table", "a" * 5000, "\U0010ffff\U0010ffff"]
)
def test_too_little_or_strange_text_finds_nothing_and_breaks_nothing(cast: Cast, files: Files, text: str) -> None:
    assert find(cast.li.actor, text) == []


def test_pairs_of_characters_that_stand_apart_do_not_match(cast: Cast, files: Files) -> None:
    assert find(cast.li.actor, "便民阳光") == []


def test_a_search_can_be_narrowed(cast: Cast, files: Files) -> None:
    actor = cast.li.actor

    assert {hit.customer_id for hit in find(actor, "阳光")} == {files.hunan.pk, files.guizhou.pk}
    assert {hit.customer_id for hit in find(actor, "阳光", only=Only(unit_id=cast.units["GZ"].pk))} == {files.guizhou.pk}
    assert {hit.customer_id for hit in find(actor, "阳光", only=Only(grade="key"))} == {files.hunan.pk}
    assert find(actor, "阳光", only=Only(kind="bank")) == []


def test_inactive_customers_are_not_found(cast: Cast, files: Files) -> None:
    Customer.objects.filter(pk=files.hunan.pk).update(is_active=False)

    assert find(cast.li.actor, "10086001") == []
    assert find(cast.li.actor, "便民") == []
    assert match_asset({"terminal_no": "10086001"}) is None


def test_a_search_takes_few_queries(cast: Cast, files: Files, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_max_num_queries(8):
        assert len(find(cast.li.actor, "1008600")) == 2


@pytest.mark.req("POS-01")
@pytest.mark.parametrize(
    "text", ["10086001", "898430154110001", "PS0000000001", "8984", "13800004321", "4321", "1380", "KH-HN-1", "便民", "长沙阳光便民超市"]
)
def test_guizhou_finds_no_customer_of_hunan(cast: Cast, files: Files, text: str) -> None:
    assert [hit for hit in find(cast.chen_hn.actor, text) if hit.customer_id == files.hunan.pk]

    assert [hit for hit in find(cast.gu_gz.actor, text) if hit.customer_id == files.hunan.pk] == []


def test_who_covers_only_his_own_work_or_has_no_post_finds_nothing(cast: Cast, files: Files) -> None:
    assert find(cast.zhao.actor, "10086001") == []
    assert find(cast.mallory.actor, "10086001") == []


def test_hidden_digits_cannot_be_guessed_one_by_one(cast: Cast, files: Files) -> None:
    may_not_see = cast.auditor.actor

    assert find(may_not_see, "1380") == []
    assert find(may_not_see, "04321") == []
    assert [hit.phone for hit in find(may_not_see, "4321") if hit.customer_id == files.hunan.pk] == ["138****4321"]
    assert [hit.phone for hit in find(may_not_see, "13800004321")] == ["138****4321"]


def test_an_asset_in_reach_of_a_foreign_customer_is_found_without_the_customers_phone(cast: Cast, files: Files) -> None:
    draft = AssetDraft(unit_id=cast.units["GZ-GY"].pk, keys={"terminal_no": "30000003"})
    asset = save_asset(files.hunan.pk, draft, by=cast.li.actor, at=NOW)

    (hit,) = find(cast.gu_gz.actor, "30000003")

    assert (hit.asset_id, hit.phone, hit.may_open) == (asset.pk, "", False)


@pytest.mark.req("PLT-18")
def test_a_new_ticket_finds_its_asset_region_and_engineer_with_one_query(
    cast: Cast, files: Files, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        match = match_asset({"terminal_no": " 10086001", "merchant_no": ""})

    assert match is not None
    assert (match.asset_id, match.customer_id, match.customer_name) == (files.hunan_terminal.pk, files.hunan.pk, "长沙阳光便民超市")
    assert (match.unit_id, match.unit_path) == (cast.units["HN-CS"].pk, cast.units["HN-CS"].path)
    assert (match.engineer_id, match.address) == (cast.zhao.member.pk, "芙蓉路1号收银台")


def test_an_asset_without_unit_is_served_by_its_customers(cast: Cast, files: Files) -> None:
    match = match_asset({"terminal_no": "10086002"})

    assert match is not None
    assert (match.unit_id, match.engineer_id) == (cast.units["GZ-GY"].pk, None)


def test_a_shared_merchant_number_names_the_customer_and_what_its_assets_have_in_common(cast: Cast, files: Files) -> None:
    draft = AssetDraft(
        unit_id=cast.units["HN-CS"].pk,
        address="二号店",
        engineer="zhao",
        keys={"merchant_no": "898430154110001", "terminal_no": "10086009"},
    )
    save_asset(files.hunan.pk, draft, by=cast.li.actor, at=NOW)

    shared = match_asset({"merchant_no": "898430154110001"})
    exact = match_asset({"merchant_no": "898430154110001", "terminal_no": "10086009"})

    assert shared is not None
    assert exact is not None
    assert (shared.asset_id, shared.customer_id, shared.unit_id, shared.engineer_id, shared.address) == (
        None,
        files.hunan.pk,
        cast.units["HN-CS"].pk,
        cast.zhao.member.pk,
        "",
    )
    assert exact.address == "二号店"


def test_keys_of_two_customers_or_of_none_match_nothing(files: Files) -> None:
    assert match_asset({"terminal_no": "10086001", "barcode": "nowhere"}) is not None
    assert match_asset({"terminal_no": "10086001", "room_no": "1"}) is not None
    assert match_asset({"barcode": "10086001"}) is None
    assert match_asset({}) is None
    assert match_asset({"terminal_no": "10086001", "barcode": "PS0000000001", "merchant_no": "898520154110002"}) is not None


def test_two_unique_keys_of_different_customers_are_no_match(cast: Cast, files: Files) -> None:
    save_asset(files.guizhou.pk, AssetDraft(keys={"barcode": "PS2"}), files.guizhou_terminal.pk, by=cast.li.actor, at=NOW)

    assert match_asset({"terminal_no": "10086001", "barcode": "PS2"}) is None


@pytest.mark.req("CUS-12")
def test_an_unknown_caller_becomes_a_customer_and_is_known_the_next_time(
    cast: Cast, files: Files, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        made = upsert_caller("139 8888 7777", "新客户", cast.units["HN"].pk, at=NOW)
    known = upsert_caller("+8613988887777", "另一个称呼", cast.units["GZ"].pk, at=NOW)

    assert known == made
    customer = Customer.objects.get(pk=made)
    assert (customer.name, customer.kind, customer.unit_id) == ("新客户", "person", cast.units["HN"].pk)


def test_a_known_number_belongs_to_its_customer_first_of_the_own_unit(cast: Cast, files: Files) -> None:
    other = save_customer(CustomerDraft("同号客户", unit_id=cast.units["GZ"].pk), by=SYSTEM, at=NOW)
    Phone.objects.create(customer=other, number="13800004321", kind="mobile", created_at=NOW)

    assert upsert_caller("13800004321", "", cast.units["HN-CS"].pk, at=NOW) == files.hunan.pk
    assert upsert_caller("13800004321", "", cast.units["GZ"].pk, at=NOW) == other.pk
    assert upsert_caller("13800004321", "", None, at=NOW) == files.hunan.pk


def test_a_nameless_caller_is_called_by_his_masked_number(cast: Cast) -> None:
    made = upsert_caller("13988887777", " ", None, at=NOW)

    assert Customer.objects.get(pk=made).name == "139****7777"
    with pytest.raises(InvalidInput):
        upsert_caller("12", "某人", None, at=NOW)


def test_calls_of_one_unknown_number_at_once_make_one_customer(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    def call(_number: int) -> int:
        try:
            return upsert_caller("13977776666", "同时来电", None, at=NOW)
        finally:
            connection.close()

    with django_db_blocker.unblock():  # really committed: tables that nobody may truncate cannot be flushed after the test
        try:
            with ThreadPoolExecutor(8) as pool:
                made = list(pool.map(call, range(24)))
            numbers = Phone.objects.filter(number="13977776666").count()
            customers = Customer.objects.filter(name="同时来电").count()
        finally:
            Phone.objects.filter(number="13977776666").delete()
            Customer.objects.filter(name="同时来电").delete()
            connection.close()

    assert (len(set(made)), numbers, customers) == (1, 1, 1)
