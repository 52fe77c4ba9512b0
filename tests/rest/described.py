"""The API as it describes itself, and what a right request of each action is."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any

import schemathesis
from django.core.wsgi import get_wsgi_application
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from banjie.config.api import api
from banjie.people.models import Certificate, Course, Delegation
from banjie.people.verbs.delegations import DelegationDraft, name_deputy
from banjie.people.verbs.tokens import create_token
from banjie.people.verbs.waivers import ask_for_waiver
from banjie.tickets.links import link_tickets, links_of
from banjie.tickets.relations import Relation
from tests.architecture.examples import registering
from tests.cast import BUILDER, LONG_AGO
from tests.pos import BLOCKED, DETAILS, GUIDED, Pos

ACT = "/api/v1/tickets/{number}/actions/{action}"
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
OPERATIONS = [(method.upper(), path) for path, methods in api.get_openapi_schema()["paths"].items() for method in methods]
JUNE = {"rulebook": "pos-terminal-service", "first": "2024-06-01", "last": "2024-06-30"}
VISIT = {"visit_at": "2024-06-04 15:00", "agreed_with": "王老板"}
DONE = {"result": "更换打印模块", "fully_solved": True}
WHY = {"reason": "客户要求"}
WORDS = {"note": "请尽快"}
# Which state each action is tried in, and its form.
ACTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "guide": ("accepted", GUIDED),
    "register": ("accepted", {"address": "另一处"}),
    "dispatch": ("registered", {}),
    "relay": ("at_second_level", {"inspector": "liu_hn"}),
    "acknowledge": ("unprocessed", {}),
    "book": ("unprocessed", VISIT),
    "miss": ("appointed", {**VISIT, **WHY}),
    "start": ("appointed", {}),
    "report_blocked": ("appointed", BLOCKED),
    "complete": ("appointed", DONE),
    "transfer": ("unprocessed", {"inspector": "liu_hn", **WHY}),
    "send_back": ("unprocessed", WHY),
    "urge": ("unprocessed", WORDS),
    "supervise": ("unprocessed", WORDS),
    "comment": ("closed", WORDS),
    "verify": ("uncompleted", {"verified": "银行仍在处理"}),
    "call_back": ("completed", {"reached": "satisfied"}),
    "close": ("completed", WORDS),
    "reopen": ("closed", WHY),
    "take_up": ("solved_by_phone", WHY),
    "cancel": ("unprocessed", WHY),
}


@cache
def documented() -> schemathesis.BaseSchema:
    """Return the API's own description."""
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())


def secret_of(pos: Pos, who: str, scope: str = "write") -> str:
    """Return a token of somebody."""
    return create_token(name="valid", scope=scope, expires_at=None, by=getattr(pos.cast, who).actor, at=LONG_AGO).secret


def ticket_in(pos: Pos, state: str) -> str:
    """Bring a ticket of Changsha into a state; return its number."""
    zhao = pos.cast.zhao.actor
    full = {**DETAILS, "terminal_no": "T-88001"}
    steps: dict[str, list[tuple[str, dict[str, Any]]]] = {
        "at_second_level": [("send_back", WHY)],
        "appointed": [("book", VISIT)],
        "uncompleted": [("report_blocked", BLOCKED)],
        "completed": [("complete", DONE)],
        "closed": [("complete", DONE)],
    }
    if state in ("accepted", "registered", "solved_by_phone"):
        number = pos.open("consumables" if state == "registered" else "device_fault", full).number
        if state == "solved_by_phone":
            pos.do(number, "guide", {"guided": "solved", "guidance": "重启"})
        return number
    number = pos.dispatched()
    for action, form in steps.get(state, []):
        pos.do(number, action, form, by=zhao)
    if state == "closed":
        pos.do(number, "close")
    assert pos.ticket(number).state == state
    return number


def filled(pos: Pos, form: dict[str, Any]) -> dict[str, Any]:
    """Return a form with people by their ids."""
    return {name: getattr(pos.cast, value).member.pk if name == "inspector" else value for name, value in form.items()}


