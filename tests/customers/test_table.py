"""Excel in and out: all or nothing, every wrong cell named, nothing beyond one's reach."""

from __future__ import annotations

import io
import time
from collections.abc import Iterable

import pytest
from django.utils import translation
from python_calamine import CalamineWorkbook

from banjie.customers.importing.checking import common_path
from banjie.customers.importing.table import columns, template_workbook
from banjie.customers.importing.writing import Imported
from banjie.customers.models import Asset, AssetKey, Contact, Customer, Phone
from banjie.customers.queries import Only, match_asset
from banjie.customers.verbs.assets import AssetDraft, save_asset
from banjie.customers.verbs.customers import CustomerDraft, save_customer
from banjie.customers.verbs.export_table import export_table
from banjie.customers.verbs.import_table import import_table
from banjie.customers.verbs.phones import PhoneDraft, add_phone
from banjie.kernel.errors import InvalidInput, NotPermitted, Refused
from banjie.kernel.excel import Column, Sheet, write_workbook
from banjie.people.actor import Actor
from banjie.people.models import AdminEvent
from tests.cast import Cast
from tests.customers.conftest import NOW, Files

NAMES = [column.name for column in columns()]


def workbook(rows: Iterable[dict[str, str]], *, titles: list[Column] | None = None) -> io.BytesIO:
    cells = [tuple(row.get(name, "") for name in NAMES) for row in rows]
    return io.BytesIO(write_workbook([Sheet("客户", titles or columns(), cells)]))


def take(rows: Iterable[dict[str, str]], by: Actor) -> Imported:
    return import_table(workbook(rows), "customers.xlsx", by=by, at=NOW)


def wrong_cells(rows: list[dict[str, str]], by: Actor) -> dict[str, str]:
    with pytest.raises(InvalidInput) as refused:
        take(rows, by)
    return {error.field: error.message for error in refused.value.errors}


def read(content: bytes) -> list[list[str]]:
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    return [[str(cell) for cell in row] for row in sheet.to_python()]


def row(number: int, **more: str) -> dict[str, str]:
    return {"code": f"N{number}", "name": f"新店{number}", "unit": "HN-CS", "terminal_no": f"T{number}"} | more


@pytest.mark.req("PLT-18")
def test_new_customers_come_with_contacts_phones_assets_and_engineers(cast: Cast, files: Files) -> None:
    first = row(
        1,
        kind="商户",
        grade="重点客户",
        contact="王店长",
        phone="13900000001、0731-87654321",
        address="一号",
        asset_address="一号收银台",
        engineer="ZHAO",
        merchant_no="M1",
        barcode="B1",
    )

    done = take([first, row(1, terminal_no="T2", contact="", barcode="B2", merchant_no="M1"), row(3, terminal_no="")], cast.wang_sup.actor)

    assert done == Imported(rows=3, customers_added=2, customers_known=0, assets_added=2, assets_known=0)
    customer = Customer.objects.get(code="N1")
    assert (customer.name, customer.kind, customer.grade, customer.unit, customer.address) == (
        "新店1",
        "merchant",
        "key",
        cast.units["HN-CS"],
        "一号",
    )
    assert set(Phone.objects.filter(customer=customer).values_list("number", "kind", "contact__name")) == {
        ("13900000001", "mobile", "王店长"),
        ("073187654321", "landline", "王店长"),
    }
    assert Contact.objects.get(customer=customer).is_main
    match = match_asset({"terminal_no": "T1"})
    assert match is not None
    assert (match.engineer_id, match.address) == (cast.zhao.member.pk, "一号收银台")
    assert AdminEvent.objects.get(kind="customer.imported").detail["rows"] == 3


def test_the_same_file_twice_changes_nothing_but_what_it_says(cast: Cast, files: Files) -> None:
    rows = [row(1, phone="13900000001", contact="王店长", merchant_no="M1"), row(2)]
    take(rows, cast.wang_sup.actor)

    again = take([rows[0] | {"name": "改名", "barcode": "B9", "merchant_no": "", "engineer": "liu_hn"}, rows[1]], cast.wang_sup.actor)

    assert again == Imported(rows=2, customers_added=0, customers_known=2, assets_added=0, assets_known=2)
    assert Customer.objects.get(code="N1").name == "改名"
    assert Phone.objects.filter(customer__code="N1").count() == 1
    assert Contact.objects.filter(customer__code="N1").count() == 1
    keys = AssetKey.objects.filter(asset__customer__code="N1", is_active=True)
    assert dict(keys.values_list("kind", "value")) == {"terminal_no": "T1", "merchant_no": "M1", "barcode": "B9"}


def test_a_known_terminal_number_finds_its_customer_without_a_customer_number(cast: Cast, files: Files) -> None:
    take([{"terminal_no": "10086001", "asset_address": "搬到二楼", "barcode": "PS-NEW"}], cast.wang_sup.actor)

    terminal = Asset.objects.get(pk=files.hunan_terminal.pk)
    assert (terminal.address, terminal.customer_id, terminal.engineer) == ("搬到二楼", files.hunan.pk, cast.zhao.member)
    assert set(terminal.keys.filter(kind="barcode").values_list("value", "is_active")) == {("PS0000000001", False), ("PS-NEW", True)}


