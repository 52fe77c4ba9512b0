"""The dispatch regulation at work: its people, and dispatches at each step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction

from banjie.channels.models import Notification
from banjie.insight.period import Period
from banjie.insight.queries.statistics import Asked
from banjie.kernel.errors import Refused
from tests.pos import moment
from tests.regulation import Regulation, install

CALL = {"customer": "贺女士", "phone": "13800002222", "request": "洗衣机漏水", "address": "长沙市芙蓉路9号"}
NEEDED = {"dispatch_needed": "needed", "judgement": "电话指导无效，须上门", "service_type": "repair"}
DATA = {"dispatcher_phone": "13900003333", "work_content": "检查进水管并更换密封圈", "work_requirement": "当日上门，自带密封圈"}
DONE = {"result": "已更换密封圈，试机不漏", "fully_solved": True}
PEOPLE = {
    "ke": ("柯客服", "cs_agent", "HQ"),
    "pai": ("裴派单", "dispatcher", "HQ"),
    "wei": ("韦维修", "repairer", "HQ"),
    "xiu": ("修师傅", "repairer", "HQ"),
    "an": ("安师傅", "installer", "HQ"),
    "song": ("宋配送", "courier", "HQ"),
    "zhu": ("朱主管", "cs_supervisor", "HQ"),
}
JUNE = Asked("dispatch-management", Period(moment("2024-06-01 00:00").date(), moment("2024-06-30 00:00").date()))


def at_work() -> Regulation:
    """Put the regulation to work."""
    return install("dispatch-management", PEOPLE)


@contextmanager
def refused(kind: type[Refused]) -> Iterator[pytest.ExceptionInfo[Refused]]:
    with pytest.raises(kind) as said, transaction.atomic():
        yield said


def to_dispatch(law: Regulation, service: str = "repair") -> str:
    """Return a request of which customer service has judged that somebody must be sent."""
    number = law.open("request", CALL, by="ke")
    law.do(number, "judge", {**NEEDED, "service_type": service}, by="ke")
    return number


def dispatched(law: Regulation, to: str = "wei") -> str:
    """Return a request that was dispatched to a repairer."""
    number = to_dispatch(law)
    law.do(number, "dispatch_repair", {**DATA, "assignee_person": law.members[to].pk}, by="pai")
    return number


def acknowledged(law: Regulation) -> str:
    """Return a dispatch that Wei has viewed and acknowledged."""
    number = dispatched(law)
    law.do(number, "view", by="wei")
    law.do(number, "acknowledge", {"reply": "清楚，下午上门"}, by="wei")
    return number


def working(law: Regulation) -> str:
    """Return a dispatch on which Wei works, to be finished at 17:00."""
    number = acknowledged(law)
    law.do(number, "plan", {"planned_finish": f"{law.now:%Y-%m-%d} 17:00", "work_plan": "先取配件"}, by="wei")
    law.do(number, "start", by="wei")
    return number


def told(number: str, kind: str) -> set[str]:
    """Return who was told of a ticket, by the kind of message."""
    return set(Notification.objects.filter(ticket_number=number, kind=kind).values_list("member__username", flat=True))