def waiver_of(pos: Pos) -> Certificate:
    """Let the agents examine a course, units register, and Li ask for an exception."""
    registering(pos.cast)
    course = Course.objects.create(code="safety", title="安全", pass_mark=60, examiner="hq_agent")
    until = pos.now + timedelta(days=9)
    return ask_for_waiver(pos.cast.zhao.member, course, until=until, reason="急", by=pos.cast.li.actor, at=pos.now)


def right_request(pos: Pos, method: str, path: str, action: str = "urge") -> dict[str, Any]:
    """Make what the operation needs, and return the parts of a request that is right, of Li's."""
    one, two = pos.dispatched(), pos.completed()
    link_tickets(one, pos.dispatched(), Relation.RELATED, by=pos.cast.li.actor, at=pos.now)
    (link,) = links_of(pos.ticket(one).pk, pos.cast.li.actor)
    until = (pos.now + timedelta(days=2)).isoformat()
    draft = DelegationDraft(pos.cast.li.member, pos.cast.wang_sup.member, pos.now, pos.now + timedelta(days=1))
    delegated = Delegation.objects.first() or name_deputy(draft, by=BUILDER, at=pos.now)  # one, however many actions are described
    waiver = Certificate.objects.first() or waiver_of(pos)
    state, form = ACTIONS[action]
    right: dict[str, dict[str, Any]] = {
        "POST /tickets": {"body": {"type": "consumables", "fields": {**DETAILS, "terminal_no": "T-88001"}}},
        "GET /tickets": {"query": {"view": "all", "order": "newest", "state": "unprocessed", "limit": 5}},
        "GET /tickets/{number}": {"path_parameters": {"number": one}},
        "GET /tickets/{number}/timeline": {"path_parameters": {"number": one}, "query": {"before": 100}},
        "GET /search": {"query": {"q": "13800000001"}},
        "POST /uploads": {"body": {"file": b"%PDF-1.7 right"}},
        "POST /tickets/{number}/links": {"path_parameters": {"number": one}, "body": {"ticket": two, "relation": "parent"}},
        "DELETE /tickets/{number}/links/{link_id}": {"path_parameters": {"number": one, "link_id": link.id}, "query": {"reason": "误"}},
        "GET /tickets/{number}/signatures": {"path_parameters": {"number": one}},
        "GET /approvals": {"query": {"limit": 5}},
        "GET /delegations": {},
        "POST /delegations": {"body": {"deputy": "zhang", "until": until, "reason": "休假"}},
        "DELETE /delegations/{delegation_id}": {"path_parameters": {"delegation_id": delegated.pk}},
        "GET /courses": {},
        "GET /certificates": {"query": {"course": "safety", "waiver": True, "limit": 5}},
        "POST /examinations": {"body": {"course": "safety", "results": [{"member": "gu_gz", "score": 90, "held_on": "2024-06-01"}]}},
        "POST /waivers": {"body": {"member": "sun_gz", "course": "safety", "until": until, "reason": "原专员离职"}},
        "POST /waivers/{waiver_id}/decision": {"path_parameters": {"waiver_id": waiver.pk}, "body": {"approve": True}},
        "GET /registrations": {"query": {"rulebook": "registered-book", "state": "lacking", "limit": 5}},
        "POST /registrations": {
            "body": {"rulebook": "registered-book", "unit": "HN", "limits": {"handling": "8 working hours"}, "texts": {"steps": "专员办理"}}
        },
        "GET /customers": {"query": {"q": "T-88001"}},
        "GET /customers/{customer_id}": {"path_parameters": {"customer_id": pos.ticket(one).customer_id}},
        "GET /statistics": {"query": JUNE},
        "GET /clauses": {"query": JUNE},
        "GET /findings": {"query": {**JUNE, "clause": "五.3"}},
        "GET /types": {},
        "POST /tickets/{number}/actions/{action}": {
            "path_parameters": {"number": ticket_in(pos, state), "action": action},
            "body": {"fields": filled(pos, form)},
        },
    }
    return right[f"{method} {path.removeprefix('/api/v1')}"]