def test_every_wrong_cell_of_every_row_is_named_and_nothing_is_imported(cast: Cast, files: Files) -> None:
    rows = [
        row(1),
        row(2, phone="1380000"),
        row(3, unit="NOWHERE", engineer="nobody"),
        row(4, kind="shop"),
        row(5, name=""),
        row(6, terminal_no="t1"),
        row(7, terminal_no="10086001"),
        row(8, merchant_no="898520154110002"),
        row(1, name="别的名字", terminal_no="T9"),
        row(10, terminal_no="", asset_address="某处"),
        {"address": "只有地址"},
    ]
    events = AdminEvent.objects.count()

    wrong = wrong_cells(rows, cast.wang_sup.actor)

    assert set(wrong) == {
        "3.phone",
        "4.unit",
        "4.engineer",
        "5.kind",
        "6.name",
        "7.terminal_no",
        "8.terminal_no",
        "9.merchant_no",
        "10.name",
        "11.terminal_no",
        "12.code",
        "12.name",
    }
    assert "1380000" in wrong["3.phone"]
    assert Customer.objects.count() == 3
    assert Asset.objects.count() == 2
    assert AdminEvent.objects.count() == events


def test_only_two_hundred_wrong_cells_are_listed_and_the_rest_counted(cast: Cast, files: Files) -> None:
    with pytest.raises(InvalidInput) as refused:
        take([row(number, phone="123") for number in range(300)], cast.wang_sup.actor)

    assert len(refused.value.errors) == 201
    assert "100" in refused.value.errors[-1].message


