"""Workbooks in and out."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import xlsxwriter

from banjie.kernel.errors import InvalidInput
from banjie.kernel.excel import MOST_ERRORS, Column, Row, Sheet, read_table, write_workbook

NAME = Column("name", "姓名", required=True, max_length=10)
PHONE = Column("phone", "手机", other_titles=("手机号",))
COLUMNS = (NAME, PHONE)
MEGABYTE = 1024 * 1024


def workbook(*rows: Sequence[object]) -> io.BytesIO:
    """Write cells as they are, without our own neutralising."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    page = book.add_worksheet()
    for number, row in enumerate(rows):
        page.write_row(number, 0, row)
    book.close()
    target.seek(0)
    return target


def read(file: io.BytesIO, *, most: int = 100) -> list[Row]:
    return read_table(file, COLUMNS, max_rows=most, max_bytes=5 * MEGABYTE)


def refusal_of(file: io.BytesIO, *, most: int = 100) -> InvalidInput:
    with pytest.raises(InvalidInput) as refused:
        read(file, most=most)
    return refused.value


def test_rows_come_with_the_number_that_excel_shows() -> None:
    rows = read(workbook(["姓名", "手机"], ["李娜", "13900000001"], [], ["赵强", ""]))

    assert [(row.number, row["name"], row["phone"]) for row in rows] == [(2, "李娜", "13900000001"), (4, "赵强", "")]


def test_a_table_may_begin_lower_down() -> None:
    rows = read(workbook([], [], ["姓名"], ["李娜"]))

    assert [(row.number, row["name"], row["phone"]) for row in rows] == [(4, "李娜", "")]


def test_numbers_become_the_text_that_was_typed() -> None:
    rows = read(workbook(["姓名", "手机"], [7.0, 13900000001], [2.5, True]))

    assert [(row["name"], row["phone"]) for row in rows] == [("7", "13900000001"), ("2.5", "TRUE")]


def test_a_number_that_excel_rounded_is_refused() -> None:
    refused = refusal_of(workbook(["姓名", "手机"], ["李娜", 430102199001011234]))

    assert refused.errors[0].field == "2.phone"
    assert "430102199001011" in refused.errors[0].message


def test_blanks_around_and_control_characters_vanish() -> None:
    rows = read(workbook(["姓 名*", "手机号"], ["\u3000李娜\u200b ", " 139\x01 "]))

    assert (rows[0]["name"], rows[0]["phone"]) == ("李娜", "139")


def test_every_wrong_cell_is_named_by_row_and_column() -> None:
    refused = refusal_of(workbook(["姓名", "手机"], ["", "1"], ["李" * 11, "2"], ["赵强", "3"]))

    assert [error.field for error in refused.errors] == ["2.name", "3.name"]
    assert "2" in refused.errors[0].message
    assert "姓名" in refused.errors[0].message


def test_a_flood_of_errors_is_cut() -> None:
    refused = refusal_of(workbook(["姓名", "手机"], *[["", "1"]] * 150), most=200)

    assert len(refused.errors) == MOST_ERRORS + 1
    assert "50" in refused.errors[-1].message


@pytest.mark.parametrize(
    ("titles", "word"),
    [(["手机"], "姓名"), (["姓名", "电话"], "电话"), (["姓名", "姓名"], "姓名")],
    ids=["missing", "unknown", "twice"],
)
def test_a_wrong_title_row_is_refused(titles: list[object], word: str) -> None:
    refused = refusal_of(workbook(titles, ["a", "b"]))

    assert word in refused.errors[0].message


@pytest.mark.parametrize("rows", [[], [["姓名", "手机"]]], ids=["nothing", "titles only"])
def test_an_empty_table_is_refused(rows: list[list[object]]) -> None:
    assert refusal_of(workbook(*rows)).errors[0].field == "file"


def test_too_many_rows_are_refused_and_empty_ones_do_not_count() -> None:
    assert len(read(workbook(["姓名"], *[["a"], []] * 3), most=3)) == 3
    assert "3" in refusal_of(workbook(["姓名"], *[["a"]] * 4), most=3).message


