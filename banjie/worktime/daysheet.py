"""An uploaded table of days: one row for each date that differs from the week."""

from __future__ import annotations

import re
from datetime import date

from django.utils.translation import gettext as _

from banjie.kernel.errors import FieldError, InvalidInput
from banjie.kernel.excel import Column, Sheet, write_workbook
from banjie.worktime.drafts import DayEntry, Kind, Source, wrong_in_day
from banjie.worktime.hours import parse_hours
from banjie.worktime.sheets import Row, rows_of

#: Headings of the template, and every other spelling that is understood.
COLUMNS = ("日期", "类型", "时间", "名称")
KIND_TITLES = ("休息", "调休上班", "半天", "其他")
EXAMPLES = (
    ("2026-10-01", "休息", "", "国庆节"),
    ("2026-10-10", "调休上班", "", "国庆节调休"),
    ("2026-12-31", "半天", "09:00-12:00", "年终盘点"),
    ("2026-11-11", "其他", "08:00-12:00, 13:00-22:00", "大促加班"),
)
_HEADINGS = {
    "日期": "date", "date": "date",
    "类型": "kind", "kind": "kind",
    "时间": "hours", "工作时间": "hours", "hours": "hours",
    "名称": "name", "说明": "name", "name": "name",
}  # fmt: skip
_KINDS = {
    "休息": Kind.HOLIDAY, "放假": Kind.HOLIDAY, "节假日": Kind.HOLIDAY, "holiday": Kind.HOLIDAY,
    "调休上班": Kind.MAKE_UP_WORKDAY, "调休": Kind.MAKE_UP_WORKDAY, "补班": Kind.MAKE_UP_WORKDAY,
    "make_up_workday": Kind.MAKE_UP_WORKDAY, "make-up workday": Kind.MAKE_UP_WORKDAY,
    "半天": Kind.HALF_DAY, "half_day": Kind.HALF_DAY, "half day": Kind.HALF_DAY,
    "其他": Kind.OTHER, "other": Kind.OTHER, "other hours": Kind.OTHER,
}  # fmt: skip
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?\Z", re.ASCII)
MAX_ERRORS = 50


class UnreadableDays(InvalidInput):
    """The table of days has errors; `errors` names each row, and nothing was changed."""

    code = "unreadable-days"


def read_days(upload: bytes) -> list[DayEntry]:
    """Read a table with the columns 日期/date, 类型/kind, 时间/hours and 名称/name.

    Raises:
        UnreadableDays: with the row of each error ("row.5"), at most 50 of them.
        InvalidInput: the file is too large or no table at all.
    """
    rows = rows_of(upload)
    columns = [_HEADINGS.get(cell.strip().lower(), "") for cell in rows[0][1]] if rows else []
    if not {"date", "kind"} <= set(columns):
        text = _("The first row must hold the headings 日期, 类型, 时间, 名称 (or date, kind, hours, name).")
        raise UnreadableDays(errors=[FieldError("file", text)])
    days, errors = _entries(rows[1:], columns)
    if not days and not errors:
        errors.append(FieldError("file", _("The file has no rows below its headings.")))
    if errors:
        raise UnreadableDays(
            _("The file has errors; nothing was changed. Correct the rows and upload it again."), errors=errors[:MAX_ERRORS]
        )
    return days


def _entries(rows: list[Row], columns: list[str]) -> tuple[list[DayEntry], list[FieldError]]:
    seen: dict[date, int] = {}
    days: list[DayEntry] = []
    errors: list[FieldError] = []
    for number, cells in rows:
        try:
            day = _entry({name: cell for name, cell in zip(columns, cells, strict=False) if name}, seen)
        except ValueError as wrong:
            errors.append(FieldError(f"row.{number}", _("Row %(n)d: %(wrong)s") % {"n": number, "wrong": wrong}))
            continue
        seen[day.date] = number
        days.append(day)
    return days, errors


def _entry(cells: dict[str, str], seen: dict[date, int]) -> DayEntry:
    kind = _KINDS.get(cells.get("kind", "").strip().lower())
    on = _date(cells.get("date", ""))
    if on in seen:
        raise ValueError(_("%(date)s stands already in row %(row)d.") % {"date": on, "row": seen[on]})
    if kind is None:
        raise ValueError(_("“%(text)s” is no kind of day. Write 休息, 调休上班, 半天 or 其他.") % {"text": cells.get("kind", "")[:40]})
    day = DayEntry(on, kind, parse_hours(cells.get("hours", "")), cells.get("name", "").strip(), Source.FILE)
    if wrong := next(wrong_in_day(day), None):
        raise ValueError(wrong.message)
    return day


def _date(cell: str) -> date:
    found = _DATE.match(cell.strip())
    try:
        year, month, day = map(int, found.groups() if found else ())
        return date(year, month, day)
    except ValueError:
        raise ValueError(_("“%(text)s” is no date. Write 2026-10-01.") % {"text": cell[:40]}) from None


def template() -> bytes:
    """Return a workbook (.xlsx) to fill in, with an example of each kind of day."""
    columns = [
        Column("date", COLUMNS[0]),
        Column("kind", COLUMNS[1], choices=KIND_TITLES),
        Column("hours", COLUMNS[2], width=32),
        Column("name", COLUMNS[3], width=24),
    ]
    return write_workbook([Sheet(_("Days"), columns, EXAMPLES)])