def test_what_is_no_workbook_gets_a_clear_sentence(cast: Cast, files: Files) -> None:
    for content in (b"", b"code,name\n1,2\n", b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0old"):
        with pytest.raises(InvalidInput) as refused:
            import_table(io.BytesIO(content), "x.xlsx", by=cast.wang_sup.actor, at=NOW)
        assert str(refused.value.message) or refused.value.errors

    assert Customer.objects.count() == 3


def test_who_may_not_import_is_refused_before_the_file_is_read(cast: Cast, files: Files) -> None:
    with pytest.raises(NotPermitted):
        import_table(io.BytesIO(b"anything"), "x.xlsx", by=cast.li.actor, at=NOW)


@pytest.fixture
def hunan_importer(cast: Cast) -> Actor:
    """A supervisor of Hunan, who may import there."""
    (grant,) = cast.chen_hn.actor.grants
    permissions = grant.permissions | {"customer:import"}
    return Actor(
        cast.chen_hn.actor.name,
        cast.chen_hn.actor.door,
        cast.chen_hn.actor.member_id,
        (type(grant)("supervisor", grant.unit_id, grant.unit_path, own_only=False, permissions=permissions),),
    )


@pytest.mark.req("POS-01")
def test_a_branch_imports_into_its_own_units_only(cast: Cast, files: Files, hunan_importer: Actor) -> None:
    rows = [
        row(1),
        row(2, unit="GZ-GY"),
        row(3, unit=""),
        {"code": "KH-GZ-1", "name": "夺来的店", "unit": "HN-CS"},
        {"terminal_no": "10086002", "asset_address": "别处"},
    ]

    wrong = wrong_cells(rows, hunan_importer)

    assert {"3.unit", "4.unit", "5.code", "6.terminal_no"} <= set(wrong)
    assert not {field for field in wrong if field.startswith("2.")}
    assert "贵阳" not in str(wrong)
    assert take(rows[:1], hunan_importer).customers_added == 1


def test_a_customer_with_terminals_in_two_provinces_is_served_by_the_unit_above_both(cast: Cast, files: Files) -> None:
    take([row(1), row(1, terminal_no="T2", unit="HN-YY")], cast.wang_sup.actor)
    assert Customer.objects.get(code="N1").unit == cast.units["HN"]

    take([row(1, terminal_no="T3", unit="GZ-GY")], cast.wang_sup.actor)

    assert Customer.objects.get(code="N1").unit == cast.units["HQ"]
    assert {asset.unit for asset in Asset.objects.filter(customer__code="N1")} == {
        cast.units["HN-CS"],
        cast.units["HN-YY"],
        cast.units["GZ-GY"],
    }


def test_the_lowest_common_unit() -> None:
    assert common_path({"/1/4/9/"}) == "/1/4/9/"
    assert common_path({"/1/4/9/", "/1/4/8/"}) == "/1/4/"
    assert common_path({"/1/4/9/", "/1/4/"}) == "/1/4/"
    assert common_path({"/1/4/", "/1/41/"}) == "/1/"
    assert common_path(set()) is None


def test_titles_of_both_languages_are_read_and_the_template_has_an_example(cast: Cast, files: Files) -> None:
    with translation.override("zh-hans"):
        chinese = columns()
        sheets = CalamineWorkbook.from_filelike(io.BytesIO(template_workbook()))
    with translation.override("en"):
        done = import_table(workbook([row(1)], titles=chinese), "x.xlsx", by=cast.wang_sup.actor, at=NOW)

    assert done.customers_added == 1
    assert len(sheets.sheet_names) == 2
    assert [column.title for column in chinese] == [str(cell) for cell in sheets.get_sheet_by_index(0).to_python()[0]]


def test_an_export_can_be_imported_again(cast: Cast, files: Files) -> None:
    before = list(AssetKey.objects.order_by("id").values("asset", "kind", "value_upper", "is_active"))

    content = export_table(Only(), by=cast.wang_sup.actor, at=NOW)
    done = import_table(io.BytesIO(content), "x.xlsx", by=cast.wang_sup.actor, at=NOW)

    assert done == Imported(rows=3, customers_added=0, customers_known=3, assets_added=0, assets_known=2)
    assert list(AssetKey.objects.order_by("id").values("asset", "kind", "value_upper", "is_active")) == before
    assert Phone.objects.count() == 2


def test_an_export_holds_what_the_actor_sees_and_is_logged(cast: Cast, files: Files) -> None:
    everything = read(export_table(Only(), by=cast.li.actor, at=NOW))
    of_guizhou = read(export_table(Only(), by=cast.gu_gz.actor, at=NOW))
    searched = read(export_table(Only(), "便民", by=cast.li.actor, at=NOW))

    assert [line[0] for line in everything[1:]] == ["BANK-1", "KH-GZ-1", "KH-HN-1"]
    assert [line[0] for line in of_guizhou[1:]] == ["KH-GZ-1"]
    assert [line[0] for line in searched[1:]] == ["KH-HN-1"]
    assert "长沙" not in str(of_guizhou)
    assert AdminEvent.objects.filter(kind="customer.exported").count() == 3
    assert read(export_table(Only(), "便民", by=cast.gu_gz.actor, at=NOW))[1:] == []


def test_phones_of_an_export_are_masked_without_the_permission(cast: Cast, files: Files) -> None:
    masked, plain = (read(export_table(Only(), by=actor, at=NOW)) for actor in (cast.auditor.actor, cast.li.actor))
    phone = NAMES.index("phone")

    assert [line[phone] for line in masked[1:]] == ["", "0851****4321-***", "138****4321"]
    assert [line[phone] for line in plain[1:]] == ["", "0851-87654321-801", "13800004321"]
    assert "13800004321" not in str(masked)


def test_an_export_carries_no_formula_and_comes_back_unharmed(cast: Cast, files: Files) -> None:
    evil = save_customer(CustomerDraft("=HYPERLINK(1)", "EVIL", unit_id=cast.units["HN"].pk, address="+1"), by=cast.li.actor, at=NOW)
    add_phone(evil.pk, PhoneDraft("+852 2123 4567"), by=cast.li.actor, at=NOW)

    content = export_table(Only(unit_id=cast.units["HN"].pk), "EVIL", by=cast.li.actor, at=NOW)

    (line,) = read(content)[1:]
    assert (line[1], line[7], line[6]) == ("'=HYPERLINK(1)", "'+1", "'+85221234567")
    import_table(io.BytesIO(content), "x.xlsx", by=cast.wang_sup.actor, at=NOW)
    assert Customer.objects.get(pk=evil.pk).name == "=HYPERLINK(1)"
    assert Phone.objects.filter(customer=evil).count() == 1


def test_an_asset_of_a_foreign_customer_is_exported_without_the_customers_data(cast: Cast, files: Files) -> None:
    save_asset(files.hunan.pk, AssetDraft(unit_id=cast.units["GZ-GY"].pk, keys={"terminal_no": "30000003"}), by=cast.li.actor, at=NOW)

    (line,) = read(export_table(Only(), "30000003", by=cast.gu_gz.actor, at=NOW))[1:]

    assert "30000003" in line
    assert "芙蓉路1号" not in line
    assert "王芳" not in line
    assert "4321" not in str(line)


def test_too_long_a_list_is_refused(cast: Cast, files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("banjie.customers.queries.exporting.MOST_ROWS", 2)

    with pytest.raises(Refused, match="more than 2 rows"), translation.override("en"):
        export_table(Only(), by=cast.li.actor, at=NOW)


@pytest.mark.slow
def test_twenty_thousand_rows_are_imported_in_less_than_thirty_seconds(cast: Cast, files: Files) -> None:
    rows = [
        row(
            number // 2,
            terminal_no=f"S{number:08}",
            merchant_no=f"SM{number // 2}",
            barcode=f"SB{number}",
            phone=f"139{number // 2:08}",
            contact="店长",
            engineer="zhao",
        )
        for number in range(20_000)
    ]
    file = workbook(rows)

    start = time.perf_counter()
    done = import_table(file, "x.xlsx", by=cast.wang_sup.actor, at=NOW)
    seconds = time.perf_counter() - start

    assert done == Imported(rows=20_000, customers_added=10_000, customers_known=0, assets_added=20_000, assets_known=0)
    assert AssetKey.objects.filter(value_upper__startswith="S").count() == 60_000
    assert seconds < 30