def test_a_file_that_is_too_large_is_refused() -> None:
    with pytest.raises(InvalidInput) as refused:
        read_table(io.BytesIO(b"x" * (MEGABYTE + 1)), COLUMNS, max_rows=10, max_bytes=MEGABYTE)

    assert "1 MB" in refused.value.message


def zipped(**files: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return target.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7 not a workbook",
        "姓名,手机\n李娜,139".encode(),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        zipped(word__document_xml=b"<a/>"),
        zipped(xl__workbook_xml=b"<not closed"),
        workbook(["姓名"], ["a"]).getvalue()[:-200],
    ],
    ids=["empty", "pdf", "csv", "old-or-protected", "word", "broken-xml", "cut-off"],
)
def test_a_file_that_is_not_what_its_name_says_gets_a_sentence(content: bytes) -> None:
    refused = refusal_of(io.BytesIO(content))

    assert refused.errors[0].field == "file"
    assert len(refused.message) > 20


def sabotaged(replace: bytes, by: bytes) -> io.BytesIO:
    """Return a workbook whose sheet was edited by hand."""
    target = io.BytesIO()
    with zipfile.ZipFile(workbook(["姓名"], ["a"])) as whole, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as edited:
        for item in whole.namelist():
            content = whole.read(item)
            edited.writestr(item, content.replace(replace, by) if item.endswith("sheet1.xml") else content)
    target.seek(0)
    return target


@pytest.mark.parametrize(
    ("replace", "by"),
    [
        (b'r="A2"', b'r="XFD1048576"'),
        (b"</sheetData>", b'<row r="9"><c r="A9" t="inlineStr"><is><t>' + b"x" * 90_000_000 + b"</t></is></c></row></sheetData>"),
        (b"<sheetData>", b"<sheetData>" + b'<row><c t="inlineStr"><is><t>xxxx</t></is></c></row>' * 400_000),
    ],
    ids=["far cell", "huge text", "many rows"],
)
def test_a_bomb_is_refused_quickly_and_harms_nobody(replace: bytes, by: bytes) -> None:
    file = sabotaged(replace, by)
    started = time.monotonic()

    refused = refusal_of(file)

    assert refused.errors
    assert time.monotonic() - started < 20


def test_a_written_workbook_reads_back() -> None:
    content = write_workbook([Sheet("成员", COLUMNS, [["李娜", "13900000001"], ["赵强", None]])])

    rows = read(io.BytesIO(content))

    assert [(row["name"], row["phone"]) for row in rows] == [("李娜", "13900000001"), ("赵强", "")]


@pytest.mark.parametrize("text", ["=1+1", "+8613900", "-2", "@SUM(A1)", "\t=1"])
def test_what_looks_like_a_formula_gets_an_apostrophe_and_loses_it_again(text: str) -> None:
    content = write_workbook([Sheet("x", COLUMNS, [["a", text]])])

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert f"'{text}" in everything
    assert "<f>" not in everything
    assert read(io.BytesIO(content))[0]["phone"].strip() == text.strip()


def test_dates_numbers_and_odd_sheet_names_are_written() -> None:
    columns = [Column(str(number), str(number)) for number in range(6)]
    values = [date(2026, 3, 2), datetime(2026, 3, 2, 1, tzinfo=UTC), Decimal("1.5"), 10**18, True, "a\x00\x0bb"]

    rows = read_table(io.BytesIO(write_workbook([Sheet("[a]/b:*?" * 9, columns, [values])])), columns, 10, MEGABYTE)

    assert list(rows[0].values.values()) == ["2026-03-02", "2026-03-02 09:00:00", "1.5", str(10**18), "TRUE", "ab"]


def test_text_too_long_for_a_cell_is_cut_visibly() -> None:
    content = write_workbook([Sheet("x", COLUMNS, [["a", "长" * 40_000]])])

    wide = (NAME, Column("phone", "手机", max_length=40_000))
    assert read_table(io.BytesIO(content), wide, 10, MEGABYTE)[0]["phone"].endswith("长…")
