"""Customers of two provinces: one terminal in Changsha, one in Guiyang, and a bank that only headquarters serves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from banjie.customers.models import Asset, Customer
from banjie.customers.verbs.assets import AssetDraft, save_asset
from banjie.customers.verbs.contacts import ContactDraft, save_contact
from banjie.customers.verbs.customers import CustomerDraft, save_customer
from banjie.customers.verbs.phones import PhoneDraft, add_phone
from tests.cast import Cast

NOW = datetime(2025, 3, 4, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@dataclass(frozen=True, slots=True)
class Files:
    """The customers and terminals of the tests."""

    hunan: Customer
    hunan_terminal: Asset
    guizhou: Customer
    guizhou_terminal: Asset
    bank: Customer


@pytest.fixture
def files(cast: Cast) -> Files:
    """Return the customers, entered by the verbs."""
    by, units = cast.admin.actor, cast.units
    hunan = save_customer(CustomerDraft("长沙阳光便民超市", "KH-HN-1", "merchant", "key", units["HN-CS"].pk, "芙蓉路1号"), by=by, at=NOW)
    contact = save_contact(hunan.pk, ContactDraft("王芳", "店长", is_main=True), by=by, at=NOW)
    add_phone(hunan.pk, PhoneDraft("138 0000 4321", contact_id=contact.pk), by=by, at=NOW)
    hunan_terminal = save_asset(
        hunan.pk,
        AssetDraft(
            address="芙蓉路1号收银台",
            unit_id=units["HN-CS"].pk,
            engineer="zhao",
            keys={"terminal_no": "10086001", "merchant_no": "898430154110001", "barcode": "PS0000000001"},
        ),
        by=by,
        at=NOW,
    )
    guizhou = save_customer(
        CustomerDraft("贵阳阳光餐厅", "KH-GZ-1", "merchant", unit_id=units["GZ-GY"].pk, address="中华路2号"), by=by, at=NOW
    )
    add_phone(guizhou.pk, PhoneDraft("0851-87654321-801"), by=by, at=NOW)
    guizhou_terminal = save_asset(guizhou.pk, AssetDraft(keys={"terminal_no": "10086002", "merchant_no": "898520154110002"}), by=by, at=NOW)
    bank = save_customer(CustomerDraft("通达银行", "BANK-1", "bank"), by=by, at=NOW)
    return Files(hunan, hunan_terminal, guizhou, guizhou_terminal, bank)
