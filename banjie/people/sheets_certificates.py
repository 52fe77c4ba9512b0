"""Certificates, exceptions and results as workbooks."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from banjie.kernel.excel import Column, Sheet, write_workbook
from banjie.people.held import WORDS as STATES
from banjie.people.held import held_of
from banjie.people.models import Certificate, Course, Member
from banjie.people.standing import WORDS, examinee_of
from banjie.people.verbs.import_results import COLUMNS

MOST_ROWS = 20_000


def people_sheet(course: Course, people: QuerySet[Member], at: datetime) -> bytes:
    """Return the people of a course (see `PeopleFilter.apply`) and how they stand, at most 20,000."""
    columns = (
        Column("name", _("Full name")),
        Column("username", _("Sign-in name")),
        Column("posts", _("Posts"), width=50),
        Column("state", _("State")),
        Column("until", _("Valid until"), width=20),
        Column("waived", _("Exception")),
        Column("last_on", _("Last examination")),
        Column("last_score", _("Mark")),
    )
    shown = (examinee_of(one, at) for one in people[:MOST_ROWS].iterator(chunk_size=1000))
    rows = (
        (
            one.name,
            one.username,
            one.posts,
            str(WORDS[one.standing][0]),
            one.until,
            _("yes") if one.is_waived else "",
            one.last_on,
            one.last_score,
        )
        for one in shown
    )
    return write_workbook([Sheet(course.title, columns, rows)])


def waivers_sheet(waivers: QuerySet[Certificate], at: datetime) -> bytes:
    """Return the exceptions with who asked for them, why, and who decided, at most 20,000."""
    columns = (
        Column("name", _("Full name")),
        Column("username", _("Sign-in name")),
        Column("course", _("Course"), width=28),
        Column("reason", _("Reason"), width=40),
        Column("asked_by", _("Asked for by")),
        Column("asked_at", _("Asked for on"), width=20),
        Column("state", _("State")),
        Column("issued_by", _("Approved by")),
        Column("issued_at", _("Approved on"), width=20),
        Column("until", _("Valid until"), width=20),
        Column("ended_by", _("Refused or taken back by")),
        Column("ended_at", _("Refused or taken back on"), width=20),
        Column("ended_reason", _("Why refused or taken back"), width=40),
    )
    shown = (held_of(row, at) for row in waivers[:MOST_ROWS].iterator(chunk_size=1000))
    rows = (
        (
            one.member,
            one.username,
            one.course_title,
            one.reason,
            one.asked_by,
            one.asked_at,
            str(STATES[one.state][0]),
            one.issued_by,
            one.issued_at,
            one.until,
            one.ended_by,
            one.ended_at,
            one.ended_reason,
        )
        for one in shown
    )
    return write_workbook([Sheet(_("Exceptions"), columns, rows)])


def results_template(people: QuerySet[Member]) -> bytes:
    """Return the workbook to fill in, with a second sheet that lists the people by sign-in name."""
    offered = people.order_by("username").values_list("username", "name")[:MOST_ROWS]
    return write_workbook(
        [
            Sheet("考试成绩", COLUMNS, []),
            Sheet("成员", (Column("username", "登录名", width=18), Column("name", "姓名", width=14)), offered),
        ]
    )
