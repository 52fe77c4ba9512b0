"""Requests from a file: what people save from Excel and WPS is read, and what cannot be used is named with its row."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter

from banjie.kernel.errors import InvalidInput
from banjie.simulation.arrivals import from_file, must_fit

SHANGHAI = ZoneInfo("Asia/Shanghai")
BEGIN = datetime(2024, 6, 3, tzinfo=SHANGHAI)
TABLE = "at,type,problem,phone\n2024-06-04 10:00,question,咨询,13800000002\n2024-06-03 09:00,device_fault,打印机不出纸,13800000001\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "请求.csv"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_is_read_in_the_encodings_in_which_it_is_saved(file: Path, encoding: str) -> None:
    file.write_bytes(TABLE.encode(encoding))

    first, second = from_file(file, SHANGHAI)

    assert (first.at, first.type, first.row) == (BEGIN + timedelta(hours=9), "device_fault", 3)
    assert first.fields == {"problem": "打印机不出纸", "phone": "13800000001"}
    assert second.row == 2


def test_a_workbooks_times_and_phone_numbers_are_read_as_they_look(tmp_path: Path) -> None:
    file = tmp_path / "requests.xlsx"
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["at", "type", "phone"])
        sheet.write_datetime(1, 0, datetime(2024, 6, 3, 9), book.add_format({"num_format": "yyyy-mm-dd hh:mm"}))
        sheet.write_row(1, 1, ["question", 13800000001])

    (arrival,) = from_file(file, SHANGHAI)

    assert (arrival.at, arrival.fields) == (BEGIN + timedelta(hours=9), {"phone": "13800000001"})


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"", "Row 1 needs at least the columns at and type."),
        ("a.csv", b"when,kind\n", "Row 1 needs at least the columns at and type."),
        ("a.csv", b"at,type\n\n", "The file holds no request."),
        ("a.csv", b"at,type\n\xff\xff", "encoded neither in UTF-8 nor in GB 18030"),
        ("a.csv", b'at,type\n"never closed', "This is no CSV"),
        ("a.xlsx", b"PK no workbook", "neither a CSV file nor an Excel workbook"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_a_sentence(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises(InvalidInput, match=said):
        from_file(tmp_path / name, SHANGHAI)


def test_each_row_without_a_time_is_named(file: Path) -> None:
    file.write_text("at,type\nyesterday,question\n2024-06-03,question\n,question\n")

    with pytest.raises(InvalidInput) as refused:
        from_file(file, SHANGHAI)

    assert [error.field for error in refused.value.errors] == ["row 2", "row 4"]


def test_requests_that_nobody_could_make_are_refused_with_their_rows(file: Path) -> None:
    file.write_text(TABLE, encoding="utf-8")
    arrivals = from_file(file, SHANGHAI)

    must_fit(arrivals, {"question", "device_fault"}, BEGIN, BEGIN + timedelta(days=2))
    with pytest.raises(InvalidInput) as refused:
        must_fit(arrivals, {"question"}, BEGIN, BEGIN + timedelta(days=1))

    assert [(error.field, error.message.partition(":")[0]) for error in refused.value.errors] == [("row 3", "type"), ("row 2", "at")]
