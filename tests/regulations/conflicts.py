"""A channel-conflict case: its people, its papers, and how far it has come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from banjie.channels.models import Notification
from banjie.deadlines.models import Clock, Finding
from tests.regulation import Regulation

PEOPLE = {
    "ke": ("柯客服", "cs_agent", "EAST"),
    "quan": ("全客服", "cs_agent", "HQ"),
    "zhuang": ("庄专员", "cs_specialist", "HQ"),
    "sheng": ("盛省区", "province_area", "EAST"),
    "ying": ("应总监", "marketing_director", "HQ"),
    "zong": ("宗总", "general_manager", "HQ"),
    "cai": ("蔡会计", "finance", "HQ"),
    "xing": ("邢行政", "admin_department", "HQ"),
    "bu": ("卜部长", "department_head", "HQ"),
    "guan": ("关领导", "management hq_supervisor", "HQ"),
}
UNITS = {"EAST": ("华东省区", "华东")}
COMPLAINT = {"complainant": "钟经销商", "complaint": "邻省低价货流入", "area_found": "浙江金华"}
EVIDENCE = {"quantity": "120", "price": "35.50", "area_of_origin": "江苏徐州", "evidence": "购货小票、货品照片"}
CODES = {"batch_no": "B20240901", "code": "0571-0088", "site_check": "在金华店内核对，照片存附件"}
REPORT = {"case_report": "徐州货流入金华120箱", "form_no": "CHSB-2024-11"}
PENALTY = {"penalty": "扣返利并书面警告", "penalty_amount": "5000"}
EXECUTION = {"executed_amount": "5000", "execution": "从11月返利中扣除"}
YES = {"decision": "approved"}

# The case from complaint to end: who does what, with what.
PATH: tuple[tuple[str, str, Mapping[str, Any]], ...] = (
    ("take_evidence", "ke", EVIDENCE),
    ("verify_on_site", "ke", CODES),
    ("report", "ke", REPORT),
    ("file_case", "zhuang", {"case_no": "CH-0007"}),
    ("receive_form", "ke", {}),
    ("submit", "ke", PENALTY),
    ("review", "ying", YES),
    ("decide", "zong", YES),
    ("report_done", "sheng", {"province_report": "已收回货品并约谈经销商"}),
    ("aggregate", "ke", {"summary": "材料齐全"}),
    ("execute", "cai", EXECUTION),
    ("conclude", "ke", {"conclusion": "窜货属实，处罚已执行"}),
    ("sign_conclusion", "zong", YES),
    ("publish", "xing", {"published_to": "销售部、物流部"}),
    ("close", "ke", {}),
)


def complained(law: Regulation) -> str:
    return law.open("conflict", COMPLAINT, by="ke")


def until(law: Regulation, last: str) -> str:
    """Bring a case on until an action is done."""
    number = complained(law)
    for action, name, payload in PATH:
        law.do(number, action, payload, by=name)
        if action == last:
            return number
    raise AssertionError(last)


def due(number: str, clock: str) -> object:
    return Clock.objects.get(ticket__number=number, name=clock).due_at


def outcomes(number: str, rule: str) -> list[str]:
    return list(Finding.objects.filter(ticket__number=number, rule=rule).values_list("outcome", flat=True))


def told(name: str, number: str) -> set[str]:
    return set(Notification.objects.filter(member__username=name, ticket_number=number).values_list("kind", flat=True))
