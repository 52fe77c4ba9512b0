"""When a calendar changes, what still runs is planned anew; what is over stays."""

from __future__ import annotations

from dataclasses import replace

import pytest

from banjie.deadlines.models import Clock, Finding
from banjie.deadlines.replan import replan
from banjie.deadlines.sweep import sweep
from banjie.rulebook.queries import active_program
from banjie.rulebook.shipped import shipped_text
from banjie.rulebook.verbs.versions import activate, propose, save_draft
from banjie.tickets.verify import verify
from banjie.worktime.drafts import DayEntry
from banjie.worktime.models import CalendarDay
from banjie.worktime.queries import current_version, draft_of
from banjie.worktime.verbs.save_calendar import save_calendar
from tests.cast import BUILDER
from tests.pos import Pos, moment


def _office_hours(pos: Pos) -> None:
    """Let faults be handled within eight working hours of the office calendar."""
    text = (
        shipped_text("pos-terminal-service")
        .replace("device_fault: 24h", "device_fault: 8 working hours")
        .replace("calendar: cn-24h", "calendar: cn-office")
    )
    version = save_draft(text, by=BUILDER, at=pos.now)
    propose(version.pk, by=BUILDER, at=pos.now)
    activate(version.pk, by=BUILDER, at=pos.now)
    pos.program = active_program("pos-terminal-service")


def _tuesday_off(pos: Pos) -> None:
    """Make 2024-06-04, a Tuesday, a holiday."""
    draft = draft_of(current_version("cn-office"))
    day = DayEntry(moment("2024-06-04 00:00").date(), CalendarDay.Kind.HOLIDAY, (), "停业")
    save_calendar("cn-office", replace(draft, days=(*draft.days, day)), by=BUILDER, at=pos.now)


@pytest.mark.req("PLT-03", "PLT-04")
def test_a_new_holiday_moves_what_is_left_of_a_running_limit_and_says_so(pos: Pos) -> None:
    _office_hours(pos)
    number = pos.dispatched()
    clock = Clock.objects.get(ticket__number=number, name="handled")
    before = clock.due_at
    pos.now = moment("2024-06-03 11:00")
    _tuesday_off(pos)

    assert replan(pos.now) >= 1

    clock.refresh_from_db()
    assert before == moment("2024-06-04 09:30")
    assert clock.due_at == moment("2024-06-05 09:30")
    ticket = pos.ticket(number)
    assert (ticket.due_at, ticket.due_clock) == (clock.due_at, "handled")
    assert ticket.events.filter(kind="replanned", payload__clock="handled").count() == 1
    assert replan(pos.now) == 0
    assert verify().holds


def test_a_broken_limit_keeps_its_plan_and_its_finding(pos: Pos) -> None:
    _office_hours(pos)
    number = pos.dispatched()
    pos.now = moment("2024-06-04 10:00")
    sweep(pos.now)
    clock = Clock.objects.get(ticket__number=number, name="handled")
    _tuesday_off(pos)

    replan(pos.now)

    assert Clock.objects.get(pk=clock.pk).due_at == clock.due_at
    assert Finding.objects.get(ticket__number=number, rule="handled").calendar_version_id == clock.calendar_version_id
