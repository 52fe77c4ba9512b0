"""Faults of the hotline: who is there, and how one is dispatched."""

from __future__ import annotations

from banjie.channels.models import TextMessage
from tests.regulation import Regulation

PEOPLE = {
    "an": ("安坐席", "hotline_agent", "HQ"),
    "gao": ("高工区", "responsible_area", "NORTH"),
    "gu": ("顾工区", "responsible_area", "NORTH"),
    "han": ("韩维护", "handler", "NORTH"),
    "hou": ("侯维护", "handler", "NORTH"),
}
FAULT = {"user_no": "U-1001", "user_address": "和平路1号", "phone": "13900001111", "arrears": "clear", "content": "不能上网"}


def dispatched(law: Regulation, **entries: str) -> str:
    """Return a fault that was sent to the northern area, or to the person named in `entries`."""
    number = law.open("fault", FAULT, by="an", is_new=True)
    unit = {} if entries else {"target_unit": str(law.units["NORTH"].pk)}
    law.do(number, "dispatch", {**unit, **entries}, by="an")
    return number


def states(**narrowed: object) -> list[tuple[str, str]]:
    return sorted(TextMessage.objects.filter(**narrowed).values_list("member__username", "state"))
