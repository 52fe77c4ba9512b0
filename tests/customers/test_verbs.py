"""Enter and correct customers, contacts, phones and assets."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from banjie.customers.models import Asset, AssetKey, Contact, Customer, Phone
from banjie.customers.verbs.assets import AssetDraft, save_asset
from banjie.customers.verbs.contacts import ContactDraft, save_contact
from banjie.customers.verbs.customers import CustomerDraft, save_customer
from banjie.customers.verbs.phones import PhoneDraft, add_phone, remove_phone, show_phones
from banjie.kernel.errors import InvalidInput, NotPermitted, StaleVersion, Unseen
from banjie.people.models import AdminEvent
from tests.cast import Cast
from tests.customers.conftest import NOW, Files

LATER = NOW + timedelta(hours=1)


def fields_of(refused: pytest.ExceptionInfo[InvalidInput]) -> set[str]:
    return {error.field for error in refused.value.errors}


@pytest.mark.req("CUS-07")
def test_a_customer_is_corrected_and_the_log_says_what_changed(cast: Cast, files: Files) -> None:
    draft = CustomerDraft("长沙阳光超市", "kh-hn-1", "merchant", "vip", cast.units["HN-CS"].pk)

    save_customer(draft, files.hunan.pk, by=cast.chen_hn.actor, at=LATER)

    customer = Customer.objects.get(pk=files.hunan.pk)
    assert (customer.name, customer.code, customer.grade, customer.updated_at) == ("长沙阳光超市", "KH-HN-1", "vip", LATER)
    event = AdminEvent.objects.filter(kind="customer.changed").latest("id")
    assert event.member == cast.chen_hn.member
    assert event.detail["after"]["grade"] == "vip"
    assert event.detail["before"]["grade"] == "key"


def test_every_wrong_field_of_a_customer_is_named_at_once(cast: Cast, files: Files) -> None:
    draft = CustomerDraft(" ", "x" * 41, "shop", "gold", 0, "a" * 201, "bad\x00note")

    with pytest.raises(InvalidInput) as refused:
        save_customer(draft, by=cast.li.actor, at=NOW)

    assert fields_of(refused) == {"name", "code", "kind", "grade", "unit", "address", "note"}
    assert Customer.objects.count() == 3


def test_a_customer_number_is_taken_once(cast: Cast, files: Files) -> None:
    with pytest.raises(InvalidInput) as refused:
        save_customer(CustomerDraft("另一家", "kh-gz-1"), by=cast.li.actor, at=NOW)

    assert fields_of(refused) == {"code"}


def test_a_branch_enters_customers_of_its_own_units_only(cast: Cast, files: Files) -> None:
    ours = save_customer(CustomerDraft("岳阳小店", unit_id=cast.units["HN-YY"].pk), by=cast.chen_hn.actor, at=NOW)

    with pytest.raises(NotPermitted):
        save_customer(CustomerDraft("贵阳小店", unit_id=cast.units["GZ-GY"].pk), by=cast.chen_hn.actor, at=NOW)
    with pytest.raises(NotPermitted):
        save_customer(CustomerDraft("岳阳小店", unit_id=cast.units["GZ-GY"].pk), ours.pk, by=cast.chen_hn.actor, at=NOW)
    with pytest.raises(InvalidInput) as refused:
        save_customer(CustomerDraft("无人管的店"), by=cast.chen_hn.actor, at=NOW)
    with pytest.raises(Unseen):
        save_customer(CustomerDraft("改名"), files.guizhou.pk, by=cast.chen_hn.actor, at=NOW)

    assert fields_of(refused) == {"unit"}
    assert not Customer.objects.filter(name__in=["贵阳小店", "无人管的店", "改名"]).exists()


def test_who_may_only_read_changes_nothing(cast: Cast, files: Files) -> None:
    by = cast.auditor.actor

    with pytest.raises(NotPermitted):
        save_customer(CustomerDraft("改名"), files.hunan.pk, by=by, at=NOW)
    with pytest.raises(NotPermitted):
        save_contact(files.hunan.pk, ContactDraft("某人"), by=by, at=NOW)
    with pytest.raises(NotPermitted):
        add_phone(files.hunan.pk, PhoneDraft("13900000000"), by=by, at=NOW)
    with pytest.raises(NotPermitted):
        save_asset(files.hunan.pk, AssetDraft(), files.hunan_terminal.pk, by=by, at=NOW)

    assert Customer.objects.get(pk=files.hunan.pk).name == "长沙阳光便民超市"


def test_a_stale_editor_is_told_so(cast: Cast, files: Files) -> None:
    save_customer(CustomerDraft("新名", unit_id=cast.units["HN-CS"].pk), files.hunan.pk, by=cast.li.actor, at=LATER)

    with pytest.raises(StaleVersion):
        save_customer(CustomerDraft("旧名"), files.hunan.pk, by=cast.zhang.actor, at=LATER, expect=NOW)
    with pytest.raises(StaleVersion):
        save_asset(files.hunan.pk, AssetDraft(), files.hunan_terminal.pk, by=cast.zhang.actor, at=LATER, expect=LATER)

    assert Customer.objects.get(pk=files.hunan.pk).name == "新名"


def test_a_customer_has_one_main_contact(cast: Cast, files: Files) -> None:
    save_contact(files.hunan.pk, ContactDraft("李店员", is_main=True), by=cast.li.actor, at=NOW)

    mains = Contact.objects.filter(customer=files.hunan, is_main=True)
    assert [contact.name for contact in mains] == ["李店员"]
    with pytest.raises(Unseen):
        save_contact(files.guizhou.pk, ContactDraft("不是他们的"), mains[0].pk, by=cast.li.actor, at=NOW)


@pytest.mark.req("CUS-12")
def test_a_phone_is_stored_normalised_and_removed_without_being_erased(cast: Cast, files: Files) -> None:
    phone = add_phone(files.bank.pk, PhoneDraft("+86 139 1111 2222", "总机"), by=cast.li.actor, at=NOW)
    phone.refresh_from_db()
    assert (phone.number, phone.number_reversed, phone.kind) == ("13911112222", "22221111931", "mobile")

    with pytest.raises(InvalidInput) as refused:
        add_phone(files.bank.pk, PhoneDraft("139-1111-2222"), by=cast.li.actor, at=NOW)
    remove_phone(files.bank.pk, phone.pk, by=cast.li.actor, at=NOW)

    assert fields_of(refused) == {"number"}
    assert not Phone.objects.get(pk=phone.pk).is_active
    with pytest.raises(Unseen):
        remove_phone(files.bank.pk, phone.pk, by=cast.li.actor, at=NOW)


def test_the_last_digits_of_a_number_are_those_before_its_extension(files: Files) -> None:
    assert Phone.objects.get(customer=files.guizhou).number_reversed == "085187654321"[::-1]


def test_a_wrong_number_or_a_strangers_contact_is_refused(cast: Cast, files: Files) -> None:
    stranger = Contact.objects.get(customer=files.hunan)

    with pytest.raises(InvalidInput) as refused:
        add_phone(files.bank.pk, PhoneDraft("8765432", contact_id=stranger.pk), by=cast.li.actor, at=NOW)

    assert fields_of(refused) == {"number", "contact"}


def test_who_looks_at_a_number_is_logged(cast: Cast, files: Files) -> None:
    numbers = show_phones(files.hunan.pk, by=cast.chen_hn.actor, at=NOW)

    assert list(numbers.values()) == ["13800004321"]
    event = AdminEvent.objects.get(kind="customer.phones_shown")
    assert (event.member, event.detail["customer"]) == (cast.chen_hn.member, files.hunan.pk)
    assert "13800004321" not in str(event.detail)


def test_numbers_are_shown_only_with_the_permission_and_only_of_visible_customers(cast: Cast, files: Files) -> None:
    with pytest.raises(NotPermitted):
        show_phones(files.hunan.pk, by=cast.auditor.actor, at=NOW)
    with pytest.raises(Unseen):
        show_phones(files.hunan.pk, by=cast.gu_gz.actor, at=NOW)

    assert not AdminEvent.objects.filter(kind="customer.phones_shown").exists()


@pytest.mark.req("PLT-18")
def test_the_keys_of_an_asset_are_replaced_and_the_old_ones_stay_on_record(cast: Cast, files: Files) -> None:
    draft = AssetDraft(unit_id=cast.units["HN-CS"].pk, engineer="liu_hn", keys={"terminal_no": " 2000 0001 ", "barcode": ""})

    save_asset(files.hunan.pk, draft, files.hunan_terminal.pk, by=cast.chen_hn.actor, at=LATER)

    keys = AssetKey.objects.filter(asset=files.hunan_terminal)
    assert {(key.kind, key.value_upper) for key in keys.filter(is_active=True)} == {
        ("terminal_no", "20000001"),
        ("merchant_no", "898430154110001"),
    }
    assert {key.value for key in keys.filter(is_active=False)} == {"10086001", "PS0000000001"}
    assert Asset.objects.get(pk=files.hunan_terminal.pk).engineer == cast.liu_hn.member


@pytest.mark.req("PLT-18")
def test_a_terminal_number_or_barcode_names_one_asset_and_a_merchant_number_one_customer(cast: Cast, files: Files) -> None:
    taken = {"terminal_no": "10086001", "barcode": "ps 0000000001", "merchant_no": "898430154110001"}

    with pytest.raises(InvalidInput) as refused:
        save_asset(files.guizhou.pk, AssetDraft(keys=taken), by=cast.li.actor, at=NOW)
    shared = save_asset(files.hunan.pk, AssetDraft(keys={"merchant_no": "898430154110001"}), by=cast.li.actor, at=NOW)

    assert fields_of(refused) == {"terminal_no", "barcode", "merchant_no"}
    assert shared.customer == files.hunan
    with pytest.raises(IntegrityError), transaction.atomic():
        AssetKey.objects.create(asset=shared, kind="terminal_no", value="10086001", value_upper="10086001", is_unique=True)


def test_an_inactive_asset_frees_its_keys(cast: Cast, files: Files) -> None:
    save_asset(files.hunan.pk, AssetDraft(is_active=False), files.hunan_terminal.pk, by=cast.li.actor, at=NOW)

    again = save_asset(files.guizhou.pk, AssetDraft(keys={"terminal_no": "10086001"}), by=cast.li.actor, at=NOW)

    assert again.keys.get(is_active=True).value == "10086001"
    assert AssetKey.objects.filter(asset=files.hunan_terminal).count() == 3


def test_an_asset_needs_an_engineer_who_works_here_and_a_unit_in_reach(cast: Cast, files: Files) -> None:
    with pytest.raises(InvalidInput) as refused:
        save_asset(files.hunan.pk, AssetDraft(engineer="nobody", unit_id=0), by=cast.li.actor, at=NOW)
    with pytest.raises(NotPermitted):
        save_asset(files.hunan.pk, AssetDraft(unit_id=cast.units["GZ-GY"].pk), by=cast.chen_hn.actor, at=NOW)
    with pytest.raises(Unseen):
        save_asset(files.guizhou.pk, AssetDraft(), files.guizhou_terminal.pk, by=cast.chen_hn.actor, at=NOW)

    assert fields_of(refused) == {"engineer", "unit"}
    assert Asset.objects.count() == 2
