"""Enter the results of an examination from a workbook: all of it or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from banjie.kernel.errors import FieldError, InvalidInput
from banjie.kernel.excel import Column, Row, read_table, refuse_rows
from banjie.kernel.excel_opening import Upload
from banjie.people.actor import Actor
from banjie.people.certificates import must_examine, people_for
from banjie.people.models import Course, Examination, Member
from banjie.people.verbs.examinations import Result, enter_results

MOST_ROWS = 1000
MOST_BYTES = 2 * 1024 * 1024

# The titles are the organisation's words in its own files, so they are not translated; English ones are accepted.
COLUMNS = (
    Column("member", "登录名", required=True, max_length=60, width=18, other_titles=("username",)),
    Column("name", "姓名", max_length=60, width=14),
    Column("score", "成绩", required=True, max_length=6, width=10, other_titles=("分数",)),
    Column("held_on", "考试日期", required=True, max_length=20, width=16, other_titles=("日期",)),
)


def import_results(file: Upload, course: Course, *, by: Actor, at: datetime) -> list[Examination]:
    """Enter every result of the workbook, at most 1,000 in 2 MB (BNK-09).

    Raises:
        NotPermitted: `by` does not hold the course's examining role.
        InvalidInput: naming each wrong row and column; nothing was entered.
    """
    must_examine(course, by)
    rows = read_table(file, COLUMNS, MOST_ROWS, MOST_BYTES)
    usernames = [row["member"].lower() for row in rows]
    people = {one.username: one for one in people_for(by, [course.examiner], at).filter(username__in=usernames, is_active=True)}
    results, errors = _read(rows, people)
    refuse_rows(errors)
    by_number = {str(row.number): row for row in rows}
    try:
        return enter_results(course, results, by=by, at=at)
    except InvalidInput as refused:
        named = [error.field.partition(".") for error in refused.errors]
        errors = [by_number[number].error(name, one.message) for (number, _dot, name), one in zip(named, refused.errors, strict=True)]
        refuse_rows(errors)
        raise


def _read(rows: Sequence[Row], people: Mapping[str, Member]) -> tuple[list[Result], list[FieldError]]:
    results: list[Result] = []
    errors: list[FieldError] = []
    for row in rows:
        member, score, day = people.get(row["member"].lower()), _whole(row["score"]), _day(row["held_on"])
        if member is None:
            errors.append(row.error("member", _("This is nobody whom you examine.")))
        elif row["name"] and row["name"] != member.name:
            errors.append(row.error("name", _("The person with this sign-in name is called %(name)s.") % {"name": member.name}))
        if score is None:
            errors.append(row.error("score", _("Write a whole number, e.g. 85.")))
        if day is None:
            errors.append(row.error("held_on", _("Write a day such as 2026-12-31.")))
        if member is not None and score is not None and day is not None:
            results.append(Result(member, score, day, place=f"{row.number}."))
    return results, errors


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None


def _day(text: str) -> date | None:
    """Read a day as a workbook writes it: a day with or without a time of day, or with slashes."""
    try:
        return parse_date(text[:10].strip().replace("/", "-").replace(".", "-"))
    except ValueError:
        return None
