"""The calendars that every installation begins with."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from banjie.worktime.drafts import CalendarDraft
from banjie.worktime.publicholidays import with_public_holidays

ROUND_THE_CLOCK = "cn-24h"
OFFICE = "cn-office"
_OFFICE_HOURS = ((9 * 60, 12 * 60), (13 * 60 + 30, 18 * 60))


def shipped(years: Collection[int]) -> Mapping[str, CalendarDraft]:
    """Return the shipped calendars by code, the office calendar with the public holidays of `years`.

    `cn-24h` works every minute of every day; `cn-office` Monday to Friday 9:00-12:00 and 13:30-18:00, with Chinese
    public holidays and make-up workdays.
    """
    everyday = CalendarDraft(title="全年无休（每天24小时）", tz="Asia/Shanghai", weekly=(((0, 1440),),) * 7)
    office = CalendarDraft(title="行政班（周一至周五）", tz="Asia/Shanghai", weekly=(_OFFICE_HOURS,) * 5 + ((), ()))
    return {ROUND_THE_CLOCK: everyday, OFFICE: with_public_holidays(office, years)}
